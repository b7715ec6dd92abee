import { isIssuedBy, type Certificate } from '../../shared/x509/certificate.ts';
import { extendedKeyUsageOf } from '../../shared/x509/extensions.ts';
import type { Refusal, Verdict } from './verdict.ts';

/** AWS IoT takes these curves, and RSA keys from 2048 bits on. */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const MIN_RSA_BITS = 2_048;

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_PURPOSE = '2.5.29.37.0';

/** A name longer than a thing's can become none; this bounds what is looked up and noted. */
const MAX_COMMON_NAME = 128;

/**
 * What speaks against a certificate, judged by itself and by its CA alone: the first of these that is the case. Its
 * signature comes first, because nothing else in it means anything without.
 *
 * @returns undefined when nothing does
 */
export function checkCertificate(
  certificate: Certificate,
  ca: Certificate,
  nowMs: number,
): Verdict | undefined {
  const { x509, notBeforeMs, notAfterMs, commonNames } = certificate;
  if (!isIssuedBy(certificate, ca)) return deactivate('WRONG_ISSUER', 'its CA has not signed it');
  if (!certificate.isSignedStrongly) return deactivate('WEAK_SIGNATURE', 'it is signed with MD5 or SHA-1');
  if (certificate.isCa) return deactivate('IS_A_CA', 'it may sign other certificates: it is no device');
  if (notAfterMs <= nowMs) return deactivate('EXPIRED', `it ended at ${new Date(notAfterMs).toISOString()}`);
  if (notBeforeMs > nowMs) {
    // Time heals this one: the device comes back, and the event with it.
    return {
      kind: 'hold',
      reason: 'NOT_YET_VALID',
      detail: `it begins at ${new Date(notBeforeMs).toISOString()}`,
    };
  }
  const key = describeWeakKey(x509.publicKey);
  if (key !== undefined) return deactivate('WEAK_KEY', `its key is ${key}`);
  const purposes = extendedKeyUsageOf(certificate.extensions);
  if (
    purposes !== undefined &&
    !purposes.some((one) => one === CLIENT_AUTHENTICATION || one === ANY_PURPOSE)
  ) {
    return deactivate('WRONG_PURPOSE', `its key is for ${purposes.join(', ')} and not for clients`);
  }
  const [commonName, ...others] = commonNames;
  if (commonName === undefined || others.length > 0) {
    return deactivate('BAD_NAME', `it has ${commonNames.length} common names and not one`);
  }
  if (commonName.length > MAX_COMMON_NAME) {
    return deactivate('BAD_NAME', `its common name has ${commonName.length} characters`);
  }
  return undefined;
}

function describeWeakKey(key: Certificate['x509']['publicKey']): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === 'rsa') {
    const { modulusLength = 0 } = details;
    return modulusLength >= MIN_RSA_BITS ? undefined : `RSA of ${modulusLength} bits`;
  }
  if (type !== 'ec') return type ?? 'of no known kind';
  const { namedCurve = 'an unnamed curve' } = details;
  return CURVES.includes(namedCurve) ? undefined : `on ${namedCurve}`;
}

function deactivate(reason: Refusal['reason'], detail: string): Verdict {
  return { kind: 'deactivate', reason, detail };
}
