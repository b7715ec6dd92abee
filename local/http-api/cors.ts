import type { IncomingHttpHeaders } from 'node:http';

/** Which pages of other origins may use an HTTP API. */
export interface CorsConfiguration {
  /** `*`, `https://*`, or origins. */
  readonly allowedOrigins: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly allowsCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Whether a browser asks beforehand if it may: the API answers that itself, whatever routes it has. */
export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** The headers of the answer to a browser that asks beforehand; none for an origin that is not allowed. */
export function preflightHeaders(cors: CorsConfiguration, origin: string | undefined): Headers {
  const allowed = originHeaders(cors, origin);
  if (allowed === undefined) return {};
  const { allowedHeaders, allowedMethods, maxAgeSeconds } = cors;
  return {
    ...allowed,
    'access-control-allow-headers': allowedHeaders.join(',').toLowerCase(),
    'access-control-allow-methods': allowedMethods.join(','),
    ...(maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(maxAgeSeconds) }),
  };
}

/** Puts an API's headers in the place of those that its function has set, which do not count beside them. */
export function withCors(headers: Headers, cors: CorsConfiguration, origin: string | undefined): Headers {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('access-control-'));
  const allowed = originHeaders(cors, origin);
  if (allowed === undefined) return Object.fromEntries(kept);
  const { exposedHeaders } = cors;
  return {
    ...Object.fromEntries(kept),
    ...allowed,
    ...(exposedHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': exposedHeaders.join(',').toLowerCase() }),
  };
}

function originHeaders(
  { allowedOrigins, allowsCredentials }: CorsConfiguration,
  origin: string | undefined,
): Headers | undefined {
  if (origin === undefined) return undefined;
  const isAllowed = allowedOrigins.some(
    (allowed) =>
      allowed === '*' ||
      allowed === origin ||
      (/^https?:\/\/\*$/.test(allowed) && origin.startsWith(allowed.slice(0, -1))),
  );
  if (!isAllowed) return undefined;
  return {
    'access-control-allow-origin': allowedOrigins.includes('*') && !allowsCredentials ? '*' : origin,
    ...(allowsCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}
