import { connect } from 'node:net';
import { readAnswer, type Answer } from './answers.ts';
import { LineSplitter } from './line-splitter.ts';
import { durationMs, MAX_COMMAND_BYTES, writeSendir, type Sendir } from './sendir.ts';

/** Where a repeater listens. */
export interface RepeaterAddress {
  readonly host: string;
  readonly port: number;
}

/** The port of the Global Caché TCP API. */
export const REPEATER_PORT = 4998;

/** How one attempt to send a code ended. */
export type SendOutcome =
  /** The code has left the repeater. Nobody says whether the shade saw it. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'error'; readonly error: Extract<Answer, { kind: 'error' }> }
  /** There was no connection, and so nothing was sent. */
  | { readonly kind: 'unreachable'; readonly problem: string }
  /** It was sent, and no answer came that can be read: the code may have left or not. */
  | { readonly kind: 'unanswered'; readonly problem: string };

export interface SendOptions {
  readonly address: RepeaterAddress;
  readonly sendir: Sendir;
  /** @default 2000 */
  readonly connectTimeoutMs?: number;
  /** How long after the code's own duration the answer may come. @default 3000 */
  readonly answerTimeoutMs?: number;
  /** Calls back after a while, unless what it returns is called first. @default the machine's timers */
  readonly after?: After;
}

export type After = (delayMs: number, callback: () => void) => () => void;

const realAfter: After = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/**
 * Sends one code over a connection of its own and waits for its answer: the one with its connector and ID.
 * Answers of other commands, and lines that cannot be read, are passed over. The socket is closed however it
 * ends. Never throws.
 */
export function sendOnce(options: SendOptions): Promise<SendOutcome> {
  const { address, sendir, connectTimeoutMs = 2_000, answerTimeoutMs = 3_000, after = realAfter } = options;
  return new Promise((resolve) => {
    const splitter = new LineSplitter(MAX_COMMAND_BYTES);
    const socket = connect({ ...address, noDelay: true });
    let isSent = false;
    let cancel = after(connectTimeoutMs, () => fail(`no connection within ${connectTimeoutMs} ms`));

    const end = (outcome: SendOutcome): void => {
      cancel();
      socket.destroy();
      resolve(outcome);
    };
    const fail = (problem: string): void => end({ kind: isSent ? 'unanswered' : 'unreachable', problem });

    socket.setEncoding('latin1');
    socket.once('connect', () => {
      cancel();
      isSent = true;
      socket.write(`${writeSendir(sendir)}\r`);
      const waitMs = Math.ceil(durationMs(sendir.code)) + answerTimeoutMs;
      cancel = after(waitMs, () => fail(`no answer within ${waitMs} ms`));
    });
    socket.on('data', (text: string) => {
      for (const line of splitter.push(text).lines) {
        const outcome = outcomeOf(readAnswer(line), sendir);
        if (outcome === undefined) continue;
        end(outcome);
        return;
      }
    });
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('the repeater closed the connection'));
  });
}

/** What an answer says of this command; undefined: nothing. */
function outcomeOf(answer: Answer, { connector, id }: Sendir): SendOutcome | undefined {
  switch (answer.kind) {
    case 'complete':
    case 'busy':
      return answer.connector === connector && answer.id === id ? { kind: answer.kind } : undefined;
    // An error carries no ID; on a connection with one command there is no doubt whose it is.
    case 'error':
      return { kind: 'error', error: answer };
    case 'stopped':
    case 'other':
    default:
      return undefined;
  }
}
