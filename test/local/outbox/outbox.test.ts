import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { AppendFile } from '../../../local/outbox/append-file.ts';
import { createOutboxReader, openOutbox, OUTBOX_KINDS } from '../../../local/outbox/index.ts';
import { loopbackTargetProblem } from '../../../local/outbox/loopback-target.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'outbox-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('A record is a line of JSON with its time and kind in front, there when keep returns.', () => {
  const folder = path.join(newFolder(), 'outbox');
  const outbox = openOutbox(folder, new ManualClock());
  outbox.keep('sms', { phoneNumber: '+41', message: 'grün\n"ja"' });
  outbox.keep('sms', { phoneNumber: '+42', message: 'x' });
  outbox.keep('kinesis', { streamName: 's' });
  expect(readdirSync(folder).sort()).toEqual(['kinesis.ndjson', 'sms.ndjson']);
  expect(readFileSync(path.join(folder, 'sms.ndjson'), 'utf8')).toBe(
    '{"time":"2026-11-21T00:00:00.000Z","kind":"sms","phoneNumber":"+41","message":"grün\\n\\"ja\\""}\n' +
      '{"time":"2026-11-21T00:00:00.000Z","kind":"sms","phoneNumber":"+42","message":"x"}\n',
  );
  outbox.close();
});

test('A restart goes on where the last one ended; a record that is too large is refused.', () => {
  const folder = newFolder();
  for (const message of ['one', 'two']) {
    const outbox = openOutbox(folder, new ManualClock());
    outbox.keep('email', { message });
    expect(() => outbox.keep('email', { message: 'x'.repeat(1_100_000) })).toThrow(
      'a record for email is larger',
    );
    outbox.close();
  }
  const lines = createOutboxReader(folder, ['email']).read();
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringContaining('"message":"one"'),
    expect.stringContaining('"message":"two"'),
  ]);
});

test('Kinds are read together in the order of time, and what comes later is read later.', () => {
  const folder = newFolder();
  const clock = new ManualClock();
  const reader = createOutboxReader(folder, OUTBOX_KINDS);
  expect(reader.read()).toEqual([]);
  const outbox = openOutbox(folder, clock);
  for (const kind of ['timestream', 'sms', 'timestream'] as const) {
    outbox.keep(kind, {});
    clock.advance(1);
  }
  expect(reader.read().map(({ kind }) => kind)).toEqual(['timestream', 'sms', 'timestream']);
  outbox.keep('sms', {});
  expect(reader.read().map(({ kind }) => kind)).toEqual(['sms']);
  expect(reader.read()).toEqual([]);
  outbox.close();
});

test('Of a file that grew too large one older generation is kept, and no more.', () => {
  const folder = newFolder();
  const file = new AppendFile(path.join(folder, 'sms.ndjson'), 30);
  for (let n = 10; n < 40; n += 1) file.append(`{"n":${n}}\n`);
  file.close();
  expect(readdirSync(folder).sort()).toEqual(['sms.ndjson', 'sms.ndjson.1']);
  const lines = createOutboxReader(folder, ['sms']).read();
  expect(lines.map(({ text }) => text)).toEqual([34, 35, 36, 37, 38, 39].map((n) => `{"n":${n}}`));
});

test('Whoever reads often enough misses no line and sees none twice, however often the file is set aside.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }), (steps) => {
      const folder = newFolder();
      const file = new AppendFile(path.join(folder, 'sms.ndjson'), 60);
      const reader = createOutboxReader(folder, ['sms']);
      const written: string[] = [];
      const seen: string[] = [];
      for (const [index, count] of steps.entries()) {
        for (let n = 0; n < count; n += 1) {
          const line = `{"ü":"${index}-${n}"}`;
          file.append(`${line}\n`);
          written.push(line);
        }
        seen.push(...reader.read().map(({ text }) => text));
      }
      file.close();
      expect(seen).toEqual(written);
    }),
    { numRuns: 50 },
  );
});

test.each<[string, boolean]>([
  ['http://127.0.0.1:8080/x', true],
  ['http://127.1.2.3', true],
  ['https://localhost/', true],
  ['http://[::1]:80/', true],
  ['http://2130706433/', true],
  ['http://0.0.0.0/', false],
  ['http://10.0.0.1/', false],
  ['http://169.254.169.254/', false],
  ['http://localhost.example.com/', false],
  ['http://127.0.0.1@example.com/', false],
  ['http://[::ffff:10.0.0.1]/', false],
  ['file:///etc/passwd', false],
  ['127.0.0.1', false],
])('%s is this machine: %s.', (url, isHere) => {
  expect(loopbackTargetProblem(url) === undefined).toBe(isHere);
});
