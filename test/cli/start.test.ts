import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { run, runProcess } from './run.ts';

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('glasshouse-once-'));

test('`start --once` plays the three series, reports each, loses nothing and leaves nothing behind.', async () => {
  const before = leftovers();
  const { code, out } = await runProcess(['start', '--once', '--first', '60']);
  expect(out).toMatch(/^device +sent +scored +late +anomalies +windows hit +readings\/s$/m);
  for (const device of [
    'ambient_temperature_system_failure',
    'machine_temperature_system_failure',
    'nyc_taxi',
  ]) {
    expect(out).toMatch(new RegExp(`^${device} +60 +60 +\\d+ +\\d+ +\\d+ of \\d+ +\\d+$`, 'm'));
  }
  expect(out).toContain('nothing lost: sent 180 = scored 180 + rejected 0');
  expect(code).toBe(0);
  expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
});

test.each([
  [['start', '--once', '--no-demo'], '--once plays the demo and --no-demo does not: choose one'],
  [['start', '--first', '5'], '--first goes with --once'],
  [['start', '--once', '--first', '0'], '--first takes a number of readings from 1 to 999999, not "0"'],
  [['start', '--speed', 'fast'], '--speed takes a number of readings a second'],
  [['start', '--mqtt-port', '70000'], '--mqtt-port takes a port from 0 to 65535, not "70000"'],
  [['start', 'now'], 'start takes no arguments'],
])('`%j` is refused before anything starts.', async (words, said) => {
  const { code, err } = await run(words);
  expect(err).toContain(said);
  expect(code).toBe(2);
});
