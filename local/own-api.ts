import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsApiError } from './errors.ts';
import type { Faults } from './endpoint/faults.ts';
import type { OwnHandler } from './endpoint/service.ts';
import { answerLogs, type TraceLog } from './iot/trace/index.ts';

export interface OwnApiOptions {
  /** Everything worth knowing of the running cloud, as JSON can hold it. */
  readonly status: () => Readonly<Record<string, unknown>>;
  readonly faults: Faults;
  /** Without it there is nothing at `/_glasshouse/logs`. */
  readonly log?: TraceLog;
  /** More routes, by method and path below `/_glasshouse/`: `POST reset`. One that ends in `/` takes all below it. */
  readonly routes?: Readonly<Record<string, OwnRoute>>;
}

/** One request to a path of the cloud's own API. */
export interface OwnCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Answers with JSON. */
  readonly answer: (status: number, body: unknown) => void;
  /** The body, which must be JSON. @throws AwsApiError 400, or 413 beyond 64 KB */
  readonly readJson: () => Promise<unknown>;
}

/** Answers one request to a path of the cloud's own API. */
export type OwnRoute = (call: OwnCall) => Promise<void> | void;

const PREFIX = '/_glasshouse/';

/**
 * The cloud's own API, which AWS has nothing like:
 *
 * - `GET /_glasshouse/status`: what runs, what functions counted, what waits;
 * - `GET /_glasshouse/logs`: what the cloud did with messages, and why (iot/trace/logs-api.ts);
 * - `POST /_glasshouse/faults`: makes calls to come fail (endpoint/faults.ts); `DELETE`: no more of it.
 */
export function createOwnHandler({ status, faults, log, routes: more = {} }: OwnApiOptions): OwnHandler {
  const routes = new Map<string, OwnRoute>([
    ['GET status', (call) => call.answer(200, status())],
    ['POST faults', async (call) => call.answer(201, faults.add(await call.readJson()))],
    [
      'DELETE faults',
      (call) => {
        faults.clear();
        call.answer(200, {});
      },
    ],
    ...Object.entries(more),
  ]);
  if (log !== undefined) routes.set('GET logs', ({ query, response }) => answerLogs(log, query, response));

  return async (request, response) => {
    const { method = '', url = '' } = request;
    const [path = '', queryText = ''] = url.split('?', 2);
    const route = find(routes, `${method} ${path.slice(PREFIX.length)}`);
    if (route !== undefined) {
      await route({
        request,
        response,
        path,
        query: new URLSearchParams(queryText),
        answer: (code, body) => answer(response, code, body),
        readJson: () => readJson(request),
      });
      return;
    }
    throw new AwsApiError(
      404,
      'NotFound',
      `There is nothing at ${method} ${url}. Try ${[...routes.keys()].map(withPrefix).join(', ')}.`,
    );
  };
}

function find(routes: ReadonlyMap<string, OwnRoute>, asked: string): OwnRoute | undefined {
  const exact = routes.get(asked);
  if (exact !== undefined) return exact;
  const slash = asked.lastIndexOf('/');
  return slash === -1 ? undefined : routes.get(asked.slice(0, slash + 1));
}

function withPrefix(route: string): string {
  return route.replace(' ', ` ${PREFIX}`);
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
