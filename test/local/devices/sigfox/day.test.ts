import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { answer, type AnswerServices } from '../../../../functions/answer-sigfox/answer.ts';
import { parseCredentials } from '../../../../functions/answer-sigfox/credentials.ts';
import { readHttpEvent } from '../../../../functions/answer-sigfox/http-request.ts';
import { PayloadDecoders } from '../../../../functions/ingest-sigfox/decode-payload.ts';
import { ingest } from '../../../../functions/ingest-sigfox/ingest.ts';
import { MessageStore } from '../../../../functions/ingest-sigfox/message-store.ts';
import type { IngestServices } from '../../../../functions/ingest-sigfox/services.ts';
import {
  SIMULATED_ECHO_CONFIG,
  SIMULATED_PAYLOAD_CONFIG,
  SimulatedDevice,
} from '../../../../local/devices/sigfox/device.ts';
import type { Door } from '../../../../local/devices/sigfox/door.ts';
import { SigfoxNetwork } from '../../../../local/devices/sigfox/network.ts';
import { DeviceTypes } from '../../../../shared/sigfox/device-type.ts';
import { DownlinkStore } from '../../../../shared/sigfox/downlink-store.ts';
import type { Publication } from '../../../../shared/sigfox/publication.ts';
import { basic, httpEvent } from '../../../functions/answer-sigfox/events.ts';
import { startSigfoxTables, type SigfoxTables } from '../../../functions/ingest-sigfox/support.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const SEED = 20_260_131;
const DEVICES = 10;
const HOURS = 2;
const INTERVAL_MS = 300_000;
/** Every third message of a device asks for a downlink. */
const ASK_EVERY = 3;
const DOWNLINKS_EACH = 4;
const STEP_MS = 10_000;
const FAULTS = { duplicates: 0.05, lateAnswers: 0.05, disorder: 0.02, failures: 0.01, deaf: 0.1 };
/** Calls to AWS that fail, half of them after they have been carried out. */
const FAILING_CALLS = 0.01;

let tables: SigfoxTables;
beforeAll(async () => {
  tables = await startSigfoxTables();
});
afterAll(() => tables.stop());

const placeSchema = z.object({ kind: z.string(), missing: z.number().optional() });

class FailingCallError extends Error {
  override readonly name = 'FailingCallError' as const;
}

/** A client of which some calls fail, before or after they have had their effect. */
function failing(client: DynamoDBClient, random: () => number): DynamoDBClient {
  const own: DynamoDBClient = Object.create(client, {
    send: {
      value: async (command: Parameters<DynamoDBClient['send']>[0]) => {
        const dice = random();
        if (dice < FAILING_CALLS / 2) throw new FailingCallError('never sent');
        const result = await client.send(command);
        if (dice < FAILING_CALLS) throw new FailingCallError('the answer was lost');
        return result;
      },
    },
  });
  return own;
}

/** The backend: doors and work as on AWS, where the work is done later, in no order, and again where it failed. */
function createBackend(clock: ManualClock, random: () => number) {
  const now = (): number => clock.now();
  const published: Publication[] = [];
  /** Callbacks that were handed over to the work, by type, device and time. */
  const taken = new Set<string>();
  /** What a device that listens was told, by its message: all different answers. */
  const answers = new Map<string, Set<string>>();
  const pending: unknown[] = [];
  const password = 'correct horse battery';
  const credentials = parseCredentials(JSON.stringify({ username: 'sigfox', password }));
  let failures = 0;
  const flaky = failing(tables.client, random);

  const publish = async (publications: readonly Publication[]): Promise<void> => {
    for (const one of publications) {
      if (random() < FAILING_CALLS) throw new FailingCallError('not published');
      published.push(one);
    }
  };
  const doors = [0, 1].map((): AnswerServices => ({
    credentials: { get: async () => credentials, recheck: async () => credentials },
    handOver: async (message) => {
      if (random() < FAILING_CALLS) throw new FailingCallError('not handed over');
      const { callback, device, time } = message;
      const type = callback === 'bidir' ? 'uplink' : String(callback);
      taken.add(`${type} ${String(device)} ${String(time)}`);
      pending.push({ ...message, mqttTopic: 'sigfox' });
    },
    downlinks: new DownlinkStore(flaky, tables.tables.devices),
    publish,
    batchFields: [],
    now,
    count: () => {},
  }));
  const workers = [0, 1, 2].map((): IngestServices => ({
    store: new MessageStore(flaky, tables.tables),
    downlinks: new DownlinkStore(flaky, tables.tables.devices),
    types: new DeviceTypes({
      client: flaky,
      tableName: tables.tables.deviceTypes,
      defaults: { payloadConfig: SIMULATED_PAYLOAD_CONFIG, echoConfig: SIMULATED_ECHO_CONFIG },
      now,
    }),
    decoders: new PayloadDecoders(),
    now,
    pause: async () => {},
    count: () => {},
  }));
  const pick = <One>(from: readonly One[]): One | undefined => from[Math.floor(random() * from.length)];

  const door: Door = async ({ type, variables }) => {
    const headers = { ...basic('sigfox', password), 'content-type': 'application/json' };
    const request = readHttpEvent(httpEvent({ type, headers, body: JSON.stringify(variables) }));
    const services = pick(doors);
    if (request === undefined || services === undefined) throw new Error('the event is not read');
    try {
      const { statusCode, body = '' } = await answer(request, services);
      if (type === 'bidir') {
        const key = `${String(variables['device'])} ${String(variables['time'])}`;
        answers.set(key, (answers.get(key) ?? new Set()).add(body));
      }
      return { status: statusCode, body };
    } catch (error) {
      // What a function throws, API Gateway answers so.
      if (error instanceof FailingCallError)
        return { status: 500, body: '{"message":"Internal Server Error"}' };
      throw error;
    }
  };

  async function work(event: unknown): Promise<void> {
    const services = pick(workers);
    if (services === undefined) return;
    try {
      const { publications, rejection } = await ingest(event, services);
      if (rejection !== undefined) throw rejection;
      await publish(publications);
    } catch (error) {
      if (!(error instanceof FailingCallError)) throw error;
      failures += 1;
      pending.push(event);
    }
  }

  return {
    door,
    published,
    taken,
    answers,
    get failures() {
      return failures;
    },
    ask(device: string, id: string, data: string): void {
      pending.push({ mqttTopic: `sigfox/${device}/downlink`, id, data, receivedAt: clock.now() });
    },
    /** Does what was handed over, several at a time and in any order. */
    async drain(): Promise<void> {
      while (pending.length > 0) {
        const some = pending.splice(0).sort(() => random() - 0.5);
        for (let index = 0; index < some.length; index += 4) {
          await Promise.all(some.slice(index, index + 4).map(work));
        }
      }
    },
  };
}

test(`Of a day with everything that goes wrong, every message is there once and every downlink accounted for (seed ${SEED}).`, async () => {
  const random = seededRandom(SEED);
  const clock = new ManualClock();
  const backend = createBackend(clock, seededRandom(SEED + 1));
  const network = new SigfoxNetwork({ clock, door: backend.door, random, faults: FAULTS });
  const devices = Array.from(
    { length: DEVICES },
    (_, index) => new SimulatedDevice((0x1d000 + index).toString(16).toUpperCase(), random, 4_090),
  );
  for (const device of devices) network.run(device, INTERVAL_MS, ASK_EVERY);

  // Each downlink begins with a byte of its own, which its device repeats.
  const wanted = devices.flatMap(({ id }) =>
    Array.from({ length: DOWNLINKS_EACH }, (_, index) => {
      const first = (index + 1).toString(16).padStart(2, '0');
      return { device: id, id: `${id}-${index}`, data: `${first}00000000${id.padStart(6, '0')}` };
    }),
  );
  const endMs = clock.now() + HOURS * 3_600_000;
  const askEveryMs = (HOURS * 3_600_000) / (DOWNLINKS_EACH + 1);
  let asked = 0;
  let nextAskMs = clock.now();
  while (clock.now() < endMs) {
    if (clock.now() >= nextAskMs && asked < DOWNLINKS_EACH) {
      for (const { id } of devices) {
        const downlink = wanted.find((one) => one.id === `${id}-${asked}`);
        if (downlink !== undefined) backend.ask(id, downlink.id, downlink.data);
      }
      asked += 1;
      nextAskMs += askEveryMs;
    }
    clock.advance(STEP_MS);
    await network.delivery.idle();
    await backend.drain();
  }
  // No device sends any more; what was held up or is tried again still comes.
  network.stop();
  while (network.delivery.waiting > 0) {
    clock.advance(STEP_MS);
    await network.delivery.idle();
    await backend.drain();
  }
  // Everything that was to go wrong has gone wrong. What Sigfox has given up may all the same have arrived.
  const { calls, retries, duplicates, heldUp, lost } = network.delivery.counts;
  for (const count of [retries, duplicates, heldUp, backend.failures]) expect(count).toBeGreaterThan(0);
  expect(calls).toBeGreaterThan(network.sent.length * 2);
  const isTaken = (type: string, device: unknown, time: unknown): boolean =>
    backend.taken.has(`${type} ${String(device)} ${String(time)}`);
  const arrived = network.sent.filter(({ device, time }) => isTaken('uplink', device, time));
  expect(network.sent.length - arrived.length).toBeLessThanOrEqual(lost);
  expect(lost).toBeLessThan(5);

  // Every message is there, once, as it was sent.
  const items = (await tables.messagesOf()).filter((item) => item['data'] !== undefined);
  const stored = items.map(({ deviceid, time, seqNumber, data }) => ({
    device: deviceid,
    time: Date.parse(typeof time === 'string' ? time : '') / 1000,
    seqNumber,
    data,
  }));
  const byKey = (a: { device: unknown; time: number }, b: { device: unknown; time: number }): number =>
    String(a.device).localeCompare(String(b.device)) || a.time - b.time;
  expect(stored.sort(byKey)).toEqual(arrived.toSorted(byKey));

  // Each is complete with what the network told of it later, whichever came first.
  for (const { deviceid, time, reception, computedLocation } of items) {
    const seconds = Date.parse(typeof time === 'string' ? time : '') / 1000;
    const isComplete = reception !== undefined && computedLocation !== undefined;
    expect(isComplete).toBe(isTaken('data-advanced', deviceid, seconds));
  }

  // Every one was published, decoded, each time the same.
  const readings = Map.groupBy(
    backend.published.filter(({ topic }) => topic.endsWith('/reading')),
    ({ message }) => `${String(message['device'])} ${String(message['time'])}`,
  );
  expect(readings.size).toBe(arrived.length);
  expect(backend.published.length).toBeGreaterThan(readings.size);
  for (const same of readings.values()) {
    expect(new Set(same.map(({ message }) => JSON.stringify(sorted(message)))).size).toBe(1);
    expect(same[0]?.message).toMatchObject({ values: { battery: 3_000, temperature: expect.any(Number) } });
  }

  // Whoever asked twice was told the same twice.
  expect(backend.answers.size).toBeGreaterThan(DEVICES * 5);
  for (const answers of backend.answers.values()) expect(answers.size).toBe(1);

  // What was missing when its successor came has come later, and is told as late.
  for (const { id } of devices) {
    const own = items.filter(({ deviceid }) => deviceid === id);
    const places = own.map(({ sequence }) => placeSchema.parse(sequence));
    const first = places.findIndex(({ kind }) => kind === 'first');
    const missing = places.reduce((sum, place) => sum + (place.missing ?? 0), 0);
    const late = places.filter(({ kind }) => kind === 'late').length;
    expect(places.filter(({ kind }) => kind === 'reboot' || kind === 'unknown')).toEqual([]);
    const never = network.sent.filter(({ device }) => device === id).length - own.length;
    expect(late).toBeLessThanOrEqual(missing + first);
    expect(late + never).toBeGreaterThanOrEqual(missing + first);
  }

  // Every downlink is in a state, and the state is true.
  const store = new DownlinkStore(tables.client, tables.tables.devices);
  const accounted: Record<string, number> = {};
  for (const device of devices) {
    const { slot } = await store.load(device.id);
    const mine = wanted.filter((one) => one.device === device.id);
    expect(slot.downlinks.map(({ id }) => id).sort()).toEqual(mine.map(({ id }) => id).sort());
    for (const { state, data, offeredTo, reason } of slot.downlinks) {
      accounted[state] = (accounted[state] ?? 0) + 1;
      const isHeard = device.heard.includes(data);
      if (state === 'CONFIRMED') expect(isHeard).toBe(true);
      if (state === 'QUEUED' || reason === 'REPLACED')
        expect([isHeard, offeredTo]).toEqual([false, undefined]);
      if (isHeard) expect(['CONFIRMED', 'SENT', 'OFFERED']).toContain(state);
    }
  }
  expect(accounted['CONFIRMED']).toBeGreaterThan((DEVICES * DOWNLINKS_EACH) / 2);
}, 60_000);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
