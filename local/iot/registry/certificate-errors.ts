import { errorText } from '../../../shared/errors.ts';
import type { AwsApiError } from '../../errors.ts';
import { CertificateError } from '../x509/errors.ts';
import { iotError } from './errors.ts';

/** `CertificateValidationException`: it is no certificate, or not signed as it has to be. */
export function certificateInvalid(message: string): AwsApiError {
  return iotError('CertificateValidationException', message);
}

/** Does `read` and answers with `refuse` what is not X.509: `what` it should be, and why it is not. */
export function readOrRefuse<Read>(
  what: string,
  refuse: (message: string) => AwsApiError,
  read: () => Read,
): Read {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof CertificateError)) throw thrown;
    const reason = thrown.cause === undefined ? '' : ` (${errorText(thrown.cause)})`;
    throw refuse(`${what} is not valid: ${thrown.message}${reason}`);
  }
}
