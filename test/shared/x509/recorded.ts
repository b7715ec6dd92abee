import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readCertificate } from '../../../shared/x509/certificate.ts';

const base64 = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const pem = z.string().transform((text) => readCertificate(text));

/** What OpenSSL's own CA, list and responder have made, so that nothing here is read only by who wrote it. */
export const recorded = z
  .object({
    recordedAtMs: z.number(),
    ca: pem,
    good: pem,
    revoked: pem,
    held: pem,
    crl: base64,
    ocspRequest: base64,
    ocspGood: base64,
    ocspGoodByKey: base64,
    ocspRevoked: base64,
  })
  .parse(
    JSON.parse(readFileSync(path.join(import.meta.dirname, '../../fixtures/x509-recorded.json'), 'utf8')),
  );
