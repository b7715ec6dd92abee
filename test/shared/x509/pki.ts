import { Buffer } from 'node:buffer';
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { readCertificate, type Certificate } from '../../../shared/x509/certificate.ts';
import { contextTag, tags } from '../../../shared/x509/der.ts';
import { der, objectIdentifier, sequence, unsignedInteger } from '../../../shared/x509/der-writer.ts';
import { extensionIds } from '../../../shared/x509/extensions.ts';
import { keyHashOf, type OcspCertificateId } from '../../../shared/x509/ocsp-request.ts';

/** The instant of all tests: 2026-11-21T12:00:00Z. */
export const NOW_MS = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const made = new Map<string, Keys>();

/** The same keys for the same name, made once in a test file. */
export function keysOf(name: string, make: () => Keys = () => ecKeys('prime256v1')): Keys {
  const keys = made.get(name) ?? make();
  made.set(name, keys);
  return keys;
}

export function ecKeys(namedCurve: string): Keys {
  return generateKeyPairSync('ec', { namedCurve });
}

export function rsaKeys(modulusLength: number): Keys {
  return generateKeyPairSync('rsa', { modulusLength });
}

export interface Issued {
  readonly certificate: Certificate;
  readonly pem: string;
  readonly keys: Keys;
}

export interface CertificateOptions {
  /** Each becomes a common name of its own. */
  readonly commonNames?: readonly string[];
  /** @default it signs itself */
  readonly issuer?: Issued;
  readonly isCa?: boolean;
  readonly keys?: Keys;
  readonly serial?: Uint8Array;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly crlAddresses?: readonly string[];
  readonly ocspAddresses?: readonly string[];
  readonly extendedKeyUsage?: readonly string[];
  /** The bits, such as `0b0000_0110`. */
  readonly keyUsage?: number;
  /** Signs with SHA-1. */
  readonly isWeak?: boolean;
  /** Further encoded Extensions. */
  readonly extensions?: readonly Uint8Array[];
}

export function makeCertificate(options: CertificateOptions = {}): Issued {
  const {
    commonNames = ['lamp-1'],
    issuer,
    isCa = false,
    isWeak = false,
    serial = randomBytes(16),
  } = options;
  const { notBeforeMs = NOW_MS - HOUR_MS, notAfterMs = NOW_MS + YEAR_MS } = options;
  const keys = options.keys ?? keysOf(isCa ? commonNames.join() : 'device');
  const subject = nameOf(commonNames);
  const signer = issuer?.keys.privateKey ?? keys.privateKey;
  const tbs = sequence(
    der(contextTag(0, true), unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(withoutSign(serial)),
    algorithmOf(signer, isWeak),
    issuer?.certificate.subject ?? subject,
    sequence(time(notBeforeMs), time(notAfterMs)),
    subject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(contextTag(3, true), sequence(...extensionsOf(options))),
  );
  const bytes = signed(tbs, signer, isWeak);
  const base64 =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const pem = ['-----BEGIN CERTIFICATE-----', ...base64, '-----END CERTIFICATE-----', ''].join('\n');
  return { certificate: readCertificate(bytes), pem, keys };
}

export function makeCa(commonName = 'Test CA', options: CertificateOptions = {}): Issued {
  return makeCertificate({ commonNames: [commonName], isCa: true, keyUsage: 0b0000_0110, ...options });
}

export interface CrlOptions {
  readonly serials?: readonly Uint8Array[];
  /** Reason codes by position in `serials`. */
  readonly reasons?: readonly (number | undefined)[];
  readonly thisUpdateMs?: number;
  /** null leaves it out. */
  readonly nextUpdateMs?: number | null;
  readonly signer?: KeyObject;
  /** The algorithm that the signed part names. @default that of the signature */
  readonly innerAlgorithm?: Uint8Array;
  /** Encoded Extensions of the list. */
  readonly extensions?: readonly Uint8Array[];
}

export function makeCrl(issuer: Issued, options: CrlOptions = {}): Uint8Array {
  const { serials = [], reasons = [], extensions = [], signer = issuer.keys.privateKey } = options;
  const { thisUpdateMs = NOW_MS - HOUR_MS, nextUpdateMs = NOW_MS + 24 * HOUR_MS } = options;
  const entries = serials.map((serial, index) => {
    const reason = reasons[index];
    const extension = (code: number) =>
      sequence(encodedExtension(extensionIds.reasonCode, false, der(tags.enumerated, Uint8Array.of(code))));
    return sequence(
      unsignedInteger(withoutSign(serial)),
      time(NOW_MS - 2 * HOUR_MS),
      ...(reason === undefined ? [] : [extension(reason)]),
    );
  });
  const tbs = sequence(
    unsignedInteger(Uint8Array.of(1)),
    options.innerAlgorithm ?? algorithmOf(signer),
    issuer.certificate.subject,
    time(thisUpdateMs),
    ...(nextUpdateMs === null ? [] : [time(nextUpdateMs)]),
    ...(entries.length > 0 ? [sequence(Buffer.concat(entries))] : []),
    ...(extensions.length > 0 ? [der(contextTag(0, true), sequence(...extensions))] : []),
  );
  return signed(tbs, signer);
}

export interface OcspAnswerOptions {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly reason?: number;
  readonly thisUpdateMs?: number;
  readonly nextUpdateMs?: number | null;
  readonly nonce?: Uint8Array;
  /** @default the CA itself */
  readonly responder?: Issued;
  readonly signer?: KeyObject;
  /** How the responder is named. @default by its key */
  readonly named?: 'by-key' | 'by-name';
}

/** An OCSPResponse of a CA, or of a responder that it has certified. */
export function makeOcspAnswer(
  id: OcspCertificateId,
  ca: Issued,
  options: OcspAnswerOptions = {},
): Uint8Array {
  const { status = 'good', reason, nonce, responder = ca, named = 'by-key' } = options;
  const { thisUpdateMs = NOW_MS - 60_000, nextUpdateMs = NOW_MS + HOUR_MS } = options;
  const { signer = responder.keys.privateKey } = options;
  const certificateId = sequence(
    sequence(objectIdentifier('1.3.14.3.2.26'), der(tags.null)),
    der(tags.octetString, id.issuerNameHash),
    der(tags.octetString, id.issuerKeyHash),
    unsignedInteger(id.serial),
  );
  const revoked = der(
    contextTag(1, true),
    time(NOW_MS - HOUR_MS, true),
    ...(reason === undefined ? [] : [der(contextTag(0, true), der(tags.enumerated, Uint8Array.of(reason)))]),
  );
  const certStatus = status === 'revoked' ? revoked : der(contextTag(status === 'good' ? 0 : 2, false));
  const single = sequence(
    certificateId,
    certStatus,
    time(thisUpdateMs, true),
    ...(nextUpdateMs === null ? [] : [der(contextTag(0, true), time(nextUpdateMs, true))]),
  );
  const responderId =
    named === 'by-key'
      ? der(contextTag(2, true), der(tags.octetString, keyHashOf(responder.certificate)))
      : der(contextTag(1, true), responder.certificate.subject);
  const nonces =
    nonce === undefined
      ? []
      : [
          der(
            contextTag(1, true),
            sequence(encodedExtension(extensionIds.ocspNonce, false, der(tags.octetString, nonce))),
          ),
        ];
  const data = sequence(responderId, time(NOW_MS, true), sequence(single), ...nonces);
  const certificates =
    responder === ca ? [] : [der(contextTag(0, true), sequence(responder.certificate.der))];
  const basic = sequence(data, algorithmOf(signer), bits(signature(data, signer)), ...certificates);
  return sequence(
    der(tags.enumerated, Uint8Array.of(0)),
    der(
      contextTag(0, true),
      sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'), der(tags.octetString, basic)),
    ),
  );
}

/** An Extension. */
export function encodedExtension(identifier: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  const critical = isCritical ? [der(tags.boolean, Uint8Array.of(0xff))] : [];
  return sequence(objectIdentifier(identifier), ...critical, der(tags.octetString, value));
}

function extensionsOf(options: CertificateOptions): Uint8Array[] {
  const { isCa = false, keyUsage, extendedKeyUsage, crlAddresses, ocspAddresses, extensions = [] } = options;
  const uri = (address: string) => der(contextTag(6, false), Buffer.from(address, 'latin1'));
  const found = [
    encodedExtension('2.5.29.19', true, isCa ? sequence(der(tags.boolean, Uint8Array.of(0xff))) : sequence()),
  ];
  if (keyUsage !== undefined) {
    found.push(
      encodedExtension(extensionIds.keyUsage, true, der(tags.bitString, Uint8Array.of(0, keyUsage))),
    );
  }
  if (extendedKeyUsage !== undefined) {
    const purposes = sequence(...extendedKeyUsage.map((purpose) => objectIdentifier(purpose)));
    found.push(encodedExtension(extensionIds.extendedKeyUsage, false, purposes));
  }
  if (crlAddresses !== undefined) {
    const points = crlAddresses.map((address) =>
      sequence(der(contextTag(0, true), der(contextTag(0, true), uri(address)))),
    );
    found.push(encodedExtension(extensionIds.crlDistributionPoints, false, sequence(...points)));
  }
  if (ocspAddresses !== undefined) {
    const accesses = ocspAddresses.map((address) =>
      sequence(objectIdentifier('1.3.6.1.5.5.7.48.1'), uri(address)),
    );
    found.push(encodedExtension(extensionIds.authorityInfoAccess, false, sequence(...accesses)));
  }
  return [...found, ...extensions];
}

function nameOf(commonNames: readonly string[]): Uint8Array {
  return sequence(
    ...commonNames.map((name) =>
      der(tags.set, sequence(objectIdentifier('2.5.4.3'), der(tags.utf8String, Buffer.from(name)))),
    ),
  );
}

/** GeneralizedTime where it is asked for and from 2050 on, else UTCTime (RFC 5280 §4.1.2.5). */
function time(atMs: number, isGeneralized = false): Uint8Array {
  const text = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const isLong = isGeneralized || Number(text.slice(0, 4)) >= 2050;
  return isLong
    ? der(tags.generalizedTime, Buffer.from(text))
    : der(tags.utcTime, Buffer.from(text.slice(2)));
}

function algorithmOf(key: KeyObject, isWeak = false): Uint8Array {
  if (key.asymmetricKeyType === 'rsa') {
    return sequence(
      objectIdentifier(isWeak ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11'),
      der(tags.null),
    );
  }
  return sequence(objectIdentifier(isWeak ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'));
}

function signature(tbs: Uint8Array, key: KeyObject, isWeak = false): Uint8Array {
  return sign(isWeak ? 'sha1' : 'sha256', tbs, key);
}

function signed(tbs: Uint8Array, key: KeyObject, isWeak = false): Uint8Array {
  return sequence(tbs, algorithmOf(key, isWeak), bits(signature(tbs, key, isWeak)));
}

function bits(bytes: Uint8Array): Uint8Array {
  return der(tags.bitString, Uint8Array.of(0), bytes);
}

function withoutSign(serial: Uint8Array): Uint8Array {
  return serial[0] === 0 ? serial.subarray(1) : serial;
}
