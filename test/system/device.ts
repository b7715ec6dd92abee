import { connectAsync, type MqttClient } from 'mqtt';
import { readResult, type ScoredResult } from '../../dashboard/result.ts';

const FIRST_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 60_000;
const RESULT_WAIT_MS = 10_000;

/** A calm wave that never strays far from its mean. */
export function calmValue(index: number): number {
  return 20 + Math.sin(index / 5);
}

/** A device that sends one reading after the other over MQTT, each when the last one's result is back. */
export class Device {
  readonly name: string;
  /** Results of this device's own readings, oldest first. */
  readonly results: ScoredResult[] = [];
  readonly #client: MqttClient;
  #sent: number;
  #taken: ((result: ScoredResult) => void) | undefined;
  #playing: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  private constructor(name: string, client: MqttClient, sent: number) {
    this.name = name;
    this.#client = client;
    this.#sent = sent;
    client.on('message', (_topic, payload) => this.#take(readResult(payload)));
  }

  /** @param sent how many readings this device has sent before: its time goes on from there. */
  static async connect(mqttUrl: string, name: string, sent = 0): Promise<Device> {
    const client = await connectAsync(mqttUrl, { reconnectPeriod: 0 });
    const device = new Device(name, client, sent);
    await client.subscribeAsync('anom/pred', { qos: 1 });
    return device;
  }

  get sent(): number {
    return this.#sent;
  }

  get lastResult(): ScoredResult | undefined {
    return this.results.at(-1);
  }

  /** Sends one reading. @returns its result. */
  async send(value = calmValue(this.#sent)): Promise<ScoredResult> {
    const timestamp = new Date(FIRST_MS + this.#sent * STEP_MS).toISOString();
    this.#sent += 1;
    const result = new Promise<ScoredResult>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.name} has had no result in time`)),
        RESULT_WAIT_MS,
      );
      this.#taken = (taken) => {
        if (taken.time !== timestamp) return;
        clearTimeout(late);
        resolve(taken);
      };
    });
    const reading = { device: this.name, timestamp, value };
    await this.#client.publishAsync('anom/detect', JSON.stringify(reading), { qos: 1 });
    return result;
  }

  async sendMany(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.send();
  }

  /** Sends calm readings, about twenty a second, until it is told to pause. */
  play(): void {
    const stop = new AbortController();
    const go = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await this.send();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    this.#playing = { stop, ended: go() };
  }

  async pause(): Promise<void> {
    const playing = this.#playing;
    this.#playing = undefined;
    playing?.stop.abort();
    await playing?.ended;
  }

  async leave(): Promise<void> {
    await this.pause();
    this.#client.end(true);
  }

  #take(result: ScoredResult | undefined): void {
    if (result === undefined || result.device !== this.name) return;
    this.results.push(result);
    this.#taken?.(result);
  }
}
