import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCloudProcess } from '../../cli/start/cloud-process.ts';
import { useCloud } from './cloud-user.ts';

export const SERVICE_FOLDER = path.join(import.meta.dirname, '../..');

/** Any free ports, and no minutes between the tries of an invocation. */
export const TEST_SETTINGS = {
  GLASSHOUSE_MQTT_PORT: '0',
  GLASSHOUSE_MQTTS_PORT: '0',
  GLASSHOUSE_HTTPS_PORT: '0',
  GLASSHOUSE_ENDPOINT_PORT: '0',
  GLASSHOUSE_PAGE_PORT: '0',
  GLASSHOUSE_HTTP_API_PORT: '0',
  GLASSHOUSE_RETRY_DELAYS_SECONDS: '0.1,0.2',
} as const;

export interface TestServiceOptions {
  /** Folder of the state. @default one of its own, removed at the end */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** This repository's own service as `npm start` runs it, in a process of its own, and a user of it. */
export async function startTestService(options: TestServiceOptions = {}) {
  const folder = options.folder ?? newFolder();
  const told: string[] = [];
  const cloudProcess = await startCloudProcess({
    serviceFolder: SERVICE_FOLDER,
    folder,
    settings: { ...TEST_SETTINGS, ...options.settings },
    tell: (message) => told.push(message),
  });
  const { cloud } = cloudProcess;
  const user = await useCloud(cloud);
  return {
    ...user,
    cloud,
    folder,
    /** What a person at its terminal was told. */
    told,
    /** Ends the cloud as Ctrl-C does. The folder is kept if it was given. */
    async stop(): Promise<void> {
      user.leave();
      await cloudProcess.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
    /** Ends the cloud's process as a crash does: nothing of it can tidy up. */
    async kill(): Promise<void> {
      user.leave();
      process.kill(cloud.pid, 'SIGKILL');
      await cloudProcess.ended;
    },
  };
}

export type TestService = Awaited<ReturnType<typeof startTestService>>;

export function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'glasshouse-e2e-'));
}

/** A reading of a device, `second` seconds after an instant that lies behind every clock. */
export function readingAt(device: string, second: number, value: unknown): Record<string, unknown> {
  return { device, timestamp: new Date(Date.UTC(2026, 0, 31, 10, 0, second)).toISOString(), value };
}
