import { errorText } from '../../shared/errors.ts';
import { quoted } from '../terminal.ts';
import { describeResend, readResend, type Resend } from './resend.ts';

export interface QueueMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly sentAtMs: number;
}

/** A queue whose messages are hidden from others while they are looked at. */
export interface Queue {
  /** Takes up to `maximum` messages that are visible; none: there are no more. */
  receive(maximum: number): Promise<readonly QueueMessage[]>;
  delete(message: QueueMessage): Promise<void>;
  /** Makes a message visible again. */
  release(message: QueueMessage): Promise<void>;
}

export interface RedriveOptions {
  readonly queue: Queue;
  /** Sends one back. Throws RefusedError when it was refused for itself, anything else when nothing goes. */
  readonly send: (resend: Resend) => Promise<void>;
  /** When the command began: what came into the queue since is what has failed again. */
  readonly startedAtMs: number;
  readonly limit: number;
  readonly dryRun: boolean;
  readonly report: (line: string) => Promise<void>;
}

export interface RedriveCount {
  /** Sent back, or in a dry run: would be. */
  readonly sent: number;
  /** Left because nothing knows what to do with them. */
  readonly unknown: number;
  /** Left because sending them was refused, or can never be accepted. */
  readonly refused: number;
  /** Left because they came while this ran. */
  readonly newer: number;
}

/** This one message cannot be sent; others may. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError' as const;
}

/** SQS gives out at most so many at once. */
const BATCH_SIZE = 10;

/**
 * Sends the messages of a queue back to where they failed, the ones that were there at the start.
 *
 *     received ──▶ newer than the start ─────────────────────────────▶ released at the end
 *        ├───────▶ of no known shape, not to be sent, or refused ────▶ released at the end
 *        └───────▶ sent ──▶ deleted
 *
 * A message is deleted only after it was sent: a run that is cut off may send one twice, which everything
 * here bears, and loses none. What is left is released at the end and not at once, so that it is not
 * received again and again.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveCount> {
  const { queue, send, startedAtMs, limit, dryRun, report } = options;
  const count = { sent: 0, unknown: 0, refused: 0, newer: 0 };
  const left = new Map<string, QueueMessage>();

  async function handle(message: QueueMessage): Promise<void> {
    if (message.sentAtMs >= startedAtMs) {
      left.set(message.id, message);
      count.newer += 1;
      return;
    }
    const resend = readResend(message.body);
    if (resend === undefined) {
      left.set(message.id, message);
      count.unknown += 1;
      await report(`left ${message.id}: it is no rejection, no failed invocation and no failed rule`);
      return;
    }
    if (resend.kind === 'unsendable') {
      left.set(message.id, message);
      count.refused += 1;
      await report(`left ${message.id}: nothing can be sent to ${quoted(resend.topic)}: ${resend.advice}`);
      return;
    }
    if (dryRun) {
      left.set(message.id, message);
      count.sent += 1;
      await report(`would ${describeResend(resend)} (${message.id})`);
      return;
    }
    try {
      await send(resend);
    } catch (error) {
      left.set(message.id, message);
      if (!(error instanceof RefusedError)) throw error;
      count.refused += 1;
      await report(`left ${message.id}: to ${describeResend(resend)} was refused: ${errorText(error)}`);
      return;
    }
    await queue.delete(message);
    count.sent += 1;
    await report(`${describeResend(resend)} (${message.id})`);
  }

  try {
    while (count.sent < limit) {
      const messages = await queue.receive(Math.min(BATCH_SIZE, limit - count.sent));
      const unseen = messages.filter(({ id }) => !left.has(id));
      // One that comes back has outlived its time of being hidden: from here on there is nothing new.
      if (unseen.length === 0) break;
      // All at once, so that none waits hidden behind others; the first failure is thrown when all have ended.
      const results = await Promise.allSettled(unseen.map(handle));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
  } finally {
    await Promise.allSettled([...left.values()].map((message) => queue.release(message)));
  }
  return count;
}
