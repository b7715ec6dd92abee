import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../../shared/errors.ts';
import { ConfigurationError } from '../../errors.ts';
import { certificatePem, readCertificates, type Certificate } from './certificate.ts';
import { writeName } from './distinguished-name.ts';
import { DEVICE_CERTIFICATE_END_MS, issueCertificate, type Issuer } from './issue.ts';
import { newKeyPair as generateKeyPair, type NewKeyPair } from './keys.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Apple's TLS takes no server certificate that is valid for longer. */
const SERVER_DAYS = 397;

/** A server certificate is made anew when a cloud starts with less than this left of it. */
const RENEWAL_DAYS = 30;

/** What the cloud can be reached by; it listens on the loopback only. */
const HOSTS = ['localhost', '127.0.0.1', '::1'];

/** A device's clock may be a little behind: what is issued is valid from so long ago. */
const CLOCK_SKEW_MS = 2 * 60 * 1_000;

const CA_NAME = writeName({ Organization: ['Glasshouse'], CommonName: ['Glasshouse local root CA'] });

export interface AuthorityOptions {
  /** Where `ca.pem`, `server.pem` and the keys are kept; made when it is not there. */
  readonly folder: string;
  /** The machine's own time, not the cloud's: clients check the server certificate by theirs. */
  readonly nowMs: number;
  /** @default the machine's, on another thread */
  readonly newKeyPair?: NewKeyPair;
}

/** The certificate authority of one local cloud: what AWS's own are on AWS. */
export interface Authority {
  /** The file that devices are given to trust the cloud: AmazonRootCA1.pem's part. */
  readonly caPath: string;
  readonly ca: Certificate;
  /** For `tls.createServer`. */
  readonly server: { readonly cert: string; readonly key: string };
  /** Signs a certificate for a device, as CreateKeysAndCertificate does, and returns its DER. */
  issueDeviceCertificate(subject: Uint8Array, publicKey: KeyObject, nowMs: number): Uint8Array;
}

/**
 * Opens the authority in a folder, or makes it: a root that stays the same, and a server certificate that is
 * renewed in time.
 *
 * @throws ConfigurationError AUTHORITY_UNREADABLE when its files are there and are not usable
 */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { folder, nowMs, newKeyPair = generateKeyPair } = options;
  const caPath = path.join(folder, 'ca.pem');
  const caKeyPath = path.join(folder, 'ca.key.pem');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(caPath) && !existsSync(caKeyPath)) {
    const keys = await newKeyPair('EC-P256');
    const root = { subject: CA_NAME, use: { for: 'ca' }, publicKey: keys.publicKey } as const;
    const der = issueCertificate({ ...root, ...dates(nowMs) }, { name: CA_NAME, ...keys });
    writeKey(caKeyPath, keys.privateKey);
    writeFileSync(caPath, certificatePem(der));
  }
  const { certificate: ca, privateKey } = readPair(caPath, caKeyPath);
  const issuer: Issuer = { name: CA_NAME, publicKey: createPublicKey(privateKey), privateKey };
  return {
    caPath,
    ca,
    server: await openServer(folder, nowMs, issuer, newKeyPair),
    issueDeviceCertificate(subject, publicKey, deviceNowMs) {
      return issueCertificate({ subject, publicKey, use: { for: 'client' }, ...dates(deviceNowMs) }, issuer);
    },
  };
}

async function openServer(folder: string, nowMs: number, issuer: Issuer, newKeyPair: NewKeyPair) {
  const certPath = path.join(folder, 'server.pem');
  const keyPath = path.join(folder, 'server.key.pem');
  if (!canServe(certPath, keyPath, issuer, nowMs)) {
    const { publicKey, privateKey } = await newKeyPair('EC-P256');
    const notBeforeMs = nowMs - CLOCK_SKEW_MS;
    const subject = writeName({ CommonName: ['localhost'] });
    const use = { for: 'server', hosts: HOSTS } as const;
    const notAfterMs = nowMs + SERVER_DAYS * DAY_MS;
    const der = issueCertificate({ subject, publicKey, use, notBeforeMs, notAfterMs }, issuer);
    writeKey(keyPath, privateKey);
    writeFileSync(certPath, certificatePem(der));
  }
  return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

/** Whether the server's files are there, belong together and to the root, and last long enough. */
function canServe(certPath: string, keyPath: string, issuer: Issuer, nowMs: number): boolean {
  if (!existsSync(certPath) || !existsSync(keyPath)) return false;
  try {
    const { certificate } = readPair(certPath, keyPath);
    const { x509, notBeforeMs, notAfterMs } = certificate;
    const lasts = notBeforeMs <= nowMs && notAfterMs - nowMs >= RENEWAL_DAYS * DAY_MS;
    return lasts && x509.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function readPair(certPath: string, keyPath: string) {
  try {
    const [certificate] = readCertificates(readFileSync(certPath, 'utf8'));
    const privateKey = createPrivateKey(readFileSync(keyPath, 'utf8'));
    if (certificate?.x509.checkPrivateKey(privateKey) === true) return { certificate, privateKey };
    throw new Error('the key is not that of the certificate');
  } catch (cause) {
    throw new ConfigurationError(
      `${certPath} and ${keyPath} cannot be used: ${errorText(cause)}. Delete both to have new ones made; ` +
        'devices that trust the old ones must be given the new ca.pem then.',
      { code: 'AUTHORITY_UNREADABLE', data: { certPath, keyPath }, cause },
    );
  }
}

/** Only its owner may read a key. */
function writeKey(file: string, key: KeyObject): void {
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  chmodSync(file, 0o600);
}

function dates(nowMs: number) {
  return { notBeforeMs: nowMs - CLOCK_SKEW_MS, notAfterMs: DEVICE_CERTIFICATE_END_MS };
}
