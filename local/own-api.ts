import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsApiError } from './errors.ts';
import type { Faults } from './endpoint/faults.ts';
import type { OwnHandler } from './endpoint/service.ts';

export interface OwnApiOptions {
  /** Everything worth knowing of the running cloud, as JSON can hold it. */
  readonly status: () => Readonly<Record<string, unknown>>;
  readonly faults: Faults;
}

/**
 * The cloud's own API, which AWS has nothing like:
 *
 * - `GET /_glasshouse/status`: what runs, what functions counted, what waits;
 * - `POST /_glasshouse/faults`: makes calls to come fail (endpoint/faults.ts); `DELETE`: no more of it.
 */
export function createOwnHandler({ status, faults }: OwnApiOptions): OwnHandler {
  return async (request, response) => {
    const { method, url = '' } = request;
    if (method === 'GET' && url === '/_glasshouse/status') return answer(response, 200, status());
    if (method === 'POST' && url === '/_glasshouse/faults') {
      return answer(response, 201, faults.add(await readJson(request)));
    }
    if (method === 'DELETE' && url === '/_glasshouse/faults') {
      faults.clear();
      return answer(response, 200, {});
    }
    throw new AwsApiError(
      404,
      'NotFound',
      `There is nothing at ${method} ${url}. Try GET /_glasshouse/status.`,
    );
  };
}

const MAX_BODY_BYTES = 64 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new AwsApiError(413, 'RequestTooLarge', 'The body is larger than 64 KB.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new AwsApiError(400, 'ValidationException', `The body is not JSON: ${String(error)}`);
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body, undefined, 2)}\n`);
}
