import { expect, test } from 'vitest';
import { deviceState } from '../../dashboard/device-state.ts';
import { Devices, silenceLimitMs } from '../../dashboard/devices.ts';
import { message, START_MS } from './results.ts';

const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();

test('A result that is delivered twice is counted once.', () => {
  const devices = new Devices();
  devices.add(message({ anomaly: true }), START_MS);
  const device = devices.add(message({ anomaly: true }), START_MS + 10);
  expect(device).toMatchObject({ readings: 1, anomalies: 1, arrivedAtMs: START_MS });
});

test('A learned point is not replaced when its reading comes again, late.', () => {
  const devices = new Devices();
  devices.add(message({ time: at(0), value: 5, mean: 4 }), START_MS);
  devices.add(message({ time: at(1), value: 6 }), START_MS + 1);
  const device = devices.add(message({ time: at(0), value: 5, mean: 9, late: true }), START_MS + 2);
  expect([...(device.columns.get('value')?.view('mean') ?? [])]).toEqual([4, 19.5]);
});

test('A late reading is kept at its own time and is not the last value.', () => {
  const devices = new Devices();
  devices.add(message({ time: at(10), value: 1 }), START_MS);
  const device = devices.add(message({ time: at(5), value: 2, late: true }), START_MS + 1);
  expect([...(device.columns.get('value')?.view('value') ?? [])]).toEqual([2, 1]);
  expect(device.last.columns['value']?.value).toBe(1);
});

test('Readings without a time stand where they arrived, in order, all of them.', () => {
  const devices = new Devices();
  devices.add(message({ time: null }), START_MS + 5);
  const device = devices.add(message({ time: null }), START_MS + 3);
  expect([...(device.columns.get('value')?.view('time') ?? [])]).toEqual([START_MS + 5, START_MS + 5]);
  expect(device.readings).toBe(2);
});

test('When there are too many series, the device that was quiet longest goes.', () => {
  const devices = new Devices({ maxSeries: 2 });
  devices.add(message({ device: 'a' }), START_MS);
  devices.add(message({ device: 'b' }), START_MS + 1);
  devices.add(message({ device: 'a', time: at(1) }), START_MS + 2);
  devices.add(message({ device: 'c' }), START_MS + 3);
  expect([...devices.values()].map(({ key }) => key)).toEqual(['a', 'c']);
});

test('A device keeps 64 columns at the most.', () => {
  const devices = new Devices();
  const names = (from: number) => Array.from({ length: 40 }, (_none, index) => `c${from + index}`);
  devices.add(message({ columns: names(0) }), START_MS);
  const device = devices.add(message({ columns: names(40), time: at(1) }), START_MS);
  expect(device.columns.size).toBe(64);
});

test.each([
  ['normal', {}, 0, 'normal'],
  ['warming-up', { warmingUp: true }, 0, 'warming up'],
  ['anomaly', { anomaly: true }, 1900, 'anomaly'],
  ['normal', { anomaly: true }, 2000, 'normal'],
  ['late', { late: true }, 1900, 'late'],
  ['anomaly', { late: true, anomaly: true }, 0, 'anomaly'],
  ['normal', {}, 5000, 'normal'],
  ['silent', {}, 5001, 'silent for 5 s'],
  ['silent', { anomaly: true }, 119_999, 'silent for 119 s'],
  ['silent', {}, 120_000, 'silent for 2 min'],
  ['silent', {}, 7_200_000, 'silent for 2 h'],
] as const)('A device is %s: %o, %d ms after its reading.', (kind, changes, afterMs, text) => {
  const device = new Devices().add(message(changes), START_MS);
  expect(deviceState(device, START_MS + afterMs)).toEqual({ kind, text });
});

test('A device that reports once a minute is not silent after twenty seconds.', () => {
  const devices = new Devices();
  for (let minute = 0; minute < 40; minute += 1) {
    devices.add(message({ time: at(minute * 60) }), START_MS + minute * 60_000);
  }
  const device = devices.get('demo');
  expect(device && silenceLimitMs(device)).toBeGreaterThan(200_000);
});
