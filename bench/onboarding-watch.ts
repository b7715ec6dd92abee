import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { readStatus, type Status } from './cloud-under-test.ts';

/** Counts of requests at one moment. */
interface Sample {
  readonly atMs: number;
  readonly iot: Status['iot'];
}

const SAMPLE_MS = 50;
const SECOND_MS = 1_000;

/** Watches how often the control plane is asked, until it is told to stop. */
export class RequestWatch {
  readonly #endpointUrl: string;
  readonly #samples: Sample[] = [];
  #isOver = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(endpointUrl: string) {
    this.#endpointUrl = endpointUrl;
  }

  async start(): Promise<void> {
    await this.#sample();
    this.#ended = this.#go();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
    await this.#sample();
  }

  /** Requests since the start that were asked for, and those of them that were throttled. */
  totals(): { readonly asked: number; readonly throttled: number } {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return { asked: 0, throttled: 0 };
    return {
      asked: sum(last.iot.asked) - sum(first.iot.asked),
      throttled: sum(last.iot.throttled) - sum(first.iot.throttled),
    };
  }

  /** The most requests that were answered, not throttled, within one second: of one operation, and of all. */
  busiestSecond(): { readonly operation: string; readonly ofIt: number; readonly ofAll: number } {
    let busiest = { operation: '', ofIt: 0, ofAll: 0 };
    let from = 0;
    for (const sample of this.#samples) {
      while (sample.atMs - (this.#samples[from]?.atMs ?? 0) > SECOND_MS) from += 1;
      const before = this.#samples[from];
      if (before === undefined) break;
      let all = 0;
      for (const operation of Object.keys(sample.iot.asked)) {
        const count = answered(sample, operation) - answered(before, operation);
        all += count;
        if (count > busiest.ofIt) busiest = { ...busiest, operation, ofIt: count };
      }
      if (all > busiest.ofAll) busiest = { ...busiest, ofAll: all };
    }
    return busiest;
  }

  async #go(): Promise<void> {
    while (!this.#isOver) {
      await this.#sample();
      await sleep(SAMPLE_MS);
    }
  }

  async #sample(): Promise<void> {
    const { iot } = await readStatus(this.#endpointUrl);
    this.#samples.push({ atMs: performance.now(), iot });
  }
}

/** Listens for the announcements of devices that were activated. */
export async function watchActivations(mqttUrl: string) {
  const activated = new Map<string, number>();
  let wake = (): void => undefined;
  const client = await connectAsync(mqttUrl, { reconnectPeriod: 0 });
  client.on('message', (topic) => {
    const [, thingName = ''] = topic.split('/');
    activated.set(thingName, performance.now());
    wake();
  });
  await client.subscribeAsync('devices/+/activated', { qos: 1 });
  return {
    /** Resolves to when the last of so many was announced. @throws Error when they are not all in time */
    async all(count: number, patienceMs: number): Promise<number> {
      const endMs = performance.now() + patienceMs;
      while (activated.size < count) {
        const leftMs = endMs - performance.now();
        if (leftMs < 0) throw new Error(`${activated.size} of ${count} devices were activated`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return Math.max(...activated.values());
    },
    close: () => client.end(true),
  };
}

function answered({ iot }: Sample, operation: string): number {
  return (iot.asked[operation] ?? 0) - (iot.throttled[operation] ?? 0);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
