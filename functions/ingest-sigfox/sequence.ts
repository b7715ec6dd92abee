import { SEQUENCE_NUMBERS } from '../../shared/sigfox/callback-variables.ts';

/** The newest message of a device so far. */
export interface LastMessage {
  readonly timeMs: number;
  readonly seqNumber?: number;
}

/**
 * How a message stands to the newest one before it:
 *
 * - `first`: there is none before it;
 * - `next`: its number follows;
 * - `gap`: messages between the two have not arrived, or not yet;
 * - `reboot`: its number fits no gap that a device could have made in that time, so it counts anew;
 * - `late`: it is older than the newest, and is kept as history;
 * - `unknown`: one of the two has no number.
 */
export const SEQUENCE_KINDS = ['first', 'next', 'gap', 'reboot', 'late', 'unknown'] as const;

export interface Sequence {
  readonly kind: (typeof SEQUENCE_KINDS)[number];
  /** Messages that are missing before it; of a gap only. */
  readonly missing?: number;
  /** Its number is past 4095 and counts from 0 again. */
  readonly wrapped?: true;
}

/** What Sigfox itself takes for possible: it raises a break of the sequence beyond this many a day. */
const MESSAGES_A_DAY = 300;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Places a message among those of its device, by its own time: numbers come again after 4096 messages, times
 * do not. A message of the same time and number as the newest is placed as late; that it is a duplicate is for
 * the table to say.
 */
export function placeInSequence(last: LastMessage | undefined, message: LastMessage): Sequence {
  if (last === undefined) return { kind: 'first' };
  if (message.timeMs <= last.timeMs) return { kind: 'late' };
  if (last.seqNumber === undefined || message.seqNumber === undefined) return { kind: 'unknown' };
  const difference = (message.seqNumber - last.seqNumber + SEQUENCE_NUMBERS) % SEQUENCE_NUMBERS;
  // The same number on a later message is a whole turn further, or a device that counts anew.
  const steps = difference === 0 ? SEQUENCE_NUMBERS : difference;
  const days = Math.ceil((message.timeMs - last.timeMs) / DAY_MS);
  if (steps > MESSAGES_A_DAY * days) return { kind: 'reboot' };
  const wrapped = message.seqNumber <= last.seqNumber ? { wrapped: true as const } : {};
  return steps === 1 ? { kind: 'next', ...wrapped } : { kind: 'gap', missing: steps - 1, ...wrapped };
}
