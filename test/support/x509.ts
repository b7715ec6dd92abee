import { generateKeyPairSync } from 'node:crypto';
import { contextTag } from '../../shared/x509/der.ts';
import { der, sequence, unsignedInteger } from '../../shared/x509/der-writer.ts';
import { bitString } from '../../local/iot/x509/der-writer.ts';
import { certificatePem, readCertificate, type Certificate } from '../../local/iot/x509/certificate.ts';
import { writeName, type DistinguishedName } from '../../local/iot/x509/distinguished-name.ts';
import { issueCertificate, type NewCertificate } from '../../local/iot/x509/issue.ts';
import { signatureAlgorithm, signBytes, type KeyKind, type KeyPair } from '../../local/iot/x509/keys.ts';
import { toPem } from '../../local/iot/x509/pem.ts';

const made = new Map<string, KeyPair>();

/** The same key pair for the same name, made once in a test file: an RSA key takes its time. */
export function keyPair(name = 'device', kind: KeyKind = 'EC-P256'): KeyPair {
  const key = `${kind} ${name}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const pair =
    kind === 'RSA-2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  made.set(key, pair);
  return pair;
}

export interface TestCertificate {
  readonly certificate: Certificate;
  readonly pem: string;
  readonly keys: KeyPair;
  readonly name: Uint8Array;
}

export interface TestCertificateOptions {
  readonly subject?: DistinguishedName;
  /** @default the certificate signs itself */
  readonly issuer?: TestCertificate;
  readonly use?: NewCertificate['use'];
  readonly keys?: KeyPair;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

let count = 0;

/** Makes a certificate. Two are never the same, because each has a number of its own. */
export function makeCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { use = { for: 'client' }, subject = { CommonName: ['lamp-1'] }, issuer } = options;
  const { notBeforeMs = Date.UTC(2026, 0), notAfterMs = Date.UTC(2036, 0) } = options;
  const keys = options.keys ?? keyPair(use.for);
  const name = writeName(subject);
  count += 1;
  const serialNumber = Uint8Array.of(1, count >> 8, count & 0xff);
  const bytes = issueCertificate(
    { subject: name, publicKey: keys.publicKey, notBeforeMs, notAfterMs, use, serialNumber },
    issuer === undefined ? { name, ...keys } : { name: issuer.name, ...issuer.keys },
  );
  return { certificate: readCertificate(bytes), pem: certificatePem(bytes), keys, name };
}

export function makeCa(commonName = 'Test CA', keys: KeyPair = keyPair(commonName)): TestCertificate {
  return makeCertificate({ subject: { CommonName: [commonName] }, use: { for: 'ca' }, keys });
}

/** A PKCS #10 signing request in PEM; with `signer` it is signed by another key than the one in it. */
export function makeSigningRequest(
  subject: DistinguishedName,
  keys: KeyPair,
  signer: KeyPair = keys,
  certificateSubject: Uint8Array = writeName(subject),
): string {
  const info = sequence(
    unsignedInteger(Uint8Array.of(0)),
    certificateSubject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(contextTag(0, true)),
  );
  const signature = bitString(signBytes(info, signer.privateKey));
  return toPem('CERTIFICATE REQUEST', sequence(info, signatureAlgorithm(signer.privateKey), signature));
}
