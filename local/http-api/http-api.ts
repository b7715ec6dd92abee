import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { readBody } from '../endpoint/body.ts';
import { listen, type Listener } from '../endpoint/listen.ts';
import { requireLoopback } from '../endpoint/loopback.ts';
import { AwsApiError } from '../errors.ts';
import type { InvocationResult } from '../lambda/container.ts';
import { isPreflight, preflightHeaders, withCors, type CorsConfiguration } from './cors.ts';
import { createEvent } from './event.ts';
import { readResult, type HttpResult } from './result.ts';
import { compileRoutes, decode, type HttpRoute } from './routes.ts';

/** Ten megabytes: the largest body that API Gateway takes. */
const MAX_BODY_BYTES = 10 * 1_024 * 1_024;

/** The longest that API Gateway waits for a function. */
const MAX_WAIT_MS = 30_000;

export interface HttpApiOptions {
  readonly routes: readonly HttpRoute[];
  readonly cors?: CorsConfiguration;
  /** Twelve digits. */
  readonly accountId: string;
  /** The cloud's time for events. A function is waited for in the clock's time as well: give it real timers. */
  readonly clock: Clock;
  /** Invokes a function and waits for it. */
  readonly invoke: (functionName: string, event: string) => Promise<InvocationResult>;
  /** Told why a caller got "Internal Server Error": API Gateway tells neither. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** @default randomUUID */
  readonly newId?: () => string;
}

export interface HttpApi {
  /** @throws ConfigurationError PORT_UNAVAILABLE */
  listen(where: { readonly port: number; readonly setting: string }): Promise<Listener>;
  close(): Promise<void>;
}

/** How `Ref: HttpApi` is called here. */
export const LOCAL_API_ID = 'local';

/**
 * An HTTP API of API Gateway, on a port of this machine: requests become events of payload format 2.0, and what
 * functions return becomes responses.
 *
 * @throws ConfigurationError ROUTE_UNUSABLE
 */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  const { cors, accountId, clock, invoke, log, newId = randomUUID } = options;
  const findRoute = compileRoutes(options.routes);

  async function answer(request: IncomingMessage, requestId: string): Promise<HttpResult> {
    const { method = 'GET', url, headers } = request;
    const open = (result: HttpResult): HttpResult =>
      cors === undefined ? result : { ...result, headers: withCors(result.headers, cors, headers.origin) };
    try {
      requireLoopback(headers);
      if (cors !== undefined && isPreflight(method, headers)) {
        return { status: 204, headers: preflightHeaders(cors, headers.origin), body: Buffer.alloc(0) };
      }
      return open(await route(request, requestId));
    } catch (thrown) {
      const result = refusal(thrown);
      if (result.status >= 500) log('an HTTP request could not be answered', { url, error: thrown });
      // The rest of a body is read and dropped: a caller that is still writing would miss the answer otherwise.
      request.resume();
      return open(result);
    }
  }

  async function route(request: IncomingMessage, requestId: string): Promise<HttpResult> {
    const { method = 'GET', url = '/' } = request;
    const [path = '/', ...rest] = url.split('?');
    const rawPath = decode(path);
    if (rawPath === undefined) return plain(400, 'Bad Request');
    const matched = findRoute(method, path);
    if (matched === undefined) return plain(404, 'Not Found');
    const body = await readBody(request, MAX_BODY_BYTES);
    const traceId = randomBytes(12).toString('hex');
    const context = { accountId, apiId: LOCAL_API_ID, requestId, nowMs: clock.now(), traceId };
    const event = createEvent(request, { rawPath, query: rest.join('?'), body }, matched, context);
    return runFunction(matched.route, JSON.stringify(event));
  }

  async function runFunction({ routeKey, functionName }: HttpRoute, event: string): Promise<HttpResult> {
    const late = Promise.withResolvers<'late'>();
    const timer = clock.schedule(MAX_WAIT_MS, () => late.resolve('late'));
    try {
      const outcome = await Promise.race([invoke(functionName, event), late.promise]);
      const about = { routeKey, functionName };
      if (outcome === 'late') {
        log('a function has not answered an HTTP request within 30 seconds', about);
        return plain(503, 'Service Unavailable');
      }
      if (!outcome.ok) {
        log('a function failed while it answered an HTTP request', { ...about, error: outcome.error });
        return plain(500, 'Internal Server Error');
      }
      const result = readResult(outcome.payload);
      if (!('unusable' in result)) return result;
      log('what a function returned is no HTTP response', { ...about, why: result.unusable });
      return plain(500, 'Internal Server Error');
    } finally {
      timer.cancel();
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = newId();
    const { status, headers, body } = await answer(request, requestId);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('apigw-requestid', requestId);
    const isBodiless = status === 204 || status === 304;
    if (!isBodiless) response.setHeader('content-length', body.length);
    response.writeHead(status).end(isBodiless || request.method === 'HEAD' ? undefined : body);
  }

  const server = createServer((request, response) => void serve(request, response));
  let listener: Listener | undefined;
  return {
    async listen({ port, setting }) {
      listener = await listen(server, { port, setting, purpose: 'the HTTP API' });
      return listener;
    },
    async close() {
      await listener?.close();
    },
  };
}

/** API Gateway's own answers are JSON with a message. */
function plain(status: number, message: string): HttpResult {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function refusal(thrown: unknown): HttpResult {
  if (!(thrown instanceof AwsApiError)) return plain(500, 'Internal Server Error');
  const { status, message } = thrown;
  return plain(status, status === 413 ? 'Request Entity Too Large' : message);
}
