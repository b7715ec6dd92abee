import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/ir.ts';
import { systemClock } from '../../local/clock.ts';
import { startIrRepeater, type IrRepeater } from '../../local/devices/ir-repeater/index.ts';
import { parseIrCode } from '../../shared/greenhouse/ir-code.ts';
import { connectToRepeater } from '../support/repeater-user.ts';
import { eventually } from '../support/cloud.ts';
import type { RunOptions } from './run.ts';
import { runCommand } from './run-command.ts';

const CODE = '38000,1,1,38,38';

let folder: string;
let repeater: IrRepeater;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-ir-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  repeater = await startIrRepeater({ clock: systemClock, port: 0 });
});
afterEach(() => repeater.stop());

const ir = (words: readonly string[], options: RunOptions = {}) =>
  runCommand('ir', command, words, { cwd: folder, ...options });

const place = () => `127.0.0.1:${repeater.port}`;

test('ir send sends a code, and says that it has left.', async () => {
  const { code, out, err } = await ir(['send', place(), CODE, '--connector', '1:2', '--id', '77']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`the code has left ${place()} at connector 1:2 (2 ms)\n`);
  expect(repeater.emissions).toMatchObject([{ connector: '1:2', id: 77, code: parseIrCode(CODE) }]);
});

test('ir send takes a code from a file, and --dry-run sends nothing.', async () => {
  writeFileSync(path.join(folder, 'extend.txt'), `sendir,1:1,5,${CODE}\n`);
  expect(await ir(['send', place(), '@extend.txt', '--dry-run'])).toEqual({
    code: 0,
    err: '',
    out: `sendir,1:1,1,${CODE}\nright: 1 pairs, 2 ms\n`,
  });
  expect(repeater.emissions).toEqual([]);
  expect((await ir(['send', place(), '@gone.txt'])).err).toMatch(
    /gone\.txt" cannot be read: there is no such file$/m,
  );
});

test('ir send names the error that the repeater would answer, before anything is sent.', async () => {
  const { code, err } = await ir(['send', place(), 'sendir,1:1,15,37993,1,1,246,160,20,20,60,']);
  expect(code).toBe(1);
  expect(err).toMatch(/their number is odd; the repeater would answer ERR_1:1,010/);
  expect(repeater.clients).toBe(0);
});

test.each([
  [{ kind: 'error', code: '013' }, /refused \(013\): infrared was sent to a connector that is an input/],
  [{ kind: 'busy' }, /another client is sending at connector 1:1/],
  [{ kind: 'close' }, /did not answer .*: whether the code has left is not known/],
] as const)('ir send says what went wrong: %j.', async (disturbance, message) => {
  repeater.disturb(disturbance);
  const { code, err } = await ir(['send', place(), CODE]);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});

test('ir send says that nobody is there.', async () => {
  const gone = await startIrRepeater({ clock: systemClock, port: 0 });
  await gone.stop();
  expect((await ir(['send', `127.0.0.1:${gone.port}`, CODE])).err).toMatch(/was not reached: .*ECONNREFUSED/);
});

test.each([
  [[], /ir is followed by send, simulate or learn/],
  [['sned'], /not "sned".*send/],
  [['send', '127.0.0.1'], /needs HOST\[:PORT\] and a code/],
  [['send', 'a b', CODE], /is no HOST\[:PORT\]/],
  [['send', '127.0.0.1:99999', CODE], /is no port/],
  [['send', '127.0.0.1', CODE, '--connector', '2:1'], /--connector takes 1:1, 1:2 or 1:3/],
  [['send', '127.0.0.1', CODE, '--id', '70000'], /--id takes at most 65535/],
  [['simulate', 'now'], /takes options only/],
  [['simulate', '--open', CODE], /go together/],
  [['learn'], /takes one HOST/],
])('ir %j is wrongly called.', async (words, message) => {
  const { code, err } = await ir(words);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('ir learn prints what the learner sees, without what cannot be sent.', async () => {
  const learning = ir(['learn', place(), '--count', '2']);
  const press = async (code: string): Promise<void> => {
    await expect.poll(() => repeater.press(parseIrCode(code)), { interval: 10 }).toBe(1);
  };
  await press('38000,1,1,5,6');
  await press('38000,1,1,7,8');
  const { code, out, err } = await learning;
  expect(code).toBe(0);
  expect(out).toBe('sendir,1:1,1,38000,1,1,5,6\nsendir,1:1,1,38000,1,1,7,8\n');
  expect(err).toMatch(/IR Learner Enabled/);
  expect((await ir(['send', place(), out.split('\n')[0] ?? ''])).code).toBe(0);
});

test('ir learn ends with the repeater.', async () => {
  const learning = ir(['learn', place()]);
  await expect.poll(() => repeater.clients).toBe(1);
  await repeater.stop();
  expect(await learning).toMatchObject({
    code: 1,
    err: expect.stringMatching(/closed the connection|ECONNRESET/),
  });
  repeater = await startIrRepeater({ clock: systemClock, port: 0 });
});

test('ir simulate is a repeater with a shade, that prints what it hears and says.', async () => {
  const free = await startIrRepeater({ clock: systemClock, port: 0 });
  const { port } = free;
  await free.stop();
  const simulating = ir([
    'simulate',
    '--port',
    String(port),
    '--open',
    '38000,1,1,9,9',
    '--shaded',
    CODE,
    '--count',
    '1',
  ]);
  const user = await eventually(() => connectToRepeater(port).catch(() => undefined));
  user.write(`sendir,1:1,1,${CODE}\r`);
  const { code, out } = await simulating;
  expect(code).toBe(0);
  expect(out).toMatch(/→ sendir,1:1,1,38000,1,1,38,38\n/);
  expect(out).toMatch(/infrared at 1:1: 1 pairs, 38000 Hz\n/);
  expect(out).toMatch(/shade: at 0 %, moving\n/);
  expect(out).toMatch(/← completeir,1:1,1\\r\n/);
  user.end();
});

test('ir simulate says that its port is taken.', async () => {
  expect((await ir(['simulate', '--port', String(repeater.port)])).err).toMatch(/cannot be listened on/);
});
