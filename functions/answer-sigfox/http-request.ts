import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';

/** A request of Sigfox, out of an event of an API Gateway HTTP API (payload format 2.0). */
export interface HttpRequest {
  readonly method: string;
  /** The last part of the path: what kind of callback it is. */
  readonly type: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
  readonly body: string;
}

/** What the door answers. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @returns undefined when the event is none of an HTTP API in payload format 2.0. */
export function readHttpEvent(event: unknown): HttpRequest | undefined {
  const parsed = eventSchema().safeParse(event);
  if (!parsed.success) return undefined;
  const { rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded, pathParameters } =
    parsed.data;
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: requestContext.http.method,
    type: pathParameters?.type ?? rawPath.slice(rawPath.lastIndexOf('/') + 1),
    query: new URLSearchParams(rawQueryString),
    headers: Object.fromEntries(lowered),
    sourceIp: requestContext.http.sourceIp,
    body: body === undefined ? '' : isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
  };
}

const eventSchema = once(() =>
  z.object({
    version: z.literal('2.0'),
    rawPath: z.string(),
    rawQueryString: z._default(z.string(), ''),
    headers: z._default(z.record(z.string(), z.string()), {}),
    pathParameters: z.optional(z.object({ type: z.optional(z.string()) })),
    requestContext: z.object({ http: z.object({ method: z.string(), sourceIp: z.string() }) }),
    body: z.optional(z.string()),
    isBase64Encoded: z._default(z.boolean(), false),
  }),
);
