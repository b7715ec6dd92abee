import { constants, verify, type KeyObject, type X509Certificate } from 'node:crypto';
import { childrenOf, contextTag, objectIdentifierOf, required, tags, type DerValue } from './der.ts';
import { X509Error } from './errors.ts';

interface Algorithm {
  /** null for algorithms that bring their own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly isPss?: boolean;
}

/** By object identifier. MD5 and SHA-1 are missing on purpose: what they sign anybody can forge. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.11': { hash: 'sha256', keyType: 'rsa' },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keyType: 'rsa' },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keyType: 'rsa' },
  '1.2.840.10045.4.3.2': { hash: 'sha256', keyType: 'ec' },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keyType: 'ec' },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keyType: 'ec' },
  '1.3.101.112': { hash: null, keyType: 'ed25519' },
};

const RSASSA_PSS = '1.2.840.113549.1.1.10';

const PSS_HASHES: Readonly<Record<string, Algorithm['hash']>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * Whether the algorithm of a signature is one that can be relied on.
 *
 * @param algorithm an AlgorithmIdentifier
 * @throws X509Error MALFORMED_DER
 */
export function isStrongSignature(algorithm: DerValue | undefined): boolean {
  return findAlgorithm(algorithm) !== undefined;
}

/**
 * Checks a signature.
 *
 * @param algorithm the AlgorithmIdentifier that stands beside the signature
 * @throws X509Error SIGNATURE_NOT_SUPPORTED, MALFORMED_DER
 */
export function isSignedBy(
  signed: Uint8Array,
  algorithm: DerValue | undefined,
  signature: Uint8Array,
  publicKey: KeyObject,
): boolean {
  const found = findAlgorithm(algorithm);
  if (found === undefined) {
    throw new X509Error(
      'SIGNATURE_NOT_SUPPORTED',
      'It is signed with an algorithm that is not relied on: RSA, ECDSA with SHA-256, -384 or -512, and Ed25519 are.',
    );
  }
  const { hash, keyType, isPss = false } = found;
  if (publicKey.asymmetricKeyType !== keyType) return false;
  const padding = isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
    : {};
  return verify(hash, signed, { key: publicKey, ...padding }, signature);
}

/** Whether a certificate is signed with the key that is in another one. */
export function isSignatureOf(certificate: X509Certificate, signer: X509Certificate): boolean {
  try {
    return certificate.verify(signer.publicKey);
  } catch {
    // A key of a kind that OpenSSL cannot check with has signed nothing.
    return false;
  }
}

function findAlgorithm(algorithm: DerValue | undefined): Algorithm | undefined {
  const [identifier, parameters] = childrenOf(required(algorithm, tags.sequence, 'the algorithm'));
  const name = objectIdentifierOf(identifier, 'the algorithm');
  return name === RSASSA_PSS ? pssAlgorithm(parameters) : ALGORITHMS[name];
}

/** RFC 4055 §3.1: without `[0] hashAlgorithm` it would be SHA-1. */
function pssAlgorithm(parameters: DerValue | undefined): Algorithm | undefined {
  const fields = childrenOf(required(parameters, tags.sequence, 'the parameters of RSASSA-PSS'));
  const hashField = fields.find(({ tag }) => tag === contextTag(0, true));
  if (hashField === undefined) return undefined;
  const [hashAlgorithm] = childrenOf(hashField);
  const [identifier] = childrenOf(required(hashAlgorithm, tags.sequence, 'the hash of RSASSA-PSS'));
  const hash = PSS_HASHES[objectIdentifierOf(identifier, 'the hash of RSASSA-PSS')];
  return hash === undefined ? undefined : { hash, keyType: 'rsa', isPss: true };
}
