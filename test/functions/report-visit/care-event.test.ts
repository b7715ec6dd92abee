import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { MAX_AHEAD_MS, readCareEvent } from '../../../functions/report-visit/care-event.ts';
import { HOUR_MS, T0 } from './support.ts';

const EVENTS = path.join(import.meta.dirname, '../../../events');
const sample = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(EVENTS, `report-visit.${name}.json`), 'utf8'));

test.each([
  ['arrival', 'arrival', 6_000],
  ['departure', 'departure', 5_975],
])('The sample event %s is read.', (name, kind, batteryMillivolts) => {
  expect(readCareEvent(sample(name), T0 + 24 * HOUR_MS)).toMatchObject({
    device: 'B0770',
    kind,
    carer: 1,
    batteryMillivolts,
  });
});

test.each([
  [{ event: 9 }, 'EVENT_UNKNOWN', 'event'],
  [{ event: undefined }, 'EVENT_UNKNOWN', 'event'],
  [{ event: '1' }, 'EVENT_UNKNOWN', 'event'],
  [{ carer: 256 }, 'READING_UNUSABLE', 'carer'],
  [{ battery: -1 }, 'READING_UNUSABLE', 'battery'],
  [{ device: undefined }, 'READING_UNUSABLE', 'device'],
  [{ time: 'yesterday' }, 'TIME_UNREADABLE', 'time'],
])('A reading with %o is rejected: %s.', (change, code, field) => {
  expect(() => readCareEvent({ ...sample('arrival'), ...change }, T0 + 24 * HOUR_MS)).toThrow(
    expect.objectContaining({ code, data: { field } }),
  );
});

test('An event from further ahead than clocks differ is rejected: one of next year would make a home deaf.', () => {
  const ahead = (ms: number) => ({ ...sample('arrival'), time: String(T0 + ms) });
  expect(readCareEvent(ahead(MAX_AHEAD_MS), T0)).toMatchObject({ timeMs: T0 + MAX_AHEAD_MS });
  for (const ms of [MAX_AHEAD_MS + 1, 365 * 24 * HOUR_MS]) {
    expect(() => readCareEvent(ahead(ms), T0)).toThrow(
      expect.objectContaining({ code: 'TIME_AHEAD', data: { field: 'time' } }),
    );
  }
});

test.each([[null], ['text'], [[]]])('%o is no reading.', (input) => {
  expect(() => readCareEvent(input, T0)).toThrow(expect.objectContaining({ code: 'READING_UNUSABLE' }));
});
