import { GlasshouseError } from '../../../shared/errors.ts';

export type CertificateErrorCode =
  | 'MALFORMED_PEM'
  | 'MALFORMED_CERTIFICATE'
  | 'MALFORMED_CSR'
  | 'CSR_SIGNATURE_INVALID'
  | 'KEY_NOT_SUPPORTED'
  | 'SIGNATURE_NOT_SUPPORTED';

/** Bytes or text that should be a certificate, a signing request or a key, and are not one that can be used. */
export class CertificateError extends GlasshouseError {
  override readonly name = 'CertificateError' as const;
  declare readonly code: CertificateErrorCode;

  constructor(code: CertificateErrorCode, message: string, options: { data?: object; cause?: unknown } = {}) {
    super(message, {
      code,
      retryable: false,
      data: { ...options.data },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}
