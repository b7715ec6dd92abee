import { Buffer } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';
import {
  bytesOf,
  childrenOf,
  contentOf,
  contextTag,
  objectIdentifierOf,
  readDer,
  required,
  tags,
  type DerValue,
} from '../../../shared/x509/der.ts';
import { readAlternativeNames, type AlternativeNames } from './alternative-names.ts';
import { readName, type DistinguishedName } from './distinguished-name.ts';
import { CertificateError } from './errors.ts';
import { readPemOf, toPem } from './pem.ts';

/** One certificate, with what AWS IoT asks it. */
export interface Certificate {
  readonly certificateId: string;
  readonly der: Uint8Array;
  /** In decimal digits, as policies see it. */
  readonly serialNumber: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly subjectAlternativeNames: AlternativeNames;
  readonly issuerAlternativeNames: AlternativeNames;
  /** The names as they are encoded, in hexadecimal digits: two names are the same when these are. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether its basic constraints allow it to sign other certificates. */
  readonly isCa: boolean;
  /** The same certificate for Node's own checks: signatures, keys, host names. */
  readonly x509: X509Certificate;
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const ISSUER_ALTERNATIVE_NAME = '2.5.29.18';

const PEM_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

/** AWS IoT's name of a certificate: the SHA-256 of its DER in lower-case hexadecimal digits. */
export function certificateIdOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * Reads a certificate.
 *
 * @throws CertificateError MALFORMED_CERTIFICATE, with what is wrong as its cause
 */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    const x509 = new X509Certificate(der);
    const { issuer, subject, extensions } = readFields(der);
    const names = (extension: string): AlternativeNames => {
      const value = extensions.get(extension);
      return value === undefined ? {} : readAlternativeNames(value);
    };
    return {
      certificateId: certificateIdOf(der),
      der,
      serialNumber: decimal(x509.serialNumber),
      subject: readName(subject),
      issuer: readName(issuer),
      subjectAlternativeNames: names(SUBJECT_ALTERNATIVE_NAME),
      issuerAlternativeNames: names(ISSUER_ALTERNATIVE_NAME),
      subjectKey: Buffer.from(subject).toString('hex'),
      issuerKey: Buffer.from(issuer).toString('hex'),
      notBeforeMs: x509.validFromDate.getTime(),
      notAfterMs: x509.validToDate.getTime(),
      isCa: x509.ca,
      x509,
    };
  } catch (cause) {
    throw new CertificateError('MALFORMED_CERTIFICATE', 'These bytes are not an X.509 certificate.', {
      data: { bytes: der.length },
      cause,
    });
  }
}

/**
 * Reads the certificates of a PEM text, in its order.
 *
 * @throws CertificateError MALFORMED_PEM, MALFORMED_CERTIFICATE
 */
export function readCertificates(pem: string): Certificate[] {
  return readPemOf(pem, PEM_LABELS).map(readCertificate);
}

export function certificatePem(der: Uint8Array): string {
  return toPem('CERTIFICATE', der);
}

/** RFC 5280 §4.1.2.2 forbids negative numbers and asks to bear with them. */
function decimal(hex: string): string {
  return hex.startsWith('-') ? `-${BigInt(`0x${hex.slice(1)}`)}` : `${BigInt(`0x${hex}`)}`;
}

/** The encoded parts of a TBSCertificate (RFC 5280 §4.1) that Node does not hand out. */
function readFields(der: Uint8Array) {
  const [signed] = childrenOf(required(readDer(der), tags.sequence, 'the certificate'));
  const fields = childrenOf(required(signed, tags.sequence, 'the signed part'));
  // [0] EXPLICIT Version DEFAULT v1
  if (fields[0]?.tag === contextTag(0, true)) fields.shift();
  const [, , issuer, , subject, , ...rest] = fields;
  return {
    issuer: bytesOf(required(issuer, tags.sequence, 'the issuer')),
    subject: bytesOf(required(subject, tags.sequence, 'the subject')),
    extensions: readExtensions(rest.find(({ tag }) => tag === contextTag(3, true))),
  };
}

/** Each Extension is its identifier, perhaps `critical`, and its value in an OCTET STRING. */
function readExtensions(value: DerValue | undefined): ReadonlyMap<string, Uint8Array> {
  if (value === undefined) return new Map();
  const [list] = childrenOf(value);
  return new Map(
    childrenOf(required(list, tags.sequence, 'the extensions')).map((extension) => {
      const parts = childrenOf(required(extension, tags.sequence, 'an extension'));
      const content = contentOf(required(parts.at(-1), tags.octetString, 'the value of an extension'));
      return [objectIdentifierOf(parts[0], 'the type of an extension'), content];
    }),
  );
}
