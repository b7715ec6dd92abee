import type { IncomingMessage } from 'node:http';
import type { MatchedRoute } from './routes.ts';

/** An event of an HTTP API in payload format 2.0, as a function is given it. */
export interface HttpApiEvent {
  readonly version: '2.0';
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
}

export interface EventContext {
  /** Twelve digits. */
  readonly accountId: string;
  readonly apiId: string;
  readonly requestId: string;
  readonly nowMs: number;
  /** 24 hexadecimal digits. */
  readonly traceId: string;
}

/** The stage that an HTTP API has by itself. */
const STAGE = '$default';

/** These belong to the connection and not to the request. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Bodies of these types arrive as text; of all others, also of forms and of none, in base64. */
const TEXT_TYPE = /^(?:text\/[^;]*|application\/(?:json|xml|javascript))\s*(?:;|$)/i;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Makes the event of a request (API Gateway, "Create AWS Lambda proxy integrations for HTTP APIs"). As on AWS, the
 * path comes decoded and the query both as it was and decoded.
 *
 * @param rawPath decoded.
 */
export function createEvent(
  request: IncomingMessage,
  { rawPath, query, body }: { readonly rawPath: string; readonly query: string; readonly body: Buffer },
  { route, pathParameters }: MatchedRoute,
  context: EventContext,
): HttpApiEvent {
  const { accountId, apiId, requestId, nowMs } = context;
  const { routeKey } = route;
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = headersOf(request, sourceIp, context);
  const cookies = cookiesOf(request);
  const parameters = queryParameters(query);
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const host = headers['host'] ?? '';
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers,
    ...(parameters === undefined ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: host,
      domainPrefix: host.split('.')[0] ?? host,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: STAGE,
      time: accessLogTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    ...(pathParameters === undefined ? {} : { pathParameters }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Lower-cased; one that is there several times is joined by commas. Cookies have a list of their own. */
function headersOf(
  { rawHeaders, socket }: IncomingMessage,
  sourceIp: string,
  { nowMs, traceId }: EventContext,
): Record<string, string> {
  // A header may be called like something that every object has.
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (name === 'cookie' || HOP_BY_HOP.has(name)) continue;
    const value = rawHeaders[at + 1] ?? '';
    const former = found.get(name);
    found.set(name, former === undefined ? value : `${former},${value}`);
  }
  const forwarded = found.get('x-forwarded-for');
  found.set('x-forwarded-for', forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`);
  found.set('x-forwarded-port', String(socket.localPort ?? 0));
  found.set('x-forwarded-proto', 'http');
  if (!found.has('x-amzn-trace-id')) {
    const seconds = Math.floor(nowMs / 1_000)
      .toString(16)
      .padStart(8, '0');
    found.set('x-amzn-trace-id', `Root=1-${seconds}-${traceId}`);
  }
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function cookiesOf({ headers }: IncomingMessage): string[] {
  return (headers.cookie ?? '').split(';').flatMap((cookie) => cookie.trim() || []);
}

/** Decoded; one that is there several times is joined by commas. */
function queryParameters(query: string): Record<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const former = found.get(name);
    found.set(name, former === undefined ? value : `${former},${value}`);
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** `12/Mar/2020:19:03:58 +0000` */
function accessLogTime(ms: number): string {
  const [year = '', month = '', day = '', time = ''] = new Date(ms).toISOString().split(/[-T.]/);
  return `${day}/${MONTHS[Number(month) - 1] ?? ''}/${year}:${time} +0000`;
}
