import { SimulatedDevice } from '../../local/devices/sigfox/device.ts';
import type { Door } from '../../local/devices/sigfox/door.ts';
import type { Faults } from '../../local/devices/sigfox/faults.ts';
import { SigfoxNetwork } from '../../local/devices/sigfox/network.ts';
import type { CallbackType } from '../../shared/sigfox/callback-type.ts';
import { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import type { DownlinkState } from '../../shared/sigfox/downlink.ts';
import type { Publication } from '../../shared/sigfox/publication.ts';
import type { SigfoxTables } from '../functions/ingest-sigfox/support.ts';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './random.ts';
import { createSigfoxBackend } from './sigfox-backend.ts';

export interface SigfoxDayOptions {
  readonly tables: SigfoxTables;
  readonly seed: number;
  readonly devices: number;
  readonly hours: number;
  readonly intervalMs: number;
  /** One message of a device in so many asks for a downlink. */
  readonly askEvery: number;
  readonly downlinksEach: number;
  readonly faults: Faults;
  readonly failingCalls: number;
  readonly concurrency: number;
  /** Callbacks that somebody has set up in Sigfox's backend. @default all */
  readonly callbacks?: readonly CallbackType[];
  readonly onPublished?: (publication: Publication) => void;
}

const STEP_MS = 10_000;

/** Plays some hours of a Sigfox network against the functions, as fast as they go; everything has come in then. */
export async function playSigfoxDay(options: SigfoxDayOptions) {
  const { tables, seed, hours, intervalMs, askEvery, downlinksEach, faults, callbacks } = options;
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const backend = createSigfoxBackend({
    tables,
    clock,
    random: seededRandom(seed + 1),
    failingCalls: options.failingCalls,
    concurrency: options.concurrency,
    onPublished: options.onPublished ?? (() => {}),
  });
  const door: Door = (call) =>
    callbacks === undefined || callbacks.includes(call.type)
      ? backend.door(call)
      : Promise.resolve({ status: 204, body: '' });
  const network = new SigfoxNetwork({ clock, door, random, faults });
  const devices = Array.from(
    { length: options.devices },
    (_, index) => new SimulatedDevice((0x1d000 + index).toString(16).toUpperCase(), random, 4_090),
  );
  for (const device of devices) network.run(device, intervalMs, askEvery);

  // Each downlink begins with a byte of its own, which its device repeats.
  const wanted = devices.flatMap(({ id }) =>
    Array.from({ length: downlinksEach }, (_, index) => {
      const first = (index + 1).toString(16).padStart(2, '0');
      return {
        device: id,
        index,
        id: `${id}-${index}`,
        data: `${first}00000000${id.padStart(6, '0')}`.toLowerCase(),
      };
    }),
  );
  const step = async (): Promise<void> => {
    clock.advance(STEP_MS);
    await network.delivery.idle();
    await backend.drain();
  };
  const startedAtMs = performance.now();
  const endMs = clock.now() + hours * 3_600_000;
  const askEveryMs = (hours * 3_600_000) / (downlinksEach + 1);
  let asked = 0;
  let nextAskMs = clock.now();
  while (clock.now() < endMs) {
    if (clock.now() >= nextAskMs && asked < downlinksEach) {
      for (const { device, index, id, data } of wanted) if (index === asked) backend.ask(device, id, data);
      asked += 1;
      nextAskMs += askEveryMs;
    }
    await step();
  }
  // No device sends any more; what was held up or is tried again still comes.
  network.stop();
  while (network.delivery.waiting > 0) await step();
  return { network, devices, wanted, backend, elapsedMs: performance.now() - startedAtMs };
}

export type SigfoxDay = Awaited<ReturnType<typeof playSigfoxDay>>;

/** What became of every downlink that was asked for. */
export interface DownlinkAccount {
  readonly states: Partial<Record<DownlinkState, number>>;
  /** Downlinks that are nowhere, are there twice, or whose state is not true. */
  readonly wrong: readonly string[];
}

/** Holds every downlink against what its device has heard. */
export async function accountForDownlinks(tables: SigfoxTables, day: SigfoxDay): Promise<DownlinkAccount> {
  const store = new DownlinkStore(tables.client, tables.tables.devices);
  const wantedOf = Map.groupBy(day.wanted, ({ device }) => device);
  const states: Partial<Record<DownlinkState, number>> = {};
  const wrong: string[] = [];
  for (const device of day.devices) {
    const { slot } = await store.load(device.id);
    for (const { id, data } of wantedOf.get(device.id) ?? []) {
      const [found, ...more] = slot.downlinks.filter((one) => one.id === id);
      if (found === undefined || more.length > 0) {
        wrong.push(`${id} is there ${more.length === 0 ? 'not at all' : 'more than once'}`);
        continue;
      }
      const { state, offeredTo } = found;
      states[state] = (states[state] ?? 0) + 1;
      const isHeard = device.heard.includes(data);
      if (state === 'CONFIRMED' && !isHeard) wrong.push(`${id} was never heard, and is ${state}`);
      if (isHeard && offeredTo === undefined) wrong.push(`${id} was heard, and is ${state}`);
      if (isHeard && state === 'FAILED') wrong.push(`${id} was heard, and is ${state}`);
    }
  }
  return { states, wrong };
}
