import {
  DeleteCACertificateCommand,
  DeleteRegistrationCodeCommand,
  DescribeCACertificateCommand,
  GetRegistrationCodeCommand,
  ListCACertificatesCommand,
  RegisterCACertificateCommand,
  UpdateCACertificateCommand,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyPair, makeCa, makeCertificate, type TestCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, REGION, startSecurity } from './security-support.ts';

let cloud: Awaited<ReturnType<typeof startSecurity>>;
const ca = makeCa();

beforeEach(async () => {
  cloud = await startSecurity({ provision: () => {} });
});
afterEach(() => cloud.close());

const code = async () => (await cloud.client.send(new GetRegistrationCodeCommand({}))).registrationCode ?? '';

/** What the owner of a CA makes to prove it. */
async function verify(made: TestCertificate, commonName?: string): Promise<string> {
  const subject = { CommonName: [commonName ?? (await code())] };
  return makeCertificate({ subject, issuer: made, keys: keyPair('verification') }).pem;
}

async function register(made: TestCertificate, more: object = {}) {
  const verificationCertificate = await verify(made);
  const request = { caCertificate: made.pem, verificationCertificate, ...more };
  return cloud.client.send(new RegisterCACertificateCommand(request));
}

const describe = async (made: TestCertificate) =>
  cloud.client.send(new DescribeCACertificateCommand({ certificateId: made.certificate.certificateId }));

const update = (changes: object) =>
  cloud.client.send(
    new UpdateCACertificateCommand({ certificateId: ca.certificate.certificateId, ...changes }),
  );

test('The registration code is 64 hexadecimal digits and stays until it is deleted.', async () => {
  const first = await code();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await code()).toBe(first);
  await cloud.client.send(new DeleteRegistrationCodeCommand({}));
  await expect(cloud.client.send(new DeleteRegistrationCodeCommand({}))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(await code()).not.toBe(first);
});

test('A CA is registered by a certificate for the registration code, INACTIVE and without auto registration.', async () => {
  const { certificateId, certificateArn } = await register(ca);
  const nowMs = cloud.clock.now();
  expect(certificateId).toBe(ca.certificate.certificateId);
  expect(certificateArn).toBe(`arn:aws:iot:${REGION}:${ACCOUNT_ID}:cacert/${certificateId}`);
  const { certificateDescription, registrationConfig } = await describe(ca);
  expect(registrationConfig).toBeUndefined();
  expect(certificateDescription).toEqual({
    certificateArn,
    certificateId,
    status: 'INACTIVE',
    certificatePem: ca.pem,
    ownedBy: ACCOUNT_ID,
    creationDate: new Date(nowMs),
    autoRegistrationStatus: 'DISABLE',
    lastModifiedDate: new Date(nowMs),
    customerVersion: 1,
    generationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    validity: { notBefore: new Date(Date.UTC(2026, 0)), notAfter: new Date(Date.UTC(2036, 0)) },
    certificateMode: 'DEFAULT',
  });
});

test('A CA can be registered ACTIVE, with auto registration and tags.', async () => {
  const tags = [{ Key: 'plant', Value: 'north' }];
  const { certificateArn = '' } = await register(ca, {
    setAsActive: true,
    allowAutoRegistration: true,
    tags,
  });
  expect((await describe(ca)).certificateDescription).toMatchObject({
    status: 'ACTIVE',
    autoRegistrationStatus: 'ENABLE',
  });
  expect(cloud.context.tags.of(certificateArn)).toEqual(tags);
});

test('A verification certificate for another code is refused, and one before any code is asked for.', async () => {
  const early = cloud.client.send(
    new RegisterCACertificateCommand({
      caCertificate: ca.pem,
      verificationCertificate: await verify(ca, 'guess'),
    }),
  );
  await expect(early).rejects.toMatchObject({ name: 'RegistrationCodeValidationException' });
  await code();
  const verificationCertificate = await verify(ca, 'guess');
  await expect(register(ca, { verificationCertificate })).rejects.toMatchObject({
    name: 'RegistrationCodeValidationException',
    $metadata: { httpStatusCode: 400 },
  });
});

test('A code that was deleted proves nothing any more.', async () => {
  const verificationCertificate = await verify(ca);
  await cloud.client.send(new DeleteRegistrationCodeCommand({}));
  await expect(register(ca, { verificationCertificate })).rejects.toMatchObject({
    name: 'RegistrationCodeValidationException',
  });
});

test('A verification certificate that another CA has signed is refused.', async () => {
  const impostor = makeCa('Test CA', keyPair('impostor'));
  for (const signer of [impostor, makeCa('Other CA')]) {
    const verificationCertificate = await verify(signer);
    await expect(register(ca, { verificationCertificate })).rejects.toMatchObject({
      name: 'CertificateValidationException',
      message: expect.stringContaining('not signed by the CA'),
    });
  }
});

test.each([
  ['is no CA', makeCertificate().pem, 'CertificateValidationException'],
  ['is no PEM', 'lamp', 'CertificateValidationException'],
  ['is two', ca.pem + makeCa('Other CA').pem, 'CertificateValidationException'],
])('A CA certificate that %s is refused.', async (_, caCertificate, name) => {
  await expect(register(ca, { caCertificate })).rejects.toMatchObject({ name });
});

test('In the mode DEFAULT the verification certificate cannot be left out; in SNI_ONLY it can.', async () => {
  const request = { caCertificate: ca.pem };
  await expect(cloud.client.send(new RegisterCACertificateCommand(request))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  await cloud.client.send(new RegisterCACertificateCommand({ ...request, certificateMode: 'SNI_ONLY' }));
  expect((await describe(ca)).certificateDescription?.certificateMode).toBe('SNI_ONLY');
});

test('A CA is registered once.', async () => {
  const { certificateId, certificateArn } = await register(ca);
  await expect(register(ca)).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceId: certificateId,
    resourceArn: certificateArn,
  });
});

test('There are ten CAs of one subject, and no more.', async () => {
  for (let count = 0; count < 10; count += 1) await register(makeCa());
  await expect(register(makeCa())).rejects.toMatchObject({
    name: 'LimitExceededException',
    $metadata: { httpStatusCode: 410 },
  });
  await register(makeCa('Other CA'));
});

test('What an update does not name stays as it is.', async () => {
  const template = { templateBody: '{}', roleArn: 'arn:aws:iam::000000000000:role/provisioning' };
  await register(ca, { registrationConfig: template });
  cloud.clock.advance(1_000);
  await update({ newStatus: 'ACTIVE' });
  await update({ newAutoRegistrationStatus: 'ENABLE' });
  const { certificateDescription, registrationConfig } = await describe(ca);
  expect(certificateDescription).toMatchObject({
    status: 'ACTIVE',
    autoRegistrationStatus: 'ENABLE',
    customerVersion: 3,
    lastModifiedDate: new Date(cloud.clock.now()),
  });
  expect(registrationConfig).toEqual(template);
});

test('removeAutoRegistration takes the configuration away and turns auto registration off.', async () => {
  const registrationConfig = { templateName: 'lamps' };
  await register(ca, { allowAutoRegistration: true, registrationConfig });
  await update({ removeAutoRegistration: true });
  const described = await describe(ca);
  expect(described.registrationConfig).toBeUndefined();
  expect(described.certificateDescription?.autoRegistrationStatus).toBe('DISABLE');
  await expect(update({ removeAutoRegistration: true, registrationConfig })).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});

test.each([
  [{ templateBody: '{}', templateName: 'lamps', roleArn: 'arn:aws:iam::000000000000:role/r' }],
  [{ templateBody: '{}' }],
])('The registration configuration %j is refused.', async (registrationConfig) => {
  await expect(register(ca, { registrationConfig })).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});

test('A provisioning template is refused by name where nothing runs it.', async () => {
  const plain = await startSecurity();
  const request = {
    caCertificate: ca.pem,
    certificateMode: 'SNI_ONLY',
    registrationConfig: { templateName: 'lamps' },
  } as const;
  try {
    await expect(plain.client.send(new RegisterCACertificateCommand(request))).rejects.toThrow(
      /provisioning by a template is not served/,
    );
  } finally {
    await plain.close();
  }
});

test('An ACTIVE CA cannot be deleted.', async () => {
  const { certificateId } = await register(ca, { setAsActive: true });
  const remove = () => cloud.client.send(new DeleteCACertificateCommand({ certificateId }));
  await expect(remove()).rejects.toMatchObject({
    name: 'CertificateStateException',
    $metadata: { httpStatusCode: 406 },
  });
  await update({ newStatus: 'INACTIVE' });
  await remove();
  await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('CAs are listed in pages, and by the template that they provision with.', async () => {
  const made = ['A', 'B', 'C'].map((name) => makeCa(name));
  for (const one of made) {
    await register(one, one === made[1] ? { registrationConfig: { templateName: 'lamps' } } : {});
  }
  const list = (request: object) => cloud.client.send(new ListCACertificatesCommand(request));
  const first = await list({ pageSize: 2, ascendingOrder: true });
  const second = await list({ pageSize: 2, ascendingOrder: true, marker: first.nextMarker });
  const listed = [...(first.certificates ?? []), ...(second.certificates ?? [])];
  expect(listed.map(({ certificateId }) => certificateId)).toEqual(
    made.map(({ certificate }) => certificate.certificateId),
  );
  expect(second.nextMarker).toBeUndefined();
  const { certificates } = await list({ templateName: 'lamps' });
  expect(certificates).toMatchObject([
    { certificateId: made[1]?.certificate.certificateId, status: 'INACTIVE' },
  ]);
});
