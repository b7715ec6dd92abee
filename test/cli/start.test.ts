import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
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

test('A port that is taken is named with the option that chooses another.', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = String(typeof address === 'object' && address !== null ? address.port : 0);
  try {
    const { code, err } = await runProcess(['start', '--once', '--mqtt-port', port]);
    expect(err).toContain(`Port ${port} on 127.0.0.1`);
    expect(err).toMatch(/choose another port with --mqtt-port \(or GLASSHOUSE_MQTT_PORT\)\.$/m);
    expect(code).toBe(1);
  } finally {
    other.close();
  }
});

test.each([
  [['start', '--once', '--no-demo'], '--once plays the demo and --no-demo does not: choose one'],
  [['start', '--first', '5'], '--first goes with --once'],
  [['start', '--once', '--first', '0'], '--first takes a number of readings from 1 to 999999, not "0"'],
  [['start', '--speed', 'fast'], '--speed takes a number of readings a second'],
  [['start', '--mqtt-port', '70000'], '--mqtt-port takes a port from 0 to 65535, not "70000"'],
  [
    ['start', '--mqtt-port', '3000', '--mqtts-port', '3000'],
    '--mqtt-port and --mqtts-port take two ports, not 3000 for both',
  ],
  [['start', 'now'], 'start takes no arguments'],
])('`%j` is refused before anything starts.', async (words, said) => {
  const { code, err } = await run(words);
  expect(err).toContain(said);
  expect(code).toBe(2);
});
