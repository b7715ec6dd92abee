import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseArguments } from '../../cli/arguments.ts';
import { command } from '../../cli/commands/outbox.ts';
import { describeRecord } from '../../cli/outbox/describe.ts';
import { Output } from '../../cli/terminal.ts';
import { openOutbox, type Outbox } from '../../local/outbox/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'glasshouse-outbox-'));
const clock = new ManualClock();
let outbox: Outbox;
beforeAll(() => {
  outbox = openOutbox(path.join(cwd, '.glasshouse', 'outbox'), clock);
  outbox.keep('kinesis', { streamName: 'readings', partitionKey: 'a', data: '{"x":1}' });
  clock.advance(1_000);
  outbox.keep('sms', { phoneNumber: '+41', message: 'hot\n\u001b[2J' });
  clock.advance(1_000);
  outbox.keep('step-functions', { stateMachineName: 'm', executionName: 'e', input: { x: 1 } });
});
afterAll(() => {
  outbox.close();
  rmSync(cwd, { recursive: true });
});

async function run(words: readonly string[], folder = cwd): Promise<{ out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  const args = parseArguments('outbox', command.options, words);
  if (args === undefined) throw new Error('the words ask for help');
  try {
    await command.run(args, {
      stdin: Readable.from([]),
      out: new Output(stdout, false),
      err: new Output(stderr, false),
      env: {},
      cwd: folder,
    });
  } finally {
    stdout.end();
    stderr.end();
  }
  const [out, err] = await texts;
  return { out, err };
}

test('Everything is printed in the order of time, one line each, and nothing of it steers the terminal.', async () => {
  expect(await run([])).toEqual({
    out:
      '2026-11-21T00:00:00.000Z kinesis readings a {"x":1}\n' +
      '2026-11-21T00:00:01.000Z sms +41 hot\\n\\u001b[2J\n' +
      '2026-11-21T00:00:02.000Z step-functions m e {"x":1}\n',
    err: '',
  });
});

test('Kinds can be chosen, and with --json a record is printed whole.', async () => {
  const { out } = await run(['--kind', 'step-functions', '-k', 'kinesis', '--json']);
  expect(
    out
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    {
      time: '2026-11-21T00:00:00.000Z',
      kind: 'kinesis',
      streamName: 'readings',
      partitionKey: 'a',
      data: '{"x":1}',
    },
    {
      time: '2026-11-21T00:00:02.000Z',
      kind: 'step-functions',
      stateMachineName: 'm',
      executionName: 'e',
      input: { x: 1 },
    },
  ]);
});

test('With --read mail and text messages are as their readers would see them, and steer no terminal.', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-outbox-'));
  const own = openOutbox(path.join(folder, '.glasshouse', 'outbox'), clock);
  const mail = {
    address: 'a@example.com',
    from: 'House <h@example.com>',
    subject: 'Hot\nBcc: b',
    message: 'text',
  };
  own.keep('email', { ...mail, body: 'text\n\u001b[2J\n--\nthe way out\n' });
  own.keep('email', { address: 'b@example.com', subject: 'Older', message: 'without a body' });
  own.keep('sms', { phoneNumber: '+41', senderId: 'Green', message: 'HOUSE> hot' });
  own.keep('kinesis', { streamName: 's' });
  own.close();
  const date = new Date(clock.now()).toISOString();
  expect((await run(['--read', '--kind', 'email', '--kind', 'sms', '-k', 'kinesis'], folder)).out).toBe(
    `Date: ${date}\nFrom: House <h@example.com>\nTo: a@example.com\nSubject: Hot\\nBcc: b\n\n` +
      'text\n\\u001b[2J\n--\nthe way out\n\n\n' +
      `Date: ${date}\nTo: b@example.com\nSubject: Older\n\nwithout a body\n\n` +
      `Date: ${date}\nFrom: Green\nTo: +41\n\nHOUSE> hot\n\n` +
      `${date} kinesis s\n`,
  );
  rmSync(folder, { recursive: true });
});

test('An empty outbox is said to be empty, where nobody pipes it on.', async () => {
  const empty = await run([], path.join(cwd, 'elsewhere'));
  expect(empty.out).toBe('');
  expect(empty.err).toContain(`there is nothing in ${path.join(cwd, 'elsewhere', '.glasshouse', 'outbox')}`);
});

test.each<[string[], string]>([
  [
    ['--kind', 'kinesi'],
    '--kind takes kinesis, step-functions, timestream, open-search, sms, email, not "kinesi"',
  ],
  [['sms'], 'outbox takes no "sms": choose with --kind'],
  [['--read', '--json'], '--read and --json cannot both be had'],
])('%j is refused: %s.', async (words, reason) => {
  await expect(run(words)).rejects.toThrow(reason);
});

test('--follow goes on with what comes, until it is told to end.', async () => {
  const module = path.join(import.meta.dirname, '../../cli');
  const script = `
    const { command } = await import(${JSON.stringify(path.join(module, 'commands/outbox.ts'))});
    const { parseArguments } = await import(${JSON.stringify(path.join(module, 'arguments.ts'))});
    const { processTerminal } = await import(${JSON.stringify(path.join(module, 'terminal.ts'))});
    await command.run(parseArguments('outbox', command.options, ['--follow', '--kind', 'email']), processTerminal());
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  try {
    for (const subject of ['first', 'second']) {
      outbox.keep('email', { address: 'a@example.com', subject, message: 'text' });
      await expect.poll(() => out, { timeout: 8_000 }).toContain(`email a@example.com ${subject} text\n`);
    }
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each(['', 'no JSON', '[]', '{"time":"x"}'])('A broken line is shown without its fields: %j.', (line) => {
  expect(describeRecord({ kind: 'sms', time: 'x', text: line })).toBe('x sms');
});
