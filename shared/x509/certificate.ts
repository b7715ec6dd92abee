import { Buffer } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';
import { bytesOf, childrenOf, contextTag, readDer, required, serialBytesOf, tags } from './der.ts';
import { X509Error } from './errors.ts';
import { extensionsOf, type Extensions } from './extensions.ts';
import { commonNamesOf } from './name.ts';
import { isSignatureOf, isStrongSignature } from './signature.ts';

/** A certificate, with what its acceptance is decided on. */
export interface Certificate {
  /** AWS IoT's name of it: the SHA-256 of its DER in lower-case hexadecimal digits. */
  readonly certificateId: string;
  readonly der: Uint8Array;
  /** Without leading zeros: two serial numbers are the same when these are. */
  readonly serial: Uint8Array;
  /** The same in lower-case hexadecimal digits. */
  readonly serialNumber: string;
  /** The names as they are encoded: two names are the same when these are. */
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly commonNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether its basic constraints allow it to sign other certificates. */
  readonly isCa: boolean;
  /** Whether it is signed with more than MD5 or SHA-1. */
  readonly isSignedStrongly: boolean;
  readonly extensions: Extensions;
  /** The same certificate for Node's own checks: keys and signatures. */
  readonly x509: X509Certificate;
}

/** AWS IoT's limit for a PEM text is 65,536 characters. */
const MAX_BYTES = 65_536;

/**
 * Reads one certificate, in PEM as AWS IoT describes it, or in DER.
 *
 * @throws X509Error MALFORMED_CERTIFICATE, with what is wrong as its cause
 */
export function readCertificate(pemOrDer: string | Uint8Array): Certificate {
  try {
    if (pemOrDer.length > MAX_BYTES) throw new RangeError(`it is longer than ${MAX_BYTES} bytes`);
    const x509 = new X509Certificate(pemOrDer);
    const der = x509.raw;
    const [signed, algorithm] = childrenOf(required(readDer(der), tags.sequence, 'the certificate'));
    const fields = childrenOf(required(signed, tags.sequence, 'the signed part'));
    // [0] EXPLICIT Version DEFAULT v1
    if (fields[0]?.tag === contextTag(0, true)) fields.shift();
    const [serialField, , issuerField, , subjectField, , ...rest] = fields;
    const serial = serialBytesOf(serialField, 'the serial number');
    const subject = bytesOf(required(subjectField, tags.sequence, 'the subject'));
    const extensionsField = rest.find(({ tag }) => tag === contextTag(3, true));
    return {
      certificateId: createHash('sha256').update(der).digest('hex'),
      der,
      serial,
      serialNumber: Buffer.from(serial).toString('hex'),
      subject,
      issuer: bytesOf(required(issuerField, tags.sequence, 'the issuer')),
      commonNames: commonNamesOf(subject),
      notBeforeMs: x509.validFromDate.getTime(),
      notAfterMs: x509.validToDate.getTime(),
      isCa: x509.ca,
      isSignedStrongly: isStrongSignature(algorithm),
      extensions: extensionsField === undefined ? new Map() : extensionsOf(childrenOf(extensionsField)[0]),
      x509,
    };
  } catch (cause) {
    throw new X509Error('MALFORMED_CERTIFICATE', 'This is not an X.509 certificate that can be used.', {
      cause,
    });
  }
}

/**
 * Whether `ca` has signed `certificate`: it may sign at all, the names fit together (RFC 5280 §6.1.3), and the
 * signature is right.
 */
export function isIssuedBy(certificate: Certificate, ca: Certificate): boolean {
  return ca.isCa && sameBytes(certificate.issuer, ca.subject) && isSignatureOf(certificate.x509, ca.x509);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
