import type { KeyObject } from 'node:crypto';
import {
  bitStringOf,
  bytesOf,
  childrenOf,
  objectIdentifierOf,
  readDer,
  required,
  tags,
} from '../../../shared/x509/der.ts';
import { readName } from './distinguished-name.ts';
import { CertificateError } from './errors.ts';
import { isSignedBy, readPublicKey } from './keys.ts';
import { readPemOf } from './pem.ts';

/** What a device asks a certificate for. */
export interface SigningRequest {
  /** The subject as it is encoded. */
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
}

/**
 * Reads a certificate signing request (PKCS #10, RFC 2986 §4.2) and checks that whoever made it has the
 * private key. Its attributes are not taken over, as AWS IoT takes none.
 *
 * @throws CertificateError MALFORMED_PEM, MALFORMED_CSR, KEY_NOT_SUPPORTED, SIGNATURE_NOT_SUPPORTED,
 *   CSR_SIGNATURE_INVALID
 */
export function readSigningRequest(pem: string): SigningRequest {
  const requests = readPemOf(pem, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  const [der] = requests;
  if (der === undefined || requests.length > 1) {
    throw new CertificateError('MALFORMED_PEM', `There are ${requests.length} signing requests and not one.`);
  }
  const { signed, subject, keyInfo, algorithm, signature } = readParts(der);
  const publicKey = readPublicKey(keyInfo);
  if (!isSignedBy(publicKey, algorithm, signed, signature)) {
    throw new CertificateError(
      'CSR_SIGNATURE_INVALID',
      'The signing request is not signed by the key that is in it.',
    );
  }
  return { subject, publicKey };
}

function readParts(der: Uint8Array) {
  try {
    const [signed, algorithm, signature] = childrenOf(required(readDer(der), tags.sequence, 'the request'));
    const fields = required(signed, tags.sequence, 'the signed part');
    const [, subject, keyInfo] = childrenOf(fields);
    const [identifier] = childrenOf(required(algorithm, tags.sequence, 'the algorithm'));
    const name = bytesOf(required(subject, tags.sequence, 'the subject'));
    // A name that cannot be read would make a certificate that cannot be read.
    readName(name);
    return {
      signed: bytesOf(fields),
      subject: name,
      keyInfo: bytesOf(required(keyInfo, tags.sequence, 'the public key')),
      algorithm: objectIdentifierOf(identifier, 'the algorithm'),
      signature: bitStringOf(signature, 'the signature'),
    };
  } catch (cause) {
    throw new CertificateError('MALFORMED_CSR', 'These bytes are not a PKCS #10 signing request.', { cause });
  }
}
