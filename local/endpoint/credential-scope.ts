import type { IncomingHttpHeaders } from 'node:http';
import { AwsApiError } from '../errors.ts';

/** What a SigV4 signature says about itself: who signed, for which region and for which service. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, which is not always the client's name: `iotdata`, `execute-api`, `monitoring`, … */
  readonly service: string;
}

/** `Credential=<access key>/<yyyymmdd>/<region>/<service>/aws4_request`; an access key may itself hold a slash. */
const CREDENTIAL = /^(.{1,256})\/(\d{8})\/([a-z0-9-]{1,64})\/([A-Za-z0-9_-]{1,64})\/aws4_request$/;
const HEADER = /^AWS4-HMAC-SHA256\s.*?Credential=([^,\s]+)/;

/**
 * Reads the credential scope out of a request: from the `Authorization` header or, for a presigned URL,
 * from `X-Amz-Credential`. Boto and the AWS CLI still presign S3 URLs of us-east-1 with Signature Version 2, which
 * names no scope: such a URL can only be S3's.
 *
 * @throws AwsApiError 403 when the request is not signed, or is signed in another way; it says what to set.
 */
export function readCredentialScope(headers: IncomingHttpHeaders, query: URLSearchParams): CredentialScope {
  const { authorization } = headers;
  if (authorization !== undefined) {
    return parseCredential(HEADER.exec(authorization)?.[1], authorization);
  }
  const presigned = query.get('X-Amz-Credential');
  if (presigned !== null) return parseCredential(presigned, presigned);
  const signatureV2 = query.get('AWSAccessKeyId');
  if (signatureV2 !== null && query.has('Signature')) {
    return { accessKeyId: signatureV2, region: 'us-east-1', service: 's3' };
  }
  throw new AwsApiError(
    403,
    'MissingAuthenticationToken',
    'The request is not signed, and the signature is what tells which service it is for. ' +
      'Use an AWS SDK or the AWS CLI with AWS_ENDPOINT_URL set to this address, and set AWS_ACCESS_KEY_ID, ' +
      'AWS_SECRET_ACCESS_KEY and AWS_REGION for it: any values do, nothing checks them.',
  );
}

function parseCredential(credential: string | undefined, given: string): CredentialScope {
  const [, accessKeyId, , region, service] = CREDENTIAL.exec(credential ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) {
    throw new AwsApiError(
      403,
      'IncompleteSignature',
      `The signature cannot be read: "${given.slice(0, 120)}". Sign with AWS4-HMAC-SHA256 (Signature Version 4), ` +
        'whose credential reads <access key>/<date>/<region>/<service>/aws4_request.',
    );
  }
  return { accessKeyId, region, service };
}
