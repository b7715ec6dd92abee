import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { AwsApiError } from '../errors.ts';

/** The headers that S3 keeps with an object and sends back as they came. */
const KEPT_HEADERS = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
] as const;

const USER_PREFIX = 'x-amz-meta-';
const MAX_USER_METADATA_BYTES = 2_048;
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** What is asked for in these headers would be lost silently: they are refused instead. */
const REFUSED_HEADERS = [
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-write-offset-bytes',
] as const;

/** The headers of an object by lower-case name: those kept, and the user's own (`x-amz-meta-…`). */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** What the file beside an object says about it. `size` and `lastModifiedMs` tell whether it still holds. */
export const objectMetadataSchema = z.object({
  key: z.string(),
  size: z.number(),
  lastModifiedMs: z.number(),
  /** MD5, hexadecimal, without quotes. */
  etag: z.string(),
  headers: z.record(z.string(), z.string()),
  checksum: z.object({ algorithm: z.string(), value: z.string() }).optional(),
});
export type ObjectMetadata = Readonly<z.infer<typeof objectMetadataSchema>>;

/**
 * Reads what to keep with an object out of a request.
 *
 * @throws AwsApiError `NotImplemented` for a header that would have to do something, `MetadataTooLarge`.
 */
export function readObjectHeaders(headers: IncomingHttpHeaders): ObjectHeaders {
  const refused = REFUSED_HEADERS.find((name) => headers[name] !== undefined);
  if (refused !== undefined)
    throw new AwsApiError(501, 'NotImplemented', `${refused} is not part of this cloud.`);
  const kept: Record<string, string> = { 'content-type': DEFAULT_CONTENT_TYPE };
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  const encoding = (kept['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked')
    .join(',');
  if (encoding === '') delete kept['content-encoding'];
  else kept['content-encoding'] = encoding;
  let userBytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(USER_PREFIX) || typeof value !== 'string') continue;
    userBytes += name.length - USER_PREFIX.length + value.length;
    kept[name] = value;
  }
  if (userBytes > MAX_USER_METADATA_BYTES) {
    throw new AwsApiError(
      400,
      'MetadataTooLarge',
      `Your metadata headers exceed the maximum allowed metadata size of ${MAX_USER_METADATA_BYTES} bytes.`,
    );
  }
  return kept;
}

/** The headers that an object is answered with. The checksum is told only when the whole object is. */
export function responseHeaders(
  { headers, etag, lastModifiedMs, checksum }: ObjectMetadata,
  withChecksum: boolean,
): Record<string, string> {
  return {
    ...headers,
    etag: `"${etag}"`,
    'last-modified': new Date(lastModifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    ...(withChecksum && checksum !== undefined
      ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' }
      : {}),
  };
}
