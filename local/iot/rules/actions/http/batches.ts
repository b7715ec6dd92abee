import type { Clock, Timer } from '../../../../clock.ts';
import type { HttpBatchLimits, HttpPost } from '../services.ts';

interface OpenBatch {
  readonly bodies: Uint8Array[];
  bytes: number;
  headers: HttpPost['headers'];
  readonly timer: Timer;
  readonly sent: PromiseWithResolvers<void>;
}

/** The brackets of an Array, and the comma before each element but the first. */
const BRACKETS = 2;
const COMMA = 1;

/**
 * Gathers messages of one key and URL into one request. It is sent at the first limit that is reached; all of its
 * messages then fail or succeed together.
 */
export function createBatches(
  clock: Clock,
  post: (message: HttpPost) => Promise<void>,
): (key: string, message: HttpPost, limits: HttpBatchLimits) => Promise<void> {
  const open = new Map<string, OpenBatch>();

  function begin(at: string, url: string, maxOpenMs: number): OpenBatch {
    const batch: OpenBatch = {
      bodies: [],
      bytes: BRACKETS,
      headers: [],
      timer: clock.schedule(maxOpenMs, () => send(at, url)),
      sent: Promise.withResolvers<void>(),
    };
    open.set(at, batch);
    return batch;
  }

  function send(at: string, url: string): void {
    const batch = open.get(at);
    if (batch === undefined) return;
    open.delete(at);
    batch.timer.cancel();
    const { bodies, headers, sent } = batch;
    post({ url, headers, body: arrayOf(bodies) }).then(sent.resolve, sent.reject);
  }

  return (key, { url, headers, body }, { maxOpenMs, maxMessages, maxBytes }) => {
    const at = `${key} ${url}`;
    const waiting = open.get(at);
    if (waiting !== undefined && waiting.bytes + body.length + COMMA > maxBytes) send(at, url);
    const batch = open.get(at) ?? begin(at, url, maxOpenMs);
    batch.bodies.push(body);
    batch.bytes += body.length + (batch.bodies.length === 1 ? 0 : COMMA);
    // The headers of the last message are those of the batch, as on AWS.
    batch.headers = headers;
    if (batch.bodies.length >= maxMessages || batch.bytes >= maxBytes) send(at, url);
    return batch.sent.promise;
  };
}

function arrayOf(bodies: readonly Uint8Array[]): Uint8Array {
  const parts = bodies.flatMap((body, index) => (index === 0 ? [body] : [Buffer.from(','), body]));
  return Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]);
}
