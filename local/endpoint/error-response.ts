import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { errorText } from '../../shared/errors.ts';
import { AwsApiError } from '../errors.ts';
import { renderXml } from './xml.ts';

/** The wire protocols of AWS's APIs, which differ in nothing so much as in how they say no. */
export type AwsProtocol = 'json-1.0' | 'json-1.1' | 'query' | 'rest-json' | 'rest-xml';

export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * An error as `protocol` writes it:
 *
 * - `json-1.0`, `json-1.1`: `{"__type": code, "message": …}`;
 * - `rest-json`: `{"message": …}`, the code in `x-amzn-ErrorType` (which the JSON protocols send too);
 * - `query`: `<ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>`;
 * - `rest-xml`: `<Error><Code/><Message/><RequestId/></Error>`, as S3 does.
 *
 * The members of `error.data` travel with it, as those of AWS's own modelled errors do.
 */
export function renderError(protocol: AwsProtocol, error: AwsApiError, requestId: string): ErrorResponse {
  const { status, code, message, data } = error;
  if (protocol === 'query') {
    const Type = status < 500 ? 'Sender' : 'Receiver';
    const content = { Error: { Type, Code: code, Message: message }, RequestId: requestId };
    return { status, headers: { 'content-type': 'text/xml' }, body: renderXml('ErrorResponse', content) };
  }
  if (protocol === 'rest-xml') {
    const texts = Object.entries(data).map(([name, value]): [string, string] => [name, String(value)]);
    const content = { Code: code, Message: message, ...Object.fromEntries(texts), RequestId: requestId };
    return { status, headers: { 'content-type': 'application/xml' }, body: renderXml('Error', content) };
  }
  const type = protocol === 'rest-json' ? {} : { __type: code };
  return {
    status,
    headers: { 'content-type': JSON_TYPES[protocol], 'x-amzn-errortype': code },
    body: JSON.stringify({ ...data, ...type, message }),
  };
}

const JSON_TYPES = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  'rest-json': 'application/json',
} as const;

/** Answers with an error and ends the response; a response that has already begun is cut off instead. */
export function sendError(
  response: ServerResponse,
  protocol: AwsProtocol,
  thrown: unknown,
  requestId: string,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = renderError(protocol, toApiError(thrown), requestId);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** What was thrown, as an API's error: anything but an AwsApiError is this cloud's own fault, `InternalFailure`. */
function toApiError(thrown: unknown): AwsApiError {
  if (thrown instanceof AwsApiError) return thrown;
  return new AwsApiError(500, 'InternalFailure', `The local cloud failed: ${errorText(thrown)}`);
}

/** The protocol that a request speaks, by what its headers say; REST JSON where they say nothing. */
export function detectProtocol(headers: IncomingHttpHeaders, service?: string): AwsProtocol {
  if (service === 's3') return 'rest-xml';
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-amz-json-1.0')) return 'json-1.0';
  if (headers['x-amz-target'] !== undefined) return 'json-1.1';
  if (type.startsWith('application/x-www-form-urlencoded')) return 'query';
  return 'rest-json';
}
