import { randomBytes } from 'node:crypto';
import { errorText } from '../errors.ts';
import { isIssuedBy, readCertificate, sameBytes, type Certificate } from './certificate.ts';
import { RevocationUnavailableError } from './errors.ts';
import { extendedKeyUsageOf } from './extensions.ts';
import { fetchBytes, type Fetch } from './fetch-bytes.ts';
import { keyHashOf, ocspCertificateId, writeOcspRequest, type OcspCertificateId } from './ocsp-request.ts';
import {
  OCSP_FAILURES,
  readOcspResponse,
  type OcspResponse,
  type OcspSingleResponse,
} from './ocsp-response.ts';
import { isSignedBy } from './signature.ts';

export interface OcspOptions {
  readonly fetch: Fetch;
  readonly now: () => number;
  /** @default 4 s */
  readonly timeoutMs?: number;
  /** Makes that many random bytes. @default the machine's */
  readonly randomBytes?: (size: number) => Uint8Array;
}

/** An answer is a few hundred bytes and the responder's certificate. */
const MAX_RESPONSE_BYTES = 64 * 1_024;
const MAX_ADDRESSES = 3;
const NONCE_BYTES = 16;
const CLOCK_SKEW_MS = 5 * 60 * 1_000;

/** RFC 6960 §4.2.2.1: without nextUpdate newer answers are always to be had, so one that is older was replayed. */
const MAX_AGE_WITHOUT_NEXT_MS = 60 * 60 * 1_000;

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/**
 * Asks the responders that a certificate names (RFC 6960), the first that answers.
 *
 * @returns what is said of the certificate: that it is good, or revoked
 * @throws RevocationUnavailableError OCSP_UNREACHABLE, OCSP_UNUSABLE, OCSP_STALE, OCSP_UNKNOWN
 */
export async function askOcsp(
  addresses: readonly string[],
  certificate: Certificate,
  issuer: Certificate,
  options: OcspOptions,
): Promise<OcspSingleResponse> {
  let outage: unknown;
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    try {
      return await askOne(address, certificate, issuer, options);
    } catch (error) {
      outage ??= error;
    }
  }
  throw outage ?? unavailable('OCSP_UNREACHABLE', 'the certificate names no responder', '');
}

async function askOne(
  address: string,
  certificate: Certificate,
  issuer: Certificate,
  options: OcspOptions,
): Promise<OcspSingleResponse> {
  const { fetch, now, timeoutMs = 4_000 } = options;
  const id = ocspCertificateId(certificate, issuer);
  const nonce = (options.randomBytes ?? randomBytes)(NONCE_BYTES);
  const post = { contentType: 'application/ocsp-request', body: writeOcspRequest(id, nonce) };
  let bytes: Uint8Array | undefined;
  try {
    ({ bytes } = await fetchBytes(address, { fetch, post, timeoutMs, maxBytes: MAX_RESPONSE_BYTES }));
  } catch (cause) {
    throw unavailable('OCSP_UNREACHABLE', errorText(cause), address, cause);
  }
  try {
    return judge(bytes ?? new Uint8Array(), { address, id, nonce, issuer, nowMs: now() });
  } catch (cause) {
    if (cause instanceof RevocationUnavailableError) throw cause;
    throw unavailable('OCSP_UNUSABLE', errorText(cause), address, cause);
  }
}

interface Question {
  readonly address: string;
  readonly id: OcspCertificateId;
  readonly nonce: Uint8Array;
  readonly issuer: Certificate;
  readonly nowMs: number;
}

/** The checks of RFC 6960 §3.2, in its order. */
function judge(bytes: Uint8Array, question: Question): OcspSingleResponse {
  const { address, id, nonce, issuer, nowMs } = question;
  const response = readOcspResponse(bytes);
  if ('failure' in response) {
    const name = OCSP_FAILURES[response.failure] ?? `status ${response.failure}`;
    throw unavailable('OCSP_UNREACHABLE', `it answers ${name}`, address);
  }
  const single = response.responses.find(
    ({ issuerNameHash, issuerKeyHash, serial }) =>
      sameBytes(serial, id.serial) &&
      sameBytes(issuerNameHash, id.issuerNameHash) &&
      sameBytes(issuerKeyHash, id.issuerKeyHash),
  );
  if (single === undefined) throw unavailable('OCSP_UNUSABLE', 'it answers for another certificate', address);
  const signer = findSigner(response, issuer, nowMs);
  if (signer === undefined)
    throw unavailable('OCSP_UNUSABLE', 'nobody whom the CA allows has signed it', address);
  if (!isSignedBy(response.signed, response.algorithm, response.signature, signer.x509.publicKey)) {
    throw unavailable('OCSP_UNUSABLE', 'its signature is wrong', address);
  }
  // Responders that answer ahead of time repeat no nonce (RFC 5019 §4); one that repeats another was replayed.
  if (response.nonce !== undefined && !sameBytes(response.nonce, nonce)) {
    throw unavailable('OCSP_UNUSABLE', 'it repeats the nonce of another request', address);
  }
  requireCurrent(single, address, nowMs);
  // A responder that does not know the certificate says nothing of it: it may just be younger than its answers.
  if (single.status === 'unknown')
    throw unavailable('OCSP_UNKNOWN', 'it does not know the certificate', address);
  return single;
}

/** RFC 6960 §4.2.2.2: the CA itself, or whom it has certified for this and nothing else. */
function findSigner(response: OcspResponse, issuer: Certificate, nowMs: number): Certificate | undefined {
  const isResponder = (candidate: Certificate): boolean =>
    response.responderName === undefined
      ? sameBytes(response.responderKeyHash ?? new Uint8Array(), keyHashOf(candidate))
      : sameBytes(response.responderName, candidate.subject);
  if (isResponder(issuer)) return issuer;
  return response.certificates
    .map((der) => readCertificate(der))
    .find(
      (candidate) =>
        isResponder(candidate) &&
        isIssuedBy(candidate, issuer) &&
        extendedKeyUsageOf(candidate.extensions)?.includes(OCSP_SIGNING) === true &&
        candidate.notBeforeMs <= nowMs + CLOCK_SKEW_MS &&
        candidate.notAfterMs > nowMs,
    );
}

function requireCurrent(single: OcspSingleResponse, address: string, nowMs: number): void {
  const { thisUpdateMs, nextUpdateMs = thisUpdateMs + MAX_AGE_WITHOUT_NEXT_MS } = single;
  if (thisUpdateMs <= nowMs + CLOCK_SKEW_MS && nextUpdateMs > nowMs - CLOCK_SKEW_MS) return;
  throw unavailable(
    'OCSP_STALE',
    `its answer counted until ${new Date(nextUpdateMs).toISOString()}`,
    address,
  );
}

function unavailable(
  code: 'OCSP_UNREACHABLE' | 'OCSP_UNUSABLE' | 'OCSP_STALE' | 'OCSP_UNKNOWN',
  detail: string,
  address: string,
  cause?: unknown,
): RevocationUnavailableError {
  return new RevocationUnavailableError(
    code,
    `The OCSP responder ${address} cannot be relied on: ${detail}.`,
    {
      data: { address },
      cause,
    },
  );
}
