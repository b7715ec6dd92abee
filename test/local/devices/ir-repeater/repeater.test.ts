import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIrRepeater, type IrRepeater } from '../../../../local/devices/ir-repeater/index.ts';
import { parseIrCode } from '../../../../shared/greenhouse/ir-code.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { connectToRepeater, type RepeaterUser } from '../../../support/repeater-user.ts';

/** At 40 kHz: 100 ms. */
const CODE = '40000,1,1,1000,3000';
const OTHER = '40000,1,1,2000,2000';

let clock: ManualClock;
let repeater: IrRepeater;
let one: RepeaterUser;
let two: RepeaterUser;

beforeEach(async () => {
  clock = new ManualClock();
  repeater = await startIrRepeater({ clock, port: 0 });
  one = await connectToRepeater(repeater.port);
  two = await connectToRepeater(repeater.port);
});
afterEach(async () => {
  one.end();
  two.end();
  await repeater.stop();
});

/** Sends what gets an answer at once, so that everything before it has been obeyed. */
async function untilObeyed(user: RepeaterUser): Promise<void> {
  const before = user.lines().length;
  user.write('getversion\r');
  await expect.poll(() => user.lines().slice(before)).toContain('version,0,710-1005-05');
}

async function answersTo(user: RepeaterUser, bytes: string): Promise<string[]> {
  const before = user.lines().length;
  user.write(bytes);
  await untilObeyed(user);
  return user
    .lines()
    .slice(before)
    .filter((line) => !line.startsWith('version,0,'));
}

test.each([
  ['getversion,1', ['version,1,710-1005-05']],
  ['getdevices', ['device,0,0 ETHERNET', 'device,1,3 IR', 'endlistdevices']],
  ['blink,1', ['blink,1']],
  ['get_NET,0:1', ['NET,0:1,LOCKED,STATIC,127.0.0.1,255.0.0.0,127.0.0.1']],
  ['get_IR,1:1', ['IR,1:1,IR']],
  ['set_IR,1:3,IR_BLASTER', ['IR,1:3,IR_BLASTER']],
  ['get_IRL', ['IR Learner Enabled']],
  ['stop_IRL', ['IR Learner Disabled']],
  ['stopir,1:1', ['stopir,1:1']],
])('%s is answered %j.', async (command, answers) => {
  const before = one.lines().length;
  one.write(`${command}\r`);
  await expect.poll(() => one.lines().slice(before)).toEqual(answers);
});

test.each([
  ['hello', 'ERR_0:0,001'],
  ['\nsendir,1:1,1,38000,1,1,5,6', 'ERR_0:0,001'],
  ['get_IR,2:1', 'ERR_0:0,002'],
  ['get_IR,1:9', 'ERR_1:9,003'],
  ['sendir,1:1,70000,38000,1,1,5,6', 'ERR_1:1,004'],
  ['sendir,1:1,15,37993,1,1,246,160,20,20,60,', 'ERR_1:1,010'],
  ['set_IR,1:1,IR_BLASTER', 'ERR_1:1,014'],
  ['set_IR,1:1', 'ERR_1:1,017'],
  ['getstate,1:1', 'ERR_1:1,018'],
  ['set_IR,1:1,TELEPHONE', 'ERR_1:1,023'],
  ['set_NET,0:1,UNLOCKED', 'ERR_0:1,027'],
])('%j is refused with %s.', async (command, error) => {
  expect(await answersTo(one, `${command}\r`)).toEqual([error]);
});

test('Infrared to a connector that is a sensor is refused, and the sensor can be asked.', async () => {
  expect(await answersTo(one, `set_IR,1:2,SENSOR\rgetstate,1:2\rsendir,1:2,1,${CODE}\r`)).toEqual([
    'IR,1:2,SENSOR',
    'state,1:2,0',
    'ERR_1:2,013',
  ]);
});

test.each(Array.from({ length: 27 }, (_, index) => String(index + 1).padStart(3, '0')))(
  'The error %s comes on demand, and no code leaves.',
  async (code) => {
    repeater.disturb({ kind: 'error', code });
    expect(await answersTo(one, `sendir,1:1,1,${CODE}\r`)).toEqual([`ERR_1:1,${code}`]);
    clock.advance(1000);
    expect(repeater.emissions).toEqual([]);
  },
);

test('A command without its carriage return is missed after five seconds; too long a one at once.', async () => {
  one.write(`sendir,1:1,1,${CODE}`);
  two.write('getver');
  const long = await connectToRepeater(repeater.port);
  long.write('x'.repeat(5000));
  await expect.poll(() => long.lines()).toEqual(['ERR_0:0,015']);
  // All that was written before has come by now, or comes while the clock is moved.
  await expect.poll(() => (clock.advance(5000), one.lines())).toContain('ERR_0:0,011');
  await expect.poll(() => (clock.advance(5000), two.lines())).toContain('ERR_0:0,016');
  long.end();
});

test('The answer comes when the code has left, not a millisecond earlier.', async () => {
  one.write(`sendir,1:1,15,${CODE}\r`);
  await untilObeyed(one);
  clock.advance(99.9);
  expect(await answersTo(one, '')).toEqual([]);
  clock.advance(0.1);
  await expect.poll(() => one.lines()).toContain('completeir,1:1,15');
  expect(repeater.emissions).toEqual([
    expect.objectContaining({
      connector: '1:1',
      id: 15,
      client: 1,
      code: parseIrCode(CODE),
      isInterrupted: false,
    }),
  ]);
});

test('Another client is told that the connector is busy, and other connectors are free.', async () => {
  one.write(`sendir,1:1,1,${CODE}\r`);
  await untilObeyed(one);
  expect(await answersTo(two, `sendir,1:1,2,${CODE}\rsendir,1:2,3,${CODE}\r`)).toEqual(['busyIR,1:1,2']);
  clock.advance(100);
  await expect.poll(() => two.lines()).toContain('completeir,1:2,3');
  await expect.poll(() => one.lines()).toContain('completeir,1:1,1');
});

test('The same command meanwhile goes on as one, another interrupts, and stopir ends it.', async () => {
  one.write(`sendir,1:1,1,${CODE}\r`);
  await untilObeyed(one);
  clock.advance(50);
  one.write(`sendir,1:1,2,${CODE}\r`);
  await untilObeyed(one);
  clock.advance(100);
  await expect.poll(() => one.lines()).toContain('completeir,1:1,2');
  expect(one.lines()).not.toContain('completeir,1:1,1');
  expect(repeater.emissions.map((emission) => emission.endedAtMs - emission.startedAtMs)).toEqual([150]);

  one.write(`sendir,1:1,3,${CODE}\r`);
  await untilObeyed(one);
  clock.advance(50);
  one.write(`sendir,1:1,4,${OTHER}\r`);
  await untilObeyed(one);
  clock.advance(10);
  one.write('stopir,1:1\r');
  await expect.poll(() => one.lines()).toContain('stopir,1:1');
  expect(repeater.emissions.slice(1).map(({ id, isInterrupted }) => [id, isInterrupted])).toEqual([
    [3, true],
    [4, true],
  ]);
});

test('Commands that are split and merged on the way are all obeyed, in their order.', async () => {
  const bytes = `getversion\rsendir,1:1,1,${CODE}\rsendir,1:2,2,${CODE}\rblink,1\r`;
  for (const byte of bytes) one.write(byte);
  await expect.poll(() => one.lines()).toContain('blink,1');
  clock.advance(100);
  await expect
    .poll(() => one.lines())
    .toEqual(['version,0,710-1005-05', 'blink,1', 'completeir,1:1,1', 'completeir,1:2,2']);
});

test('Answers are dropped, late, garbled and in pieces on demand.', async () => {
  repeater.disturb({ kind: 'drop-answer' });
  repeater.disturb({ kind: 'lose-command' });
  repeater.disturb({ kind: 'garbled-answer' });
  repeater.disturb({ kind: 'split-answer' });
  repeater.disturb({ kind: 'late-answer', byMs: 500 });
  repeater.disturb({ kind: 'busy' });
  for (let id = 1; id <= 6; id += 1) {
    one.write(`sendir,1:1,${id},${CODE}\r`);
    await untilObeyed(one);
    clock.advance(100);
  }
  const heard = () => one.lines().filter((line) => !line.startsWith('version'));
  await expect.poll(heard).toContain('busyIR,1:1,6');
  expect(heard()).not.toContain('completeir,1:1,5');
  clock.advance(500);
  await expect.poll(heard).toContain('completeir,1:1,5');
  expect(heard()).toHaveLength(4);
  expect(heard()).toContain('completeir,1:1,4');
  expect(heard().join()).toContain('\u007f');
  expect(repeater.emissions.map(({ id }) => id)).toEqual([1, 3, 4, 5]);
});

test('A ninth client finds no room, until one goes; a connection is closed on demand.', async () => {
  const more = await Promise.all(Array.from({ length: 6 }, () => connectToRepeater(repeater.port)));
  await expect.poll(() => repeater.clients).toBe(8);
  const ninth = await connectToRepeater(repeater.port);
  await expect.poll(() => ninth.isClosed()).toBe(true);
  repeater.disturb({ kind: 'close' });
  more[0]?.write(`sendir,1:1,1,${CODE}\r`);
  await expect.poll(() => more[0]?.isClosed()).toBe(true);
  await expect.poll(() => repeater.clients).toBe(7);
  for (const user of more) user.end();
});

test('The learner tells whoever asked what it has seen.', async () => {
  await answersTo(one, 'get_IRL\r');
  expect(repeater.press(parseIrCode(CODE))).toBe(1);
  await expect.poll(() => one.lines()).toContain(`sendir,1:1,1,${CODE}`);
  await answersTo(one, 'stop_IRL\r');
  expect(repeater.press(parseIrCode(CODE))).toBe(0);
});
