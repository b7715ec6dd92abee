import { certificateIdOf, certificatePem } from '../../../local/iot/x509/certificate.ts';
import { writeName } from '../../../local/iot/x509/distinguished-name.ts';
import { issueCertificate } from '../../../local/iot/x509/issue.ts';
import { newKeyPair, type KeyPair } from '../../../local/iot/x509/keys.ts';

const DAY_MS = 86_400_000;
/** As long as the blog post has it: `-days 1024` for the CA, `-days 500` for devices. */
const CA_DAYS = 1_024;
const DEVICE_DAYS = 500;

/** A certificate with its key, in PEM. */
export interface Identity {
  readonly certificateId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A maker's own CA. */
export interface Authority {
  readonly certificatePem: string;
  /** Signs a certificate for a key that it makes. */
  issue(commonName: string): Promise<Identity>;
}

/** @param nowMs milliseconds since the epoch, of the cloud: certificates begin there */
export async function createAuthority(commonName: string, nowMs: number): Promise<Authority> {
  const keys = await newKeyPair('EC-P256');
  const name = writeName({ Organization: ['Makers'], CommonName: [commonName] });
  const issuer = { name, ...keys };
  const subject = { subject: name, publicKey: keys.publicKey };
  const der = issueCertificate({ ...subject, ...validity(nowMs, CA_DAYS), use: { for: 'ca' } }, issuer);
  return {
    certificatePem: certificatePem(der),
    async issue(deviceName) {
      const deviceKeys = await newKeyPair('EC-P256');
      const certificate = {
        subject: writeName({ Organization: ['Makers'], CommonName: [deviceName] }),
        publicKey: deviceKeys.publicKey,
        ...validity(nowMs, DEVICE_DAYS),
        use: { for: 'client' as const },
      };
      return identityOf(issueCertificate(certificate, issuer), deviceKeys);
    },
  };
}

function validity(nowMs: number, days: number) {
  return { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + days * DAY_MS };
}

function identityOf(der: Uint8Array, { privateKey }: KeyPair): Identity {
  return {
    certificateId: certificateIdOf(der),
    certificatePem: certificatePem(der),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
