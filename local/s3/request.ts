import type { ServerResponse } from 'node:http';
import type { AwsRequest } from '../endpoint/service.ts';
import { renderXml, type XmlContent } from '../endpoint/xml.ts';

/** A request about a bucket or an object; the one that is not asked for is empty. */
export interface S3Request extends AwsRequest {
  readonly bucket: string;
  readonly key: string;
  readonly response: ServerResponse;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function sendXml(response: ServerResponse, root: string, content: XmlContent): void {
  const body = renderXml(root, content, NAMESPACE);
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Answers with a status and headers alone. */
export function sendNothing(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | undefined>> = {},
): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(status);
  response.end();
}
