import {
  bitStringOf,
  bytesOf,
  childrenOf,
  contentOf,
  contextTag,
  objectIdentifierOf,
  readDer,
  required,
  serialBytesOf,
  tags,
  type DerValue,
} from './der.ts';
import { extensionIds, extensionsOf } from './extensions.ts';
import { X509Error } from './errors.ts';
import { isTime, timeOf } from './time.ts';

/** The status of an OCSPResponse that is not `successful` (RFC 6960 §4.2.1). */
export const OCSP_FAILURES: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

/** What a responder says of one certificate. */
export interface OcspSingleResponse {
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAtMs?: number;
  /** As in a CRL (RFC 5280 §5.3.1). */
  readonly reasonCode?: number;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs?: number;
}

export interface OcspResponse {
  readonly responderName?: Uint8Array;
  /** SHA-1 of the responder's key. */
  readonly responderKeyHash?: Uint8Array;
  readonly responses: readonly OcspSingleResponse[];
  readonly nonce?: Uint8Array;
  /** What the signature is made over, and with what. */
  readonly signed: Uint8Array;
  readonly algorithm: DerValue;
  readonly signature: Uint8Array;
  /** Certificates that may have signed it, in DER. */
  readonly certificates: readonly Uint8Array[];
}

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

/** A responder sends itself and perhaps one CA. */
const MAX_CERTIFICATES = 4;

/**
 * Reads an OCSPResponse (RFC 6960 §4.2.1) without judging it.
 *
 * @returns the answer, or the number of the failure that the responder reports
 * @throws X509Error MALFORMED_OCSP_RESPONSE
 */
export function readOcspResponse(bytes: Uint8Array): OcspResponse | { readonly failure: number } {
  try {
    const [statusField, content] = childrenOf(required(readDer(bytes), tags.sequence, 'the response'));
    const failure = contentOf(required(statusField, tags.enumerated, 'the status'))[0] ?? -1;
    if (failure !== 0) return { failure };
    const [body] = childrenOf(required(content, contextTag(0, true), 'the answer'));
    const [kind, basic] = childrenOf(required(body, tags.sequence, 'the answer'));
    if (objectIdentifierOf(kind, 'the kind of answer') !== BASIC_RESPONSE)
      throw new RangeError('it is not basic');
    return readBasic(contentOf(required(basic, tags.octetString, 'the basic answer')));
  } catch (cause) {
    throw new X509Error('MALFORMED_OCSP_RESPONSE', 'This is not an answer of an OCSP responder.', { cause });
  }
}

function readBasic(bytes: Uint8Array): OcspResponse {
  const [data, algorithm, signature, certificates] = childrenOf(readDer(bytes));
  const tbs = required(data, tags.sequence, 'the signed part');
  const fields = childrenOf(tbs);
  if (fields[0]?.tag === contextTag(0, true)) fields.shift();
  const [responder, , responses, extensionsField] = fields;
  const [inner] = responder === undefined ? [] : childrenOf(responder);
  const extensions =
    extensionsField === undefined
      ? new Map()
      : extensionsOf(childrenOf(required(extensionsField, contextTag(1, true), 'the extensions'))[0]);
  const nonce = extensions.get(extensionIds.ocspNonce)?.value;
  return {
    ...(responder?.tag === contextTag(1, true) && inner !== undefined
      ? { responderName: bytesOf(inner) }
      : {}),
    ...(responder?.tag === contextTag(2, true)
      ? { responderKeyHash: contentOf(required(inner, tags.octetString, 'the key of the responder')) }
      : {}),
    responses: childrenOf(required(responses, tags.sequence, 'the responses')).map(readSingle),
    ...(nonce === undefined
      ? {}
      : { nonce: contentOf(required(readDer(nonce), tags.octetString, 'the nonce')) }),
    signed: bytesOf(tbs),
    algorithm: required(algorithm, tags.sequence, 'the algorithm'),
    signature: bitStringOf(signature, 'the signature'),
    certificates: readCertificates(certificates),
  };
}

function readSingle(value: DerValue): OcspSingleResponse {
  const [id, statusField, thisUpdate, ...rest] = childrenOf(required(value, tags.sequence, 'a response'));
  const [, nameHash, keyHash, serial] = childrenOf(required(id, tags.sequence, 'the certificate id'));
  const nextField = rest.find(({ tag }) => tag === contextTag(0, true));
  const [nextUpdate] = nextField === undefined ? [] : childrenOf(nextField);
  return {
    issuerNameHash: contentOf(required(nameHash, tags.octetString, 'the hash of the name')),
    issuerKeyHash: contentOf(required(keyHash, tags.octetString, 'the hash of the key')),
    serial: serialBytesOf(serial, 'the serial number'),
    ...readStatus(statusField),
    thisUpdateMs: timeOf(thisUpdate, 'the time of the answer'),
    ...(isTime(nextUpdate) ? { nextUpdateMs: timeOf(nextUpdate, 'the time of the next answer') } : {}),
  };
}

function readStatus(
  value: DerValue | undefined,
): Pick<OcspSingleResponse, 'status' | 'revokedAtMs' | 'reasonCode'> {
  if (value?.tag === contextTag(0, false)) return { status: 'good' };
  if (value?.tag === contextTag(2, false)) return { status: 'unknown' };
  const [revokedAt, reasonField] = childrenOf(required(value, contextTag(1, true), 'the status'));
  const [reason] = reasonField === undefined ? [] : childrenOf(reasonField);
  return {
    status: 'revoked',
    revokedAtMs: timeOf(revokedAt, 'the time of revocation'),
    reasonCode: reason === undefined ? 0 : (contentOf(reason)[0] ?? 0),
  };
}

function readCertificates(field: DerValue | undefined): Uint8Array[] {
  if (field === undefined) return [];
  const [list] = childrenOf(required(field, contextTag(0, true), 'the certificates'));
  const certificates = childrenOf(required(list, tags.sequence, 'the certificates'));
  return certificates.slice(0, MAX_CERTIFICATES).map(bytesOf);
}
