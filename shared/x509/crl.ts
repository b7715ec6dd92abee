import { Buffer } from 'node:buffer';
import {
  bitStringOf,
  bytesOf,
  childrenOf,
  contentOf,
  contextTag,
  readDer,
  readValueAt,
  required,
  tags,
  type DerValue,
} from './der.ts';
import { allowsKeyUsage, extensionIds, extensionsOf, keyUsageBits, type Extensions } from './extensions.ts';
import { sameBytes, type Certificate } from './certificate.ts';
import { X509Error } from './errors.ts';
import { isSignedBy } from './signature.ts';
import { isTime, timeOf } from './time.ts';

/** One revoked certificate. */
export interface CrlEntry {
  /** Milliseconds since the epoch. */
  readonly revokedAtMs: number;
  /** RFC 5280 §5.3.1: 0 unspecified, 1 keyCompromise, … 6 certificateHold, which may end again. */
  readonly reasonCode: number;
}

/** A certificate revocation list, indexed by serial number. */
export interface Crl {
  /** The issuer's name as it is encoded. */
  readonly issuer: Uint8Array;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** How many certificates are on it. */
  readonly size: number;
  /**
   * The entry of a serial number, as `Certificate.serial` has it.
   *
   * @throws X509Error MALFORMED_CRL
   */
  find(serial: Uint8Array): CrlEntry | undefined;
  /**
   * Whether `ca` has made it: the name, the right to sign lists, and the signature.
   *
   * @throws X509Error SIGNATURE_NOT_SUPPORTED
   */
  isIssuedBy(ca: Certificate): boolean;
}

const REASON_UNSPECIFIED = 0;

/** What the list may say of itself that is critical, and is understood. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  extensionIds.crlNumber,
  extensionIds.authorityKeyIdentifier,
  extensionIds.issuingDistributionPoint,
]);

/**
 * Reads a CRL in DER (RFC 5280 §5) and indexes it. Entries are read when they are asked for: a list of 100,000 is
 * searched far more often than it is read.
 *
 * @throws X509Error MALFORMED_CRL; CRL_NOT_SUPPORTED for lists that leave out some revoked certificates: deltas,
 *   indirect lists, lists of some reasons only, and those with critical extensions that nobody here knows
 */
export function readCrl(der: Uint8Array): Crl {
  return wrap(() => {
    const [signed, algorithm, signature] = childrenOf(required(readDer(der), tags.sequence, 'the list'));
    const tbs = required(signed, tags.sequence, 'the signed part');
    const fields = childrenOf(tbs);
    // Version is there in all lists that have extensions, and is v2 then.
    if (fields[0]?.tag === tags.integer) fields.shift();
    const [innerAlgorithm, issuer, thisUpdate, nextUpdate, ...rest] = fields;
    if (algorithm === undefined || innerAlgorithm === undefined)
      throw new RangeError('an algorithm is missing');
    // RFC 5280 §5.1.1.2: what is signed names the algorithm too, so that nobody can exchange it.
    if (!sameBytes(bytesOf(algorithm), bytesOf(innerAlgorithm)))
      throw new RangeError('it names two algorithms');
    if (!isTime(nextUpdate))
      throw new RangeError('it does not say when the next one comes (RFC 5280 §5.1.2.5)');
    requireWhole(rest.find(({ tag }) => tag === contextTag(0, true)));
    const entries = indexEntries(rest.find(({ tag }) => tag === tags.sequence));
    const signatureBytes = bitStringOf(signature, 'the signature');
    const issuerName = bytesOf(required(issuer, tags.sequence, 'the issuer'));
    return {
      issuer: issuerName,
      thisUpdateMs: timeOf(thisUpdate, 'the time of the list'),
      nextUpdateMs: timeOf(nextUpdate, 'the time of the next list'),
      size: entries.size,
      find(serial) {
        const start = entries.get(keyOf(asBuffer(serial), 0, serial.length));
        return start === undefined ? undefined : wrap(() => readEntry(readValueAt(der, start, der.length)));
      },
      isIssuedBy: (ca) =>
        sameBytes(issuerName, ca.subject) &&
        allowsKeyUsage(ca.extensions, keyUsageBits.crlSign) &&
        isSignedBy(bytesOf(tbs), algorithm, signatureBytes, ca.x509.publicKey),
    };
  });
}

/** Where the entry of each serial number begins. The loop makes one text for each entry and nothing else. */
function indexEntries(list: DerValue | undefined): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  if (list === undefined) return index;
  const { end } = list;
  const source = asBuffer(list.source);
  let at = list.contentStart;
  while (at < end) {
    const entry = readValueAt(source, at, end);
    const serial = readValueAt(source, entry.contentStart, entry.end);
    if (entry.tag !== tags.sequence || serial.tag !== tags.integer || serial.contentStart === serial.end) {
      throw new RangeError(`the entry at byte ${at} has no serial number`);
    }
    let from = serial.contentStart;
    while (from < serial.end - 1 && source[from] === 0) from += 1;
    index.set(keyOf(source, from, serial.end), at);
    at = entry.end;
  }
  return index;
}

/** One character a byte: half of what hexadecimal digits take, and twice as fast to make. */
function keyOf(source: Buffer, start: number, end: number): string {
  return source.toString('latin1', start, end);
}

/** The same bytes, not a copy. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function readEntry(entry: DerValue): CrlEntry {
  const [, revokedAt, extensions] = childrenOf(entry);
  const found = extensions === undefined ? new Map() : extensionsOf(extensions);
  return { revokedAtMs: timeOf(revokedAt, 'the time of revocation'), reasonCode: reasonOf(found) };
}

function reasonOf(extensions: Extensions): number {
  const extension = extensions.get(extensionIds.reasonCode);
  if (extension === undefined) return REASON_UNSPECIFIED;
  return (
    contentOf(required(readDer(extension.value), tags.enumerated, 'the reason'))[0] ?? REASON_UNSPECIFIED
  );
}

/** Refuses lists on which a revoked device certificate of the issuer may be missing. */
function requireWhole(field: DerValue | undefined): void {
  if (field === undefined) return;
  const extensions = extensionsOf(childrenOf(field)[0]);
  if (extensions.has(extensionIds.deltaCrlIndicator))
    throw notSupported('it holds only changes to another list');
  for (const [name, { isCritical }] of extensions) {
    // RFC 5280 §5.2: a list with something critical that is not understood must not be used.
    if (isCritical && !UNDERSTOOD.has(name))
      throw notSupported(`its critical extension ${name} is not known`);
  }
  const place = extensions.get(extensionIds.issuingDistributionPoint);
  if (place === undefined) return;
  const fields = childrenOf(required(readDer(place.value), tags.sequence, 'the distribution point'));
  // §5.2.5: [0] where it is and [1] only user certificates leave out no device; all others do.
  const narrowing = fields.find(({ tag }) => ![contextTag(0, true), contextTag(1, false)].includes(tag));
  if (narrowing !== undefined)
    throw notSupported('it holds only some of the certificates, or those of other issuers');
}

function notSupported(detail: string): X509Error {
  return new X509Error('CRL_NOT_SUPPORTED', `The revocation list cannot be relied on: ${detail}.`);
}

function wrap<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof X509Error && cause.code !== 'MALFORMED_DER') throw cause;
    throw new X509Error(
      'MALFORMED_CRL',
      'This is not a certificate revocation list in DER that can be used.',
      {
        cause,
      },
    );
  }
}
