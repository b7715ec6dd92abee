import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openFolder } from '../../local/folder.ts';
import { isAlive, startOf } from '../../local/processes.ts';
import { findRunning, readLastRunning, writeRunning, type RunningCloud } from '../../local/running.ts';

const root = mkdtempSync(path.join(tmpdir(), 'glasshouse-folder-'));
let folder: string;
let count = 0;
beforeEach(() => {
  folder = path.join(root, String((count += 1)));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function cloud(pid: number, dynamodbPid?: number): RunningCloud {
  return {
    pid,
    startedAt: '2026-01-31T10:00:00.000Z',
    service: 'test',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '000000000000',
    endpointUrl: 'http://127.0.0.1:1',
    mqttUrl: 'mqtt://127.0.0.1:2',
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: 'http://127.0.0.1:3/',
    ...(dynamodbPid === undefined ? {} : { dynamodbPid }),
    resources: {},
  };
}

/** The id of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('A folder that is not there is made, and marked; opened again it keeps what it has.', () => {
  openFolder(folder, false)();
  writeFileSync(path.join(folder, 'queues.sqlite'), 'x');
  openFolder(folder, false)();
  expect(readdirSync(folder).sort()).toEqual(['glasshouse-state', 'queues.sqlite']);
});

test('A fresh start empties it.', () => {
  openFolder(folder, false)();
  mkdirSync(path.join(folder, 's3'));
  openFolder(folder, true)();
  expect(readdirSync(folder)).toEqual(['glasshouse-state']);
});

test('A fresh start takes an empty folder, but never one that somebody else has filled.', () => {
  mkdirSync(folder);
  openFolder(folder, true)();
  rmSync(path.join(folder, 'glasshouse-state'));
  writeFileSync(path.join(folder, 'thesis.txt'), 'x');
  expect(() => openFolder(folder, true)).toThrow('was not made by glasshouse');
  expect(existsSync(path.join(folder, 'thesis.txt'))).toBe(true);
});

test('Where a cloud runs no other may start, fresh or not; the message says which and what to do.', () => {
  openFolder(folder, false);
  writeRunning(folder, cloud(process.pid));
  for (const fresh of [false, true]) {
    expect(() => openFolder(folder, fresh)).toThrow(
      `a cloud runs on ${folder} already (process ${process.pid}, page http://127.0.0.1:3/): ` +
        'stop it first, or set GLASSHOUSE_FOLDER to another folder',
    );
  }
});

test('A cloud that was killed is no cloud, but what it was can still be read.', async () => {
  openFolder(folder, false)();
  const pid = await endedPid();
  writeRunning(folder, cloud(pid));
  expect(findRunning(folder)).toBeUndefined();
  expect(readLastRunning(folder)?.pid).toBe(pid);
  openFolder(folder, false);
});

test.skipIf(process.platform !== 'linux')('Another process that has got the same id is no cloud.', () => {
  openFolder(folder, false)();
  const file = path.join(folder, 'cloud.json');
  writeFileSync(file, JSON.stringify({ ...cloud(process.pid), processStart: startOf(process.pid) }));
  expect(findRunning(folder)?.pid).toBe(process.pid);
  writeFileSync(file, JSON.stringify({ ...cloud(process.pid), processStart: '1' }));
  expect(findRunning(folder)).toBeUndefined();
});

test.each(['', '{', '{"pid":1}', '[]'])('What cannot be read is no cloud: %j.', (text) => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'cloud.json'), text);
  expect([readLastRunning(folder), findRunning(folder)]).toEqual([undefined, undefined]);
});

test.skipIf(process.platform !== 'linux')(
  'An engine that a killed cloud left behind is ended; any other process is not.',
  async () => {
    const wait = 'setTimeout(() => {}, 60_000)';
    const engine = spawn(process.execPath, ['-e', wait, 'dynoxide']);
    const other = spawn(process.execPath, ['-e', wait]);
    await Promise.all([once(engine, 'spawn'), once(other, 'spawn')]);
    const engineEnded = once(engine, 'exit');
    const gone = await endedPid();
    openFolder(folder, false)();
    writeRunning(folder, cloud(gone, engine.pid));
    openFolder(folder, false)();
    expect(await engineEnded).toEqual([null, 'SIGKILL']);
    writeRunning(folder, cloud(gone, other.pid));
    openFolder(folder, false)();
    expect(isAlive(other.pid ?? 0)).toBe(true);
    other.kill();
  },
);

test('Of two clouds that start at once one gets the folder; when it gives it back, the other can have it.', () => {
  const release = openFolder(folder, false);
  expect(() => openFolder(folder, false)).toThrow(
    `a cloud runs on ${folder} already (process ${process.pid})`,
  );
  release();
  openFolder(folder, false)();
});

test('A claim of a process that was killed is no claim.', async () => {
  openFolder(folder, false)();
  writeFileSync(path.join(folder, 'claim.json'), JSON.stringify({ pid: await endedPid() }));
  openFolder(folder, false)();
  expect(existsSync(path.join(folder, 'claim.json'))).toBe(false);
});
