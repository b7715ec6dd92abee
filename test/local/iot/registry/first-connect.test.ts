import fc from 'fast-check';
import { expect, test } from 'vitest';
import { updateCertificate } from '../../../../local/iot/registry/certificates.ts';
import { deleteCa, registerCa, updateCa } from '../../../../local/iot/registry/cas.ts';
import type { CertificateStatus } from '../../../../local/iot/registry/certificate-status.ts';
import { registrationCode } from '../../../../local/iot/registry/registration-code.ts';
import { keyPair, makeCa, makeCertificate, type TestCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, openSecurity } from './security-support.ts';

const ca = makeCa();
const device = makeCertificate({ issuer: ca });
const { der, certificateId } = device.certificate;
const caCertificateId = ca.certificate.certificateId;

type Security = ReturnType<typeof openSecurity>;

function register(
  { context }: Security,
  made: TestCertificate,
  { isActive = true, isAutoRegistration = true } = {},
) {
  const subject = { CommonName: [registrationCode(context)] };
  const verificationCertificate = makeCertificate({ subject, issuer: made }).pem;
  const request = { caCertificate: made.pem, verificationCertificate, mode: 'DEFAULT' } as const;
  return registerCa(context, { ...request, isActive, isAutoRegistration });
}

function withCa(how = {}): Security {
  const security = openSecurity();
  register(security, ca, how);
  return security;
}

const payloadOf = (event: { payload: string } | undefined): unknown => JSON.parse(event?.payload ?? 'null');

test('The first CONNECT stores the certificate PENDING_ACTIVATION and publishes the event for its CA.', () => {
  const { identities, clock } = withCa();
  expect(identities.identify(der)).toBeUndefined();
  const { event } = identities.registerAtFirstConnect(der);
  expect(event?.topic).toBe(`$aws/events/certificates/registered/${caCertificateId}`);
  expect(payloadOf(event)).toEqual({
    certificateId,
    caCertificateId,
    timestamp: clock.now(),
    certificateStatus: 'PENDING_ACTIVATION',
    awsAccountId: ACCOUNT_ID,
    certificateRegistrationTimestamp: null,
  });
  expect(identities.identify(der)).toEqual({ certificateId, status: 'PENDING_ACTIVATION', caCertificateId });
});

test('Each further CONNECT publishes the event again, with the time of the registration as a text.', () => {
  const { identities, clock } = withCa();
  const registeredAtMs = clock.now();
  identities.registerAtFirstConnect(der);
  for (const _ of [1, 2]) {
    clock.advance(30_000);
    expect(payloadOf(identities.registerAtFirstConnect(der).event)).toMatchObject({
      timestamp: clock.now(),
      certificateRegistrationTimestamp: String(registeredAtMs),
      certificateStatus: 'PENDING_ACTIVATION',
    });
  }
  expect(identities.identify(der)?.status).toBe('PENDING_ACTIVATION');
});

test.each(['ACTIVE', 'INACTIVE', 'REVOKED'] as const)(
  'Once it is %s, nothing is published any more.',
  (status) => {
    const { identities, context } = withCa();
    identities.registerAtFirstConnect(der);
    updateCertificate(context, certificateId, status);
    expect(identities.registerAtFirstConnect(der).event).toBeUndefined();
    expect(identities.identify(der)?.status).toBe(status);
  },
);

test.each([
  ['is not ACTIVE', { isActive: false }],
  ['has no auto registration', { isAutoRegistration: false }],
])('When the CA %s, nothing is stored and nothing is published.', (_, how) => {
  const { identities } = withCa(how);
  expect(identities.registerAtFirstConnect(der).event).toBeUndefined();
  expect(identities.identify(der)).toBeUndefined();
});

test.each([
  ['of a CA that is not registered', makeCertificate({ issuer: makeCa('Unknown CA') })],
  ['that claims the CA of another key', makeCertificate({ issuer: makeCa('Test CA', keyPair('impostor')) })],
  ['that signs itself', makeCertificate()],
])('A certificate %s registers nothing.', (_, made) => {
  const { identities } = withCa();
  expect(identities.registerAtFirstConnect(made.certificate.der)).toEqual({
    problem: expect.stringContaining('signed by no CA'),
  });
  expect(identities.identify(made.certificate.der)).toBeUndefined();
});

test('A CA of the mode SNI_ONLY registers nothing by itself.', () => {
  const { identities, context } = openSecurity();
  const request = {
    caCertificate: ca.pem,
    isActive: true,
    isAutoRegistration: true,
    mode: 'SNI_ONLY',
  } as const;
  registerCa(context, request);
  expect(identities.registerAtFirstConnect(der).event).toBeUndefined();
});

test('Any bytes register nothing and break nothing.', () => {
  const { identities } = withCa();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(identities.registerAtFirstConnect(bytes)).toEqual({ problem: 'cannot be read' });
      expect(identities.identify(bytes)).toBeUndefined();
    }),
  );
});

test('A CA that is withdrawn later leaves its certificates as they are.', () => {
  const { identities, context } = withCa();
  identities.registerAtFirstConnect(der);
  updateCa(context, caCertificateId, { isActive: false });
  deleteCa(context, caCertificateId);
  expect(identities.identify(der)?.status).toBe('PENDING_ACTIVATION');
  expect(payloadOf(identities.registerAtFirstConnect(der).event)).toMatchObject({ caCertificateId });
});

test("A CA's provisioning template is run once, for the first CONNECT.", () => {
  const run: unknown[][] = [];
  const security = openSecurity({ provision: (...call) => run.push(call) });
  const registrationConfig = { templateName: 'lamps' };
  register(security, ca);
  updateCa(security.context, caCertificateId, { registrationConfig });
  security.identities.registerAtFirstConnect(der);
  security.identities.registerAtFirstConnect(der);
  expect(run).toEqual([[certificateId, registrationConfig]]);
});

test.each([
  ['has expired', { notAfterMs: Date.UTC(2026, 10, 20) }],
  ['is not valid yet', { notBeforeMs: Date.UTC(2026, 10, 22) }],
])('A certificate that %s registers nothing, and says why.', (problem, dates) => {
  const { identities } = withCa();
  const made = makeCertificate({ issuer: ca, ...dates });
  expect(identities.registerAtFirstConnect(made.certificate.der)).toEqual({
    problem: expect.stringContaining(problem),
  });
  expect(identities.identify(made.certificate.der)).toBeUndefined();
});

test('One that waits for its activation is announced until it expires, by the clock of the cloud.', () => {
  const { identities, clock } = withCa();
  const short = makeCertificate({ issuer: ca, notAfterMs: clock.now() + 86_400_000 }).certificate;
  expect(identities.registerAtFirstConnect(short.der).event).toBeDefined();
  clock.advance(86_400_000);
  expect(identities.registerAtFirstConnect(short.der).event).toBeDefined();
  clock.advance(1_000);
  expect(identities.registerAtFirstConnect(short.der).event).toBeUndefined();
  expect(identities.identify(short.der)).toMatchObject({
    status: 'PENDING_ACTIVATION',
    problem: expect.stringContaining('has expired: it ended at 2026-11-22T00:00:00.000Z'),
  });
});

test('A CA that has expired registers nobody any more, and leaves whom it has registered.', () => {
  const security = openSecurity();
  const { identities, clock, context } = security;
  const old = makeCertificate({
    subject: { CommonName: ['Old CA'] },
    use: { for: 'ca' },
    keys: keyPair('old CA'),
    notAfterMs: clock.now() + 86_400_000,
  });
  register(security, old);
  const [before, after] = [makeCertificate({ issuer: old }), makeCertificate({ issuer: old })];
  expect(identities.registerAtFirstConnect(before.certificate.der).event).toBeDefined();
  updateCertificate(context, before.certificate.certificateId, 'ACTIVE');
  clock.advance(2 * 86_400_000);
  expect(identities.registerAtFirstConnect(after.certificate.der).event).toBeUndefined();
  expect(identities.identify(before.certificate.der)).toMatchObject({ status: 'ACTIVE' });
  expect(identities.identify(before.certificate.der)?.problem).toBeUndefined();
});

/** The table of registerAtFirstConnect, as a model of one certificate. */
test('Whatever happens in whatever order, a certificate is registered and announced as the model says.', () => {
  const steps = fc.constantFrom(
    'connect',
    'activate CA',
    'deactivate CA',
    'enable auto registration',
    'disable auto registration',
    'ACTIVE',
    'INACTIVE',
    'REVOKED',
  );
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 25 }), (sequence) => {
      const { identities, context, clock } = withCa({ isActive: false, isAutoRegistration: false });
      const model = { isActive: false, isAuto: false };
      let status: CertificateStatus | undefined;
      let registeredAtMs = 0;
      for (const step of sequence) {
        clock.advance(1_000);
        switch (step) {
          case 'connect': {
            const isFirst = status === undefined && model.isActive && model.isAuto;
            const { event } = identities.registerAtFirstConnect(der);
            if (isFirst) {
              status = 'PENDING_ACTIVATION';
              registeredAtMs = clock.now();
            }
            expect(event !== undefined).toBe(status === 'PENDING_ACTIVATION');
            if (event !== undefined) {
              const certificateRegistrationTimestamp = isFirst ? null : String(registeredAtMs);
              expect(payloadOf(event)).toMatchObject({ certificateRegistrationTimestamp });
            }
            break;
          }
          case 'activate CA':
          case 'deactivate CA':
            model.isActive = step === 'activate CA';
            updateCa(context, caCertificateId, { isActive: model.isActive });
            break;
          case 'enable auto registration':
          case 'disable auto registration':
            model.isAuto = step === 'enable auto registration';
            updateCa(context, caCertificateId, { isAutoRegistration: model.isAuto });
            break;
          case 'ACTIVE':
          case 'INACTIVE':
          case 'REVOKED': {
            const isAllowed = status !== undefined && (status !== 'REVOKED' || step === 'REVOKED');
            const change = () => updateCertificate(context, certificateId, step);
            if (isAllowed) {
              change();
              status = step;
            } else {
              expect(change).toThrow(/revoked certificate cannot become|does not exist/);
            }
            break;
          }
        }
        expect(identities.identify(der)?.status).toBe(status);
      }
      context.database.close();
    }),
    { numRuns: 60 },
  );
});
