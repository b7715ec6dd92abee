import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Publication } from '../../../../shared/sigfox/publication.ts';
import { startSigfoxTables, type SigfoxTables } from '../../../functions/ingest-sigfox/support.ts';
import { accountForDownlinks, playSigfoxDay } from '../../../support/sigfox-day.ts';

const SEED = 20_260_131;
const DEVICES = 10;
const HOURS = 2;
const INTERVAL_MS = 300_000;
/** Every third message of a device asks for a downlink. */
const ASK_EVERY = 3;
const DOWNLINKS_EACH = 4;
const FAULTS = { duplicates: 0.05, lateAnswers: 0.05, disorder: 0.02, failures: 0.01, deaf: 0.1 };
/** Calls to AWS that fail, half of them after they have been carried out. */
const FAILING_CALLS = 0.01;

let tables: SigfoxTables;
beforeAll(async () => {
  tables = await startSigfoxTables();
});
afterAll(() => tables.stop());

const placeSchema = z.object({ kind: z.string(), missing: z.number().optional() });

test(`Of a day with everything that goes wrong, every message is there once and every downlink accounted for (seed ${SEED}).`, async () => {
  const published: Publication[] = [];
  const day = await playSigfoxDay({
    tables,
    seed: SEED,
    devices: DEVICES,
    hours: HOURS,
    intervalMs: INTERVAL_MS,
    askEvery: ASK_EVERY,
    downlinksEach: DOWNLINKS_EACH,
    faults: FAULTS,
    failingCalls: FAILING_CALLS,
    concurrency: 4,
    onPublished: (publication) => void published.push(publication),
  });
  const { network, devices, backend } = day;
  // Everything that was to go wrong has gone wrong. What Sigfox has given up may all the same have arrived.
  const { calls, retries, duplicates, heldUp, lost } = network.delivery.counts;
  for (const count of [retries, duplicates, heldUp, backend.counts.failures])
    expect(count).toBeGreaterThan(0);
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
    published.filter(({ topic }) => topic.endsWith('/reading')),
    ({ message }) => `${String(message['device'])} ${String(message['time'])}`,
  );
  expect(readings.size).toBe(arrived.length);
  expect(published.length).toBeGreaterThan(readings.size);
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
  const { states, wrong } = await accountForDownlinks(tables, day);
  expect(wrong).toEqual([]);
  expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(DEVICES * DOWNLINKS_EACH);
  expect(states.CONFIRMED).toBeGreaterThan((DEVICES * DOWNLINKS_EACH) / 2);
}, 60_000);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
