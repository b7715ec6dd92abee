import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isAlive, startOf } from '../../local/processes.ts';

test('This process runs; one that has ended does not.', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect([isAlive(process.pid), isAlive(child.pid ?? 0)]).toEqual([true, false]);
});

test('A process of another user is there.', () => {
  expect(isAlive(1)).toBe(true);
});

test.skipIf(process.platform !== 'linux')('One that nobody has waited for has ended.', async () => {
  // The shell becomes a program that waits for no child: its own one stays in the table of processes.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30']);
  const [pid]: [Buffer] = await once(parent.stdout, 'data').then(([chunk]) => [chunk]);
  await sleep(200);
  expect(() => process.kill(Number(pid.toString()), 0)).not.toThrow();
  expect(isAlive(Number(pid.toString()))).toBe(false);
  parent.kill();
});

test.skipIf(process.platform !== 'linux')('Two processes have not started at one time.', async () => {
  await sleep(20);
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  expect(startOf(process.pid)).toMatch(/^\d+$/);
  expect(startOf(child.pid ?? 0)).not.toBe(startOf(process.pid));
  expect(startOf(2 ** 30)).toBeUndefined();
  child.kill();
});
