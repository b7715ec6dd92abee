import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseMessage } from '../../../functions/watch-lux/message.ts';

const NOW = Date.UTC(2026, 0, 31, 10);
const LUX = {
  kind: 'lux',
  zone: 'north',
  device: 'p',
  time: '2026-01-31T10:00:00Z',
  lux: 36_200,
  receivedAt: NOW,
};

test('A reading has the time that its probe says.', () => {
  expect(parseMessage({ ...LUX, time: '2026-01-31 09:59:00' }, NOW)).toEqual({
    kind: 'input',
    zone: 'north',
    input: { kind: 'lux', device: 'p', timeMs: NOW - 60_000, lux: 36_200 },
  });
});

test.each([
  [{ ...LUX, lux: '36200' }, 'MESSAGE_UNUSABLE', 'lux'],
  [{ ...LUX, lux: -1 }, 'MESSAGE_UNUSABLE', 'lux'],
  [{ ...LUX, lux: 250_001 }, 'MESSAGE_UNUSABLE', 'lux'],
  [{ ...LUX, device: '' }, 'MESSAGE_UNUSABLE', 'device'],
  [{ ...LUX, zone: 'a b' }, 'MESSAGE_UNUSABLE', 'zone'],
  [{ ...LUX, time: undefined }, 'MESSAGE_UNUSABLE', 'time'],
  [{ ...LUX, time: 'noon' }, 'TIME_UNREADABLE', 'time'],
  [{ ...LUX, time: '2026-02-30T10:00:00Z' }, 'TIME_UNREADABLE', 'time'],
  [{ ...LUX, time: NOW + 60_001 }, 'TIME_AHEAD', 'time'],
  [{ ...LUX, kind: 'lights' }, 'MESSAGE_UNUSABLE', 'kind'],
  ['text', 'MESSAGE_UNUSABLE', ''],
  [{ kind: 'hold', zone: 'n', position: 'closed', receivedAt: NOW }, 'MESSAGE_UNUSABLE', 'position'],
  [{ kind: 'safety', zone: 'n', device: 's', time: NOW, receivedAt: NOW }, 'SAFETY_EMPTY', undefined],
])('%j is refused with %s at %j.', (message, code, field) => {
  expect(() => parseMessage(message, NOW)).toThrow(
    expect.objectContaining({ code, ...(field === undefined ? {} : { data: { field } }) }),
  );
});

const settings = (change: Record<string, unknown>) => ({
  kind: 'settings',
  zone: 'north',
  receivedAt: NOW,
  settings: { probes: ['p'], ...change },
});

test('What settings leave out stands as it is deployed: 35,000 and 30,000 lux, 15 minutes.', () => {
  expect(parseMessage(settings({}), NOW)).toMatchObject({
    change: {
      receivedAtMs: NOW,
      settings: {
        shadeFromLux: 35_000,
        reopenToLux: 30_000,
        shadeDwellSeconds: 900,
        reopenDwellSeconds: 900,
        minimumIntervalSeconds: 900,
      },
    },
  });
});

test.each([
  [{ reopenToLux: 35_000 }, 'settings.reopenToLux'],
  [{ shadeDwellSeconds: 100 }, 'settings.staleAfterSeconds'],
  [{ probes: [] }, 'settings.probes'],
  [
    { wind: { lockFromMetersPerSecond: 5, releaseBelowMetersPerSecond: 5 } },
    'settings.wind.releaseBelowMetersPerSecond',
  ],
  [{ frost: { lockToCelsius: 4 } }, 'settings.frost.releaseAboveCelsius'],
  [{ shadeAboveLux: 1 }, 'settings'],
])('The settings %j are refused at %s.', (change, field) => {
  expect(() => parseMessage(settings(change), NOW)).toThrow(expect.objectContaining({ data: { field } }));
});

test.each(['reading', 'tick', 'settings'])('The sample event watch-lux.%s.json can be used.', (name) => {
  const file = path.join(import.meta.dirname, `../../../events/watch-lux.${name}.json`);
  expect(parseMessage(JSON.parse(readFileSync(file, 'utf8')), NOW)).toHaveProperty('kind');
});
