import { GlasshouseError } from '../errors.ts';

export type X509ErrorCode =
  | 'MALFORMED_DER'
  | 'MALFORMED_CERTIFICATE'
  | 'MALFORMED_CRL'
  | 'CRL_NOT_SUPPORTED'
  | 'MALFORMED_OCSP_RESPONSE'
  | 'SIGNATURE_NOT_SUPPORTED';

/** Bytes that should be a certificate, a revocation list or a responder's answer, and cannot be used as one. */
export class X509Error extends GlasshouseError {
  override readonly name = 'X509Error' as const;

  constructor(code: X509ErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { code, retryable: false, cause: options.cause });
  }
}

export type RevocationOutage =
  | 'CRL_UNREACHABLE'
  | 'CRL_UNUSABLE'
  | 'CRL_STALE'
  | 'OCSP_UNREACHABLE'
  | 'OCSP_UNUSABLE'
  | 'OCSP_STALE'
  | 'OCSP_UNKNOWN'
  | 'REVOCATION_NOT_NAMED';

/**
 * Nobody can say at the moment whether a certificate is revoked. It says nothing about the certificate: whoever gets
 * it leaves everything as it is and tries again later.
 */
export class RevocationUnavailableError extends GlasshouseError {
  override readonly name = 'RevocationUnavailableError' as const;

  constructor(
    code: RevocationOutage,
    message: string,
    options: { data?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { code, retryable: true, ...options });
  }
}
