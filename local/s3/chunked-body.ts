import type { IncomingHttpHeaders } from 'node:http';
import { s3Errors } from './errors.ts';

export interface DecodedBody {
  readonly body: Buffer;
  /** Trailing header fields, by lower-case name. */
  readonly trailers: Readonly<Record<string, string>>;
}

const CRLF = Buffer.from('\r\n');
const MAX_LINE_BYTES = 8_192;

/**
 * Whether a body is in S3's own chunks (`aws-chunked`): how SDKs send a body whose checksum comes behind it.
 */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  const sha256 = headers['x-amz-content-sha256'];
  return (
    (typeof sha256 === 'string' && sha256.startsWith('STREAMING-')) ||
    /(^|,)\s*aws-chunked\s*(,|$)/i.test(headers['content-encoding'] ?? '')
  );
}

/**
 * Takes an `aws-chunked` body apart: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then
 * trailing fields (S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
 *
 * @param declaredBytes what `x-amz-decoded-content-length` says.
 * @throws AwsApiError `IncompleteBody` when the chunks are broken or are not as long as declared.
 */
export function decodeChunked(raw: Buffer, declaredBytes?: number): DecodedBody {
  const chunks: Buffer[] = [];
  const trailers: Record<string, string> = {};
  let offset = 0;

  function readLine(): string {
    const end = raw.indexOf(CRLF, offset);
    if (end === -1 || end - offset > MAX_LINE_BYTES) throw broken();
    const line = raw.toString('latin1', offset, end);
    offset = end + 2;
    return line;
  }

  for (;;) {
    const size = /^([0-9a-f]{1,8})(;.*)?$/i.exec(readLine())?.[1];
    if (size === undefined) throw broken();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const end = offset + length;
    if (raw.indexOf(CRLF, end) !== end) throw broken();
    chunks.push(raw.subarray(offset, end));
    offset = end + 2;
  }
  // The trailer ends with an empty line; some writers leave that out when there is nothing in it.
  while (offset < raw.length) {
    const line = readLine();
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw broken();
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = Buffer.concat(chunks);
  if (declaredBytes !== undefined && declaredBytes !== body.length) {
    throw s3Errors.incompleteBody(
      `The body has ${body.length} bytes and x-amz-decoded-content-length says ${declaredBytes}.`,
    );
  }
  return { body, trailers };
}

function broken() {
  return s3Errors.incompleteBody('The chunks of the aws-chunked body are broken.');
}
