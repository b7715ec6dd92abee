import { createPublicKey, generateKeyPair, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { objectIdentifier, sequence } from '../../../shared/x509/der-writer.ts';
import { nothing } from './der-writer.ts';
import { CertificateError } from './errors.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export type KeyKind = 'RSA-2048' | 'EC-P256';

/** Makes a key pair. An argument wherever one is needed, because it may take a second. */
export type NewKeyPair = (kind: KeyKind) => Promise<KeyPair>;

const generate = promisify(generateKeyPair);

/** Makes a key pair on another thread. */
export const newKeyPair: NewKeyPair = (kind) =>
  kind === 'RSA-2048'
    ? generate('rsa', { modulusLength: 2048 })
    : generate('ec', { namedCurve: 'prime256v1' });

/** The signatures that are read here (RFC 8017 §A.2.4, RFC 5758 §3.2). */
const signatures = {
  '1.2.840.113549.1.1.11': { hash: 'sha256', keyType: 'rsa' },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keyType: 'rsa' },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keyType: 'rsa' },
  '1.2.840.10045.4.3.2': { hash: 'sha256', keyType: 'ec' },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keyType: 'ec' },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keyType: 'ec' },
} as const;

/** AWS IoT takes RSA keys from this size on, and these curves (API, CreateCertificateFromCsr). */
const MIN_RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Reads a SubjectPublicKeyInfo.
 *
 * @throws CertificateError KEY_NOT_SUPPORTED when AWS IoT would not take such a key
 */
export function readPublicKey(der: Uint8Array): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new CertificateError('KEY_NOT_SUPPORTED', 'The public key cannot be read.', { cause });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve = '' } = {} } = key;
  const isServed =
    (type === 'rsa' && modulusLength >= MIN_RSA_BITS) || (type === 'ec' && CURVES.includes(namedCurve));
  if (isServed) return key;
  throw new CertificateError(
    'KEY_NOT_SUPPORTED',
    `The key is ${describeKey(key)}; it can be RSA with at least ${MIN_RSA_BITS} bits, or on one of the ` +
      'curves NIST P-256, P-384 and P-521.',
  );
}

/** The AlgorithmIdentifier of the signatures that `signBytes` makes with a key. */
export function signatureAlgorithm(privateKey: KeyObject): Uint8Array {
  // RFC 4055 §5 writes NULL parameters for RSA, RFC 5758 §3.2 none for ECDSA.
  return privateKey.asymmetricKeyType === 'rsa'
    ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing)
    : sequence(objectIdentifier('1.2.840.10045.4.3.2'));
}

export function signBytes(bytes: Uint8Array, privateKey: KeyObject): Uint8Array {
  return sign('sha256', bytes, privateKey);
}

/**
 * Checks a signature of the algorithm `identifier`.
 *
 * @throws CertificateError SIGNATURE_NOT_SUPPORTED
 */
export function isSignedBy(
  publicKey: KeyObject,
  identifier: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const algorithm = Object.entries(signatures).find(([known]) => known === identifier)?.[1];
  if (algorithm === undefined || algorithm.keyType !== publicKey.asymmetricKeyType) {
    throw new CertificateError(
      'SIGNATURE_NOT_SUPPORTED',
      `A signature of the algorithm ${identifier} by ${describeKey(publicKey)} cannot be checked here; RSA ` +
        '(PKCS #1 v1.5) and ECDSA with SHA-256, SHA-384 or SHA-512 can.',
    );
  }
  return verify(algorithm.hash, bytes, publicKey, signature);
}

function describeKey({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  return `a key of the type ${asymmetricKeyType} ${modulusLength ?? namedCurve ?? ''}`.trimEnd();
}
