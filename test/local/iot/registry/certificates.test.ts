import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  AttachPolicyCommand,
  CreateCertificateFromCsrCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListAttachedPoliciesCommand,
  ListCertificatesByCACommand,
  ListCertificatesCommand,
  RegisterCertificateCommand,
  RegisterCertificateWithoutCACommand,
  UpdateCertificateCommand,
  type CertificateStatus,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CertificateListener } from '../../../../local/iot/registry/security-changes.ts';
import {
  keyPair,
  makeCa,
  makeCertificate,
  makeSigningRequest,
  type TestCertificate,
} from '../../../support/x509.ts';
import { ACCOUNT_ID, allow, certificateArn, startSecurity } from './security-support.ts';

let cloud: Awaited<ReturnType<typeof startSecurity>>;
const ca = makeCa();

beforeEach(async () => {
  cloud = await startSecurity();
});
afterEach(() => cloud.close());

/** Registers a CA as the operation does once it has checked it. */
function registerCa(made: TestCertificate, { isActive = true, mode = 'DEFAULT' as const } = {}): string {
  const { certificate, pem } = made;
  const { certificateId } = certificate;
  cloud.context.cas.insert({
    certificateId,
    certificate,
    pem,
    isActive,
    mode,
    isAutoRegistration: false,
    registrationConfig: undefined,
    createdAtMs: cloud.clock.now(),
    generationId: 'g',
  });
  return certificateId;
}

const describe = async (certificateId: string | undefined) =>
  (await cloud.client.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription;

const register = (made: TestCertificate, more: object = {}) =>
  cloud.client.send(new RegisterCertificateCommand({ certificatePem: made.pem, ...more }));

const update = (certificateId: string, newStatus: CertificateStatus) =>
  cloud.client.send(new UpdateCertificateCommand({ certificateId, newStatus }));

test('CreateKeysAndCertificate gives a certificate of the cloud with its RSA keys.', async () => {
  const made = await cloud.client.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const x509 = new X509Certificate(made.certificatePem ?? '');
  expect(made.keyPair?.PrivateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  expect(made.keyPair?.PublicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(x509.checkPrivateKey(createPrivateKey(made.keyPair?.PrivateKey ?? ''))).toBe(true);
  expect(x509.checkIssued(cloud.context.authority.ca.x509)).toBe(true);
  expect(x509.subject).toBe('CN=AWS IoT Certificate');
  expect(made.certificateArn).toBe(certificateArn(made.certificateId));
  expect(x509.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(made.certificateId);
});

test('DescribeCertificate tells all that is known of a certificate.', async () => {
  const nowMs = cloud.clock.now();
  const made = await cloud.client.send(new CreateKeysAndCertificateCommand({}));
  expect(await describe(made.certificateId)).toEqual({
    certificateArn: made.certificateArn,
    certificateId: made.certificateId,
    certificatePem: made.certificatePem,
    status: 'INACTIVE',
    ownedBy: ACCOUNT_ID,
    creationDate: new Date(nowMs),
    lastModifiedDate: new Date(nowMs),
    customerVersion: 1,
    generationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    validity: { notBefore: new Date(nowMs), notAfter: new Date('2049-12-31T23:59:59Z') },
    certificateMode: 'DEFAULT',
  });
});

test('A certificate that is not there is not found, whatever is asked of it.', async () => {
  const certificateId = '0'.repeat(64);
  for (const ask of [
    () => describe(certificateId),
    () => update(certificateId, 'ACTIVE'),
    () => cloud.client.send(new DeleteCertificateCommand({ certificateId })),
  ]) {
    await expect(ask()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  }
});

test('A certificate id may be written in capitals.', async () => {
  const { certificateId = '' } = await cloud.client.send(new CreateKeysAndCertificateCommand({}));
  expect((await describe(certificateId.toUpperCase()))?.certificateId).toBe(certificateId);
});

test('CreateCertificateFromCsr keeps the subject and the key of the request.', async () => {
  const keys = keyPair('csr');
  const csr = makeSigningRequest({ Organization: ['Lamps'], CommonName: ['lamp-7'] }, keys);
  const made = await cloud.client.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
  );
  const x509 = new X509Certificate(made.certificatePem ?? '');
  expect(x509.subject).toBe('O=Lamps\nCN=lamp-7');
  expect(x509.checkPrivateKey(keys.privateKey)).toBe(true);
  expect((await describe(made.certificateId))?.status).toBe('ACTIVE');
});

test.each([
  ['signed by another key', makeSigningRequest({}, keyPair(), keyPair('thief')), /not signed by the key/],
  ['that is a certificate', ca.pem, /holds a CERTIFICATE where a CERTIFICATE REQUEST should be/],
  ['that is no PEM', 'lamp', /not PEM/],
])('A signing request %s is refused.', async (_, certificateSigningRequest, message) => {
  const answer = cloud.client.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest }));
  await expect(answer).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringMatching(message),
  });
});

test('RegisterCertificate takes a certificate that a registered CA has signed.', async () => {
  const caCertificateId = registerCa(ca);
  const device = makeCertificate({ issuer: ca });
  const { certificateId, certificateArn: arn } = await register(device, { status: 'ACTIVE' });
  expect(arn).toBe(certificateArn(device.certificate.certificateId));
  expect(await describe(certificateId)).toMatchObject({
    caCertificateId,
    status: 'ACTIVE',
    certificatePem: device.pem,
    certificateMode: 'DEFAULT',
    validity: { notBefore: new Date(Date.UTC(2026, 0)), notAfter: new Date(Date.UTC(2036, 0)) },
  });
});

test.each([
  [{}, 'INACTIVE'],
  [{ setAsActive: true }, 'ACTIVE'],
  [{ setAsActive: true, status: 'REVOKED' }, 'REVOKED'],
])('A certificate registered with %j is %s.', async (more, status) => {
  registerCa(ca);
  const { certificateId } = await register(makeCertificate({ issuer: ca }), more);
  expect((await describe(certificateId))?.status).toBe(status);
});

test('A certificate cannot be registered PENDING_ACTIVATION, and nothing is kept of it.', async () => {
  registerCa(ca);
  const device = makeCertificate({ issuer: ca });
  await expect(register(device, { status: 'PENDING_ACTIVATION' })).rejects.toMatchObject({
    name: 'CertificateStateException',
    message: 'Not allowed to register certificate with PENDING_ACTIVATION status',
    $metadata: { httpStatusCode: 406 },
  });
  expect(cloud.context.certificates.find(device.certificate.certificateId)).toBeUndefined();
});

test('A certificate is registered once.', async () => {
  registerCa(ca);
  const device = makeCertificate({ issuer: ca });
  const { certificateId } = await register(device);
  await expect(register(device)).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceId: certificateId,
    resourceArn: certificateArn(certificateId),
    $metadata: { httpStatusCode: 409 },
  });
});

test.each([
  ['of a CA that is not registered', () => makeCertificate({ issuer: makeCa('Unknown CA') })],
  [
    'that claims a CA of another key',
    () => makeCertificate({ issuer: makeCa('Test CA', keyPair('impostor')) }),
  ],
  ['that is no certificate', () => ({ ...ca, pem: 'lamp' })],
])('A certificate %s is not valid.', async (_, make) => {
  registerCa(ca);
  await expect(register(make())).rejects.toMatchObject({
    name: 'CertificateValidationException',
    $metadata: { httpStatusCode: 400 },
  });
});

test('A CA that is not active takes no certificates.', async () => {
  registerCa(ca, { isActive: false });
  await expect(register(makeCertificate({ issuer: ca }))).rejects.toThrow(/is not active/);
});

test('Of several CAs with one name and key, the caller has to say which.', async () => {
  const again = makeCa('Test CA', ca.keys);
  registerCa(ca);
  const secondId = registerCa(again);
  const device = makeCertificate({ issuer: ca });
  await expect(register(device)).rejects.toMatchObject({
    name: 'CertificateConflictException',
    $metadata: { httpStatusCode: 409 },
  });
  const { certificateId } = await register(device, { caCertificatePem: again.pem });
  expect((await describe(certificateId))?.caCertificateId).toBe(secondId);
});

test('A CA that is named must be the one that signed.', async () => {
  registerCa(ca);
  const other = makeCa('Other CA');
  registerCa(other);
  const answer = register(makeCertificate({ issuer: ca }), { caCertificatePem: other.pem });
  await expect(answer).rejects.toThrow(/not signed by the CA certificate/);
});

test('RegisterCertificateWithoutCA takes a certificate of anybody.', async () => {
  const device = makeCertificate({ issuer: makeCa('Unknown CA') });
  const { certificateId } = await cloud.client.send(
    new RegisterCertificateWithoutCACommand({ certificatePem: device.pem, status: 'ACTIVE' }),
  );
  const description = await describe(certificateId);
  expect(description).toMatchObject({ status: 'ACTIVE', certificateMode: 'SNI_ONLY' });
  expect(description?.caCertificateId).toBeUndefined();
});

test('An update changes the version and the time, and tells who listens.', async () => {
  const told: Parameters<CertificateListener>[] = [];
  const { certificateId = '' } = await cloud.client.send(new CreateKeysAndCertificateCommand({}));
  cloud.identities.onCertificateChange((...change) => told.push(change));
  cloud.clock.advance(5_000);
  await update(certificateId, 'ACTIVE');
  await update(certificateId, 'ACTIVE');
  expect(await describe(certificateId)).toMatchObject({
    status: 'ACTIVE',
    customerVersion: 2,
    lastModifiedDate: new Date(cloud.clock.now()),
    creationDate: new Date(cloud.clock.now() - 5_000),
  });
  await update(certificateId, 'INACTIVE');
  await update(certificateId, 'REVOKED');
  expect(told).toEqual([
    [certificateId, 'ACTIVE'],
    [certificateId, 'INACTIVE'],
    [certificateId, 'REVOKED'],
  ]);
  await expect(update(certificateId, 'ACTIVE')).rejects.toMatchObject({ name: 'CertificateStateException' });
});

test('A certificate is deleted once it is not active any more and nothing hangs on it.', async () => {
  const told: Parameters<CertificateListener>[] = [];
  const { certificateId = '', certificateArn: arn = '' } = await cloud.client.send(
    new CreateKeysAndCertificateCommand({ setAsActive: true }),
  );
  const policy = { policyName: 'p', policyDocument: allow('iot:Connect') };
  await cloud.client.send(new CreatePolicyCommand(policy));
  await cloud.client.send(new AttachPolicyCommand({ policyName: 'p', target: arn }));
  cloud.things.byPrincipal.set(arn, ['lamp']);
  const remove = (forceDelete = false) =>
    cloud.client.send(new DeleteCertificateCommand({ certificateId, forceDelete }));

  await expect(remove(true)).rejects.toMatchObject({
    name: 'CertificateStateException',
    message: `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`,
  });
  await update(certificateId, 'INACTIVE');
  await expect(remove(true)).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: expect.stringContaining('Things must be detached'),
    $metadata: { httpStatusCode: 409 },
  });
  cloud.things.byPrincipal.clear();
  await expect(remove()).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: expect.stringContaining('policies must be detached'),
  });
  cloud.identities.onCertificateChange((...change) => told.push(change));
  await remove(true);
  expect(await describe(certificateId).catch((error: unknown) => error)).toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(told).toEqual([[certificateId, undefined]]);
  const attached = cloud.client.send(new ListAttachedPoliciesCommand({ target: arn }));
  await expect(attached).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('Certificates are listed by their registration, the newest first, in pages.', async () => {
  registerCa(ca);
  const ids: string[] = [];
  for (let count = 0; count < 7; count += 1) {
    const { certificateId = '' } = await register(makeCertificate({ issuer: ca }));
    ids.push(certificateId);
  }
  const { certificateId: own = '' } = await cloud.client.send(new CreateKeysAndCertificateCommand({}));

  async function listAll(ascendingOrder: boolean, caCertificateId?: string): Promise<string[]> {
    const found: string[] = [];
    let marker: string | undefined;
    do {
      const request = { pageSize: 3, ascendingOrder, ...(marker === undefined ? {} : { marker }) };
      const page =
        caCertificateId === undefined
          ? await cloud.client.send(new ListCertificatesCommand(request))
          : await cloud.client.send(new ListCertificatesByCACommand({ ...request, caCertificateId }));
      expect(page.certificates?.length).toBeLessThanOrEqual(3);
      found.push(...(page.certificates ?? []).map(({ certificateId = '' }) => certificateId));
      marker = page.nextMarker;
    } while (marker !== undefined);
    return found;
  }

  expect(await listAll(true)).toEqual([...ids, own]);
  expect(await listAll(false)).toEqual([own, ...ids.toReversed()]);
  expect(await listAll(true, ca.certificate.certificateId)).toEqual(ids);
  const { certificates } = await cloud.client.send(new ListCertificatesCommand({ pageSize: 1 }));
  expect(certificates).toEqual([
    {
      certificateArn: certificateArn(own),
      certificateId: own,
      status: 'INACTIVE',
      certificateMode: 'DEFAULT',
      creationDate: new Date(cloud.clock.now()),
    },
  ]);
});

test('A marker of another list is refused.', async () => {
  registerCa(ca);
  await register(makeCertificate({ issuer: ca }));
  await register(makeCertificate({ issuer: ca }));
  const { nextMarker } = await cloud.client.send(new ListCertificatesCommand({ pageSize: 1 }));
  const other = { caCertificateId: ca.certificate.certificateId, marker: nextMarker };
  await expect(cloud.client.send(new ListCertificatesByCACommand(other))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});
