import { validateHeaderName, validateHeaderValue } from 'node:http';

/** An HTTP response as it is sent. */
export interface HttpResult {
  readonly status: number;
  /** Lower-cased. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** A result of a function that is no response, and why. */
export interface UnusableResult {
  readonly unusable: string;
}

/** These are the server's to set. */
const OF_THE_SERVER = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads what a function has returned, in payload format 2.0: an object with a `statusCode` is a response, anything
 * else is the body of one with the status 200 and the type JSON (a text as it is).
 *
 * @param payload JSON.
 */
export function readResult(payload: string): HttpResult | UnusableResult {
  const value: unknown = JSON.parse(payload);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    const text = typeof value === 'string' ? value : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
  }
  const given: Readonly<Record<string, unknown>> = { ...value };
  const { body = '', cookies = [], isBase64Encoded = false } = given;
  const status = Number(given['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return { unusable: `its statusCode is ${JSON.stringify(given['statusCode'])}` };
  }
  if (body !== null && typeof body !== 'string') {
    return { unusable: `its body is no text: write JSON.stringify(…)` };
  }
  const headers = readHeaders(given['headers']);
  if (headers === undefined) return { unusable: 'its headers are not names with texts, numbers or booleans' };
  if (!isListOfTexts(cookies)) return { unusable: 'its cookies are no list of texts' };
  const own = {
    'content-type': 'text/plain;charset=UTF-8',
    ...headers,
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
  };
  if (!areSendable(own))
    return { unusable: 'one of its headers or cookies has characters that HTTP does not allow' };
  return {
    status,
    headers: own,
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function readHeaders(given: unknown): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  if (given === undefined || given === null) return headers;
  if (typeof given !== 'object' || Array.isArray(given)) return undefined;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return undefined;
    const lower = name.toLowerCase();
    if (!OF_THE_SERVER.has(lower)) headers[lower] = String(value);
  }
  return headers;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function areSendable(headers: HttpResult['headers']): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const one of typeof value === 'string' ? [value] : value) validateHeaderValue(name, one);
    }
    return true;
  } catch {
    return false;
  }
}
