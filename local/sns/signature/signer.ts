import { createHash, createPrivateKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { certificatePem } from '../../iot/x509/certificate.ts';
import { writeName } from '../../iot/x509/distinguished-name.ts';
import { DEVICE_CERTIFICATE_END_MS, issueCertificate } from '../../iot/x509/issue.ts';
import { newKeyPair as generateKeyPair, type NewKeyPair } from '../../iot/x509/keys.ts';
import { stringToSign } from './string-to-sign.ts';

/** By `SignatureVersion`. */
const HASHES = { '1': 'sha1', '2': 'sha256' } as const;

const NAME = writeName({ CommonName: ['sns.amazonaws.com'], Organization: ['Glasshouse'] });

export interface SignerOptions {
  /** Where key and certificate are kept. */
  readonly sql: DatabaseSync;
  /** The machine's own time: verifiers check the certificate by theirs. */
  readonly nowMs: () => number;
  /** @default the machine's, on another thread */
  readonly newKeyPair?: NewKeyPair;
}

/** A message goes to many subscribers: what was signed last is kept, so many of it. */
const MAX_KEPT = 16;

/** Signs messages as SNS does, with a key of this cloud's own, which is made when it is first needed. */
export interface Signer {
  /** Signature in base64, and the name of the file that has the certificate. */
  sign(
    message: Readonly<Record<string, unknown>>,
    version: '1' | '2',
  ): Promise<{ readonly signature: string; readonly certificateName: string }>;
  /** The certificate by the name of its file, in PEM; undefined when it is none of this cloud. */
  certificate(name: string): Promise<string | undefined>;
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: string;
  /** `SimpleNotificationService-<its fingerprint>.pem` */
  readonly certificateName: string;
}

export function createSigner({ sql, nowMs, newKeyPair = generateKeyPair }: SignerOptions): Signer {
  const select = sql.prepare('SELECT * FROM signing_keys');
  const insert = sql.prepare('INSERT INTO signing_keys VALUES (?, ?)');
  let key: Promise<SigningKey> | undefined;
  const kept = new Map<string, Promise<string>>();

  async function makeKey(): Promise<SigningKey> {
    const { publicKey, privateKey } = await newKeyPair('RSA-2048');
    const der = issueCertificate(
      {
        subject: NAME,
        publicKey,
        notBeforeMs: nowMs() - 60_000,
        notAfterMs: DEVICE_CERTIFICATE_END_MS,
        use: { for: 'client' },
      },
      { name: NAME, publicKey, privateKey },
    );
    const certificate = certificatePem(der);
    insert.run(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate);
    return { privateKey, certificate, certificateName: nameOf(certificate) };
  }

  function signingKey(): Promise<SigningKey> {
    const row = key === undefined ? select.get() : undefined;
    if (row !== undefined) {
      const certificate = String(row['certificate']);
      const privateKey = createPrivateKey(String(row['private_key']));
      key = Promise.resolve({ privateKey, certificate, certificateName: nameOf(certificate) });
    }
    if (key === undefined) {
      const made = makeKey();
      key = made;
      made.catch(() => {
        key = undefined;
      });
    }
    return key;
  }

  return {
    async sign(message, version) {
      const { privateKey, certificateName } = await signingKey();
      const text = stringToSign(message);
      const known = `${version} ${text}`;
      let signature = kept.get(known);
      if (signature === undefined) {
        signature = signOnThread(HASHES[version], Buffer.from(text), privateKey);
        const [oldest] = kept.keys();
        if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(known, signature);
      }
      return { signature: await signature, certificateName };
    },
    async certificate(name) {
      if (key === undefined && select.get() === undefined) return undefined;
      const { certificate, certificateName } = await signingKey();
      return name === certificateName ? certificate : undefined;
    },
  };
}

function nameOf(certificate: string): string {
  const { raw } = new X509Certificate(certificate);
  return `SimpleNotificationService-${createHash('sha256').update(raw).digest('hex').slice(0, 32)}.pem`;
}

/** PKCS #1 v1.5, off the thread that serves everything else. */
function signOnThread(hash: string, bytes: Buffer, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign(hash, bytes, key, (error, signature) => {
      if (error === null) resolve(signature.toString('base64'));
      else reject(error);
    });
  });
}
