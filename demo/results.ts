import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { DemoResult } from './tally.ts';

const resultSchema = z.object({
  device: z.string(),
  time: z.iso.datetime().nullable(),
  anomaly: z.boolean(),
  late: z.boolean(),
});

/** Watches `anom/pred`, and tells whoever waits for a reading that its result is there. */
export class Results {
  readonly #client: MqttClient;
  readonly #waiting = new Map<string, (result: DemoResult) => void>();

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (_topic, payload) => this.#take(payload));
  }

  static async watch(mqttUrl: string): Promise<Results> {
    const client = await connectDevice(mqttUrl, 'glasshouse-demo-results');
    await client.subscribeAsync('anom/pred', { qos: 1 });
    return new Results(client);
  }

  /** Resolves with the result of the reading of `device` at `timeMs`; undefined when it has not come in time. */
  async of(device: string, timeMs: number, waitMs: number): Promise<DemoResult | undefined> {
    const key = `${timeMs} ${device}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        resolve(undefined);
      }, waitMs);
      this.#waiting.set(key, (result) => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(result);
      });
    });
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }

  #take(payload: Buffer): void {
    const parsed = resultSchema.safeParse(JSON.parse(payload.toString()));
    if (!parsed.success || parsed.data.time === null) return;
    const { device, time, anomaly, late } = parsed.data;
    const timeMs = Date.parse(time);
    this.#waiting.get(`${timeMs} ${device}`)?.({ device, timeMs, anomaly, late });
  }
}

/** Connects as a device does, without the delay by which small packets otherwise wait for each other. */
export async function connectDevice(mqttUrl: string, clientId: string): Promise<MqttClient> {
  const client = await connectAsync(mqttUrl, { clientId, clean: true, reconnectPeriod: 500 });
  const noDelay = (): void => {
    if ('setNoDelay' in client.stream && typeof client.stream.setNoDelay === 'function') {
      client.stream.setNoDelay(true);
    }
  };
  noDelay();
  client.on('connect', noDelay);
  return client;
}
