import type { IncomingMessage } from 'node:http';
import { AwsApiError } from '../errors.ts';

/**
 * Reads a request's body, at most `maxBytes` of it.
 *
 * @throws AwsApiError 413 `RequestEntityTooLarge` as soon as the limit is known to be passed, and 400
 *   `IncompleteBody` when the caller goes away half-way.
 */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = incoming.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  if (declared === '0' || (declared === undefined && incoming.headers['transfer-encoding'] === undefined)) {
    return Buffer.alloc(0);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      incoming.off('data', take);
      reject(tooLarge(maxBytes));
    };
    incoming.on('data', take);
    incoming.once('end', () => {
      const [first] = chunks;
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length));
    });
    incoming.once('error', reject);
    incoming.once('close', () => {
      if (incoming.complete) return;
      reject(
        new AwsApiError(400, 'IncompleteBody', 'The connection was closed before the whole body had come.'),
      );
    });
  });
}

function tooLarge(maxBytes: number): AwsApiError {
  return new AwsApiError(
    413,
    'RequestEntityTooLarge',
    `The request's body is larger than the ${maxBytes} bytes that are taken here.`,
    { maxBytes },
  );
}
