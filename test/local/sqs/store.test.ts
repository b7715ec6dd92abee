import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationError } from '../../../local/errors.ts';
import { createMessageStore } from '../../../local/sqs/message-store.ts';
import { openDatabase } from '../../../local/sqs/store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sqs-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const WRITER = `
  import { createMessageStore } from './local/sqs/message-store.ts';
  import { createQueueStore, openDatabase } from './local/sqs/store.ts';
  const database = openDatabase(process.argv[1]);
  createQueueStore(database).create('live', {}, {}, 0);
  const messages = createMessageStore(database, () => 'receipt');
  for (let number = 1; ; number += 1) {
    messages.send(1, { messageId: String(number), body: 'x', attributes: {}, systemAttributes: {} }, 0, number);
    if (number % 100 === 0) process.stdout.write(number + '\\n');
  }
`;

test('What was sent survives kill -9.', async () => {
  const file = path.join(folder, 'killed.sqlite');
  const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let told = 0;
  for await (const chunk of writer.stdout) {
    told = Number(String(chunk).trim().split('\n').at(-1));
    if (told >= 1_000) break;
  }
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const database = openDatabase(file);
  const { visible } = createMessageStore(database, () => 'receipt').count(1, Number.MAX_SAFE_INTEGER);
  database.close();
  expect(told).toBeGreaterThanOrEqual(1_000);
  expect(visible).toBeGreaterThanOrEqual(told);
});

test.each([
  ['that is no database', 'x'.repeat(5_000), 'QUEUE_FILE_UNUSABLE'],
  ['in a folder that is not there', undefined, 'QUEUE_FILE_UNUSABLE'],
])('A file %s is refused.', async (_what, content, code) => {
  const file = path.join(folder, content === undefined ? 'no/queues.sqlite' : 'broken.sqlite');
  if (content !== undefined) await writeFile(file, content);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code }));
});

test('A file of another version is refused, with what to do.', () => {
  const file = path.join(folder, 'other.sqlite');
  const other = new DatabaseSync(file);
  other.exec('PRAGMA user_version = 99');
  other.close();
  expect(() => openDatabase(file)).toThrow(ConfigurationError);
  expect(() => openDatabase(file)).toThrow('it is of version 99 and not 1');
});
