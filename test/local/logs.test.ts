import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogs, type Logs } from '../../local/logs.ts';
import { ManualClock } from '../support/manual-clock.ts';

let folder: string;
let clock: ManualClock;
let logs: Logs;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-logs-'));
  clock = new ManualClock();
  logs = openLogs(path.join(folder, 'logs'), clock, clock);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string): string {
  return readFileSync(path.join(folder, 'logs', name), 'utf8');
}

test('Lines are written together after a moment, each function into its own file.', () => {
  logs.function('score', 'one');
  logs.function('tune', 'two');
  logs.function('score', 'three');
  expect(existsSync(path.join(folder, 'logs/score.log'))).toBe(false);
  clock.advance(200);
  expect([read('score.log'), read('tune.log')]).toEqual(['one\nthree\n', 'two\n']);
  logs.function('score', 'four');
  clock.advance(200);
  expect(read('score.log')).toBe('one\nthree\nfour\n');
});

test('What the cloud says is one line of JSON, an error with its cause.', () => {
  const error = new Error('above', { cause: new TypeError('below') });
  logs.cloud('error', 'a request failed', { error, url: '/x' });
  logs.close();
  expect(JSON.parse(read('cloud.ndjson'))).toMatchObject({
    time: new Date(clock.now()).toISOString(),
    level: 'error',
    message: 'a request failed',
    url: '/x',
    error: { name: 'Error', message: 'above', cause: { name: 'TypeError', message: 'below' } },
  });
});

test('Closing writes what waits.', () => {
  logs.function('score', 'last');
  logs.close();
  expect(read('score.log')).toBe('last\n');
});

test('A file that has grown large is set aside once, so that two of them are the most there is.', () => {
  const megabyte = 'x'.repeat(1_048_576);
  for (let round = 0; round < 2; round += 1) {
    for (let count = 0; count < 17; count += 1) logs.function('score', megabyte);
    clock.advance(200);
  }
  logs.function('score', 'next');
  clock.advance(200);
  expect(statSync(path.join(folder, 'logs/score.log.1')).size).toBe(17 * 1_048_577);
  expect(read('score.log')).toBe('next\n');
});
