import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { keepIssued, updateCertificate } from '../../../../local/iot/registry/certificates.ts';
import {
  createPrincipalCheck,
  securityResourceExists,
} from '../../../../local/iot/registry/security-context.ts';
import { createPolicy } from '../../../../local/iot/registry/policies.ts';
import { makeCa, makeCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, allow, certificateArn, openSecurity, REGION } from './security-support.ts';

test('A client is known by the certificate that it shows in a TLS handshake.', async () => {
  const { context, identities } = openSecurity();
  const ca = makeCa();
  const server = makeCertificate({ issuer: ca, use: { for: 'server', hosts: ['localhost'] } });
  const device = makeCertificate({ subject: { CommonName: ['lamp-1'], Country: ['DE'] } });
  keepIssued(context, device.certificate.der, true);

  const key = (made: typeof device) => made.keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const listener = createServer({
    cert: server.pem,
    key: key(server),
    requestCert: true,
    rejectUnauthorized: false,
  });
  const shown = new Promise<Uint8Array | undefined>((resolve) => {
    listener.on('secureConnection', (socket) => resolve(socket.getPeerX509Certificate()?.raw));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const client = connect({
    host: '127.0.0.1',
    port: address.port,
    servername: 'localhost',
    ca: ca.pem,
    cert: device.pem,
    key: key(device),
  });
  const der = (await shown) ?? Uint8Array.of();
  client.destroy();
  listener.close();

  const { certificateId } = device.certificate;
  expect(identities.identify(der)).toEqual({ certificateId, status: 'ACTIVE' });
  expect(identities.factsOf(certificateId)).toEqual({
    subject: { CommonName: ['lamp-1'], Country: ['DE'] },
    issuer: { CommonName: ['lamp-1'], Country: ['DE'] },
    subjectAlternativeNames: {},
    issuerAlternativeNames: {},
    serialNumber: device.certificate.serialNumber,
  });
});

test('What is known of a certificate is always the last that was written.', () => {
  const { context, identities } = openSecurity();
  const { der, certificateId } = makeCertificate().certificate;
  expect(identities.identify(der)).toBeUndefined();
  expect(identities.factsOf(certificateId)).toBeUndefined();
  keepIssued(context, der, false);
  expect(identities.identify(der)?.status).toBe('INACTIVE');
  updateCertificate(context, certificateId, 'ACTIVE');
  expect(identities.identify(der)?.status).toBe('ACTIVE');
});

test('A certificate holds from its first to its last moment, by the clock of the cloud.', () => {
  const { context, identities, clock } = openSecurity();
  const dates = { notBeforeMs: clock.now() + 1_000, notAfterMs: clock.now() + 5_000 };
  const { der } = makeCertificate(dates).certificate;
  keepIssued(context, der, true);
  const problems = Array.from({ length: 7 }, () => {
    const problem = identities.identify(der)?.problem;
    clock.advance(1_000);
    return problem?.split(':')[0];
  });
  const none = undefined;
  expect(problems).toEqual(['is not valid yet', none, none, none, none, none, 'has expired']);
});

test('Who has stopped listening is told nothing.', () => {
  const { context, identities } = openSecurity();
  const told: string[] = [];
  const stop = identities.onCertificateChange((certificateId) => told.push(certificateId));
  const first = makeCertificate().certificate;
  keepIssued(context, first.der, true);
  stop();
  keepIssued(context, makeCertificate().certificate.der, true);
  expect(told).toEqual([first.certificateId]);
});

test('A principal is there when its certificate is, and a resource when its policy or CA is.', () => {
  const { context } = openSecurity();
  const { der, certificateId } = makeCertificate().certificate;
  const isThere = createPrincipalCheck(context);
  expect(isThere(certificateArn(certificateId))).toBe(false);
  keepIssued(context, der, true);
  expect(isThere(certificateArn(certificateId))).toBe(true);
  expect(isThere('lamp')).toBe(false);
  const prefix = `arn:aws:iot:${REGION}:${ACCOUNT_ID}:`;
  createPolicy(context, 'lamps', allow('iot:Connect'));
  expect(securityResourceExists(context, `${prefix}policy/lamps`)).toBe(true);
  expect(securityResourceExists(context, `${prefix}policy/other`)).toBe(false);
  expect(securityResourceExists(context, `${prefix}cacert/${certificateId}`)).toBe(false);
  expect(securityResourceExists(context, `${prefix}thing/lamp`)).toBeUndefined();
});
