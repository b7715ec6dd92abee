import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIrRepeater, type IrRepeater } from '../../../local/devices/ir-repeater/index.ts';
import { parseIrCode } from '../../../shared/greenhouse/ir-code.ts';
import { sendOnce, type After, type SendOptions } from '../../../shared/greenhouse/repeater-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { connectToRepeater } from '../../support/repeater-user.ts';

const SENDIR = { connector: '1:1', id: 15, code: parseIrCode('40000,1,1,1000,3000') };

let clock: ManualClock;
let repeater: IrRepeater;
beforeEach(async () => {
  clock = new ManualClock();
  repeater = await startIrRepeater({ clock, port: 0 });
});
afterEach(() => repeater.stop());

/** Time-outs that come when they are called for. */
function manualAfter() {
  const waiting = new Map<() => void, number>();
  const after: After = (delayMs, callback) => {
    waiting.set(callback, delayMs);
    return () => void waiting.delete(callback);
  };
  return {
    after,
    delays: () => [...waiting.values()],
    expire: () => [...waiting.keys()].forEach((one) => one()),
  };
}

function send(options: Partial<SendOptions> = {}) {
  const address = { host: '127.0.0.1', port: repeater.port };
  return sendOnce({ address, sendir: SENDIR, after: manualAfter().after, ...options });
}

/** Lets the code leave once it is being sent. */
async function whileTimePasses<Value>(sending: Promise<Value>): Promise<Value> {
  let isOver = false;
  void sending.finally(() => (isOver = true));
  await expect.poll(() => (clock.advance(50), isOver)).toBe(true);
  return sending;
}

test('A code that has left is complete.', async () => {
  expect(await whileTimePasses(send())).toEqual({ kind: 'complete' });
  expect(repeater.emissions).toHaveLength(1);
  await expect.poll(() => repeater.clients).toBe(0);
});

test('An answer in pieces is an answer; one of another command is none.', async () => {
  repeater.disturb({ kind: 'split-answer' });
  expect(await whileTimePasses(send())).toEqual({ kind: 'complete' });

  const server = createServer((socket: Socket) => {
    socket.once('data', () =>
      socket.write('busyIR,1:1,14\rgarbage\rbusyIR,1:2,15\rcompleteir,1:1,15\rERR_1:1,001\r'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await send({ address: { host: '127.0.0.1', port } })).toEqual({ kind: 'complete' });
  server.close();
});

test('A busy connector is busy, and an error is what it is.', async () => {
  const other = await connectToRepeater(repeater.port);
  other.write('sendir,1:1,1,40000,50,1,60000,60000\rblink,1\r');
  await expect.poll(() => other.lines()).toEqual(['blink,1']);
  expect(await send()).toEqual({ kind: 'busy' });
  other.end();
  repeater.disturb({ kind: 'error', code: '019' });
  expect(await send({ sendir: { ...SENDIR, connector: '1:2' } })).toEqual({
    kind: 'error',
    error: { kind: 'error', family: 'itach', code: '019', connector: '1:2' },
  });
});

test.each(['drop-answer', 'garbled-answer', 'lose-command'] as const)(
  'After %s nobody knows: it ends with its time-out, which is longer than the code.',
  async (kind) => {
    repeater.disturb({ kind });
    const { after, delays, expire } = manualAfter();
    const sending = send({ after, connectTimeoutMs: 500, answerTimeoutMs: 700 });
    await expect.poll(delays).toEqual([800]);
    if (kind !== 'lose-command')
      await expect.poll(() => (clock.advance(50), repeater.emissions.length)).toBe(1);
    expire();
    expect(await sending).toEqual({ kind: 'unanswered', problem: 'no answer within 800 ms' });
    await expect.poll(() => repeater.clients).toBe(0);
  },
);

test('A connection that is closed after the command leaves it unknown; one that is refused does not.', async () => {
  repeater.disturb({ kind: 'close' });
  expect(await send()).toMatchObject({ kind: 'unanswered' });
  const { port } = repeater;
  await repeater.stop();
  expect(await send({ address: { host: '127.0.0.1', port } })).toMatchObject({
    kind: 'unreachable',
    problem: expect.stringContaining('ECONNREFUSED'),
  });
  repeater = await startIrRepeater({ clock, port: 0 });
});

test('A connection that does not come ends with its time-out, and nothing was sent.', async () => {
  const { after, expire } = manualAfter();
  const sending = send({ after });
  // Its own time-out comes before the connection does: nothing has had its turn yet.
  expire();
  expect(await sending).toEqual({ kind: 'unreachable', problem: 'no connection within 2000 ms' });
});
