import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCloudProcess, type CloudProcess } from '../../cli/start/cloud-process.ts';
import { ensureBuilt } from '../../dashboard/build.ts';
import { freePort } from '../../local/free-port.ts';
import type { RunningCloud } from '../../local/running.ts';

const SERVICE_FOLDER = path.join(import.meta.dirname, '..', '..');

/**
 * The service of this repository as `npx serverless offline` runs it, with its page, in a process of its own.
 * Ports and folder are its own too, and stay the same when it is stopped and started again.
 */
export class ServiceCloud {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-system-'));
  readonly #settings: Readonly<Record<string, string>>;
  #process: CloudProcess | undefined;

  private constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = settings;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ServiceCloud> {
    await ensureBuilt();
    const cloud = new ServiceCloud({
      GLASSHOUSE_MQTT_PORT: String(await freePort()),
      GLASSHOUSE_MQTTS_PORT: String(await freePort()),
      GLASSHOUSE_HTTPS_PORT: String(await freePort()),
      GLASSHOUSE_HTTP_API_PORT: String(await freePort()),
      GLASSHOUSE_ENDPOINT_PORT: String(await freePort()),
      GLASSHOUSE_PAGE_PORT: String(await freePort()),
      // Set for the one test that asks for it, which needs it in the environment.
      GLASSHOUSE_DYNAMODB_JAR: '',
      ...settings,
    });
    await cloud.startAgain();
    return cloud;
  }

  get running(): RunningCloud {
    if (this.#process === undefined) throw new Error('the cloud is stopped');
    return this.#process.cloud;
  }

  async startAgain(): Promise<void> {
    this.#process = await startCloudProcess({
      serviceFolder: SERVICE_FOLDER,
      folder: this.#folder,
      settings: this.#settings,
      tell: (message) => console.warn(`cloud: ${message}`),
    });
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Stops it and removes its state. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What `Ref` gives for a resource of the template: the name of a table, the URL of a queue. */
  resource(logicalId: string): string {
    const value = this.running.resources[logicalId];
    if (value === undefined) throw new Error(`the cloud has no resource ${logicalId}`);
    return value;
  }
}
