import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adviceFor } from '../../../cli/why/advice.ts';
import { diagnose } from '../../../cli/why/diagnose.ts';
import type { CertificateFacts, RegisteredCa } from '../../../cli/why/facts.ts';
import { ACTIVATION_STEPS } from '../../../functions/activate-certificate/steps.ts';
import {
  ACTIVATION_STEP_NAMES,
  activationStepNumber,
  HOLD_REASONS,
} from '../../../shared/device-registry/activation-steps.ts';
import { DEVICE_STATES, type Device } from '../../../shared/device-registry/device.ts';
import type { HeldCertificate } from '../../../shared/device-registry/held-certificates.ts';

const certificateId = 'ab'.repeat(32);
const caCertificateId = 'ca'.repeat(32);
const names = { allowListTable: 'allow-list' };
const AT_MS = Date.UTC(2026, 10, 21, 10);

const held = (more: Partial<HeldCertificate>): HeldCertificate => ({
  certificateId,
  reason: 'UNKNOWN_DEVICE',
  detail: '"lamp-1" is not in the allow-list',
  action: 'hold',
  step: 'check the allow-list',
  commonName: 'lamp-1',
  firstHeldAtMs: AT_MS,
  lastHeldAtMs: AT_MS,
  ...more,
});

function heldWithoutStep(): HeldCertificate {
  const { step: _step, ...others } = held({});
  return others;
}

const device = (more: Partial<Device>): Device => ({
  thingName: 'lamp-1',
  certificateId,
  serialNumber: '2a',
  notAfterMs: AT_MS,
  state: 'ACTIVE',
  history: [{ state: 'ACTIVE', atMs: AT_MS, reason: 'first connection', certificateId }],
  ...more,
});

const ca = (more: Partial<RegisteredCa> = {}): RegisteredCa => ({
  caCertificateId,
  status: 'ACTIVE',
  isAutoRegistration: true,
  hasTemplate: false,
  ...more,
});

const facts = (status: string | undefined, more: Partial<CertificateFacts> = {}): CertificateFacts => ({
  certificateId,
  registered:
    status === undefined
      ? undefined
      : {
          status,
          registeredAtMs: AT_MS,
          caCertificateId,
          commonNames: ['lamp-1'],
          thingNames: status === 'ACTIVE' ? ['lamp-1'] : [],
          policyNames: status === 'ACTIVE' ? ['devices'] : [],
        },
  ca: ca(),
  held: undefined,
  device: undefined,
  namesake: undefined,
  ...more,
});

test('The steps that are told of are those that are done, in their order.', () => {
  expect(ACTIVATION_STEPS.map(({ name }) => name)).toEqual(ACTIVATION_STEP_NAMES);
  expect(ACTIVATION_STEP_NAMES.map(activationStepNumber)).toEqual(
    ACTIVATION_STEPS.map((_, index) => index + 1),
  );
  expect(activationStepNumber('crash')).toBeUndefined();
});

test.each<[string, CertificateFacts, object]>([
  [
    'waits for the allow-list',
    facts('PENDING_ACTIVATION', { held: held({}) }),
    { state: 'waiting', step: { number: 7, name: 'check the allow-list' }, reason: 'UNKNOWN_DEVICE' },
  ],
  [
    'could not be checked',
    facts('PENDING_ACTIVATION', {
      held: held({
        action: 'retry',
        reason: 'CRL_UNREACHABLE',
        detail: 'the list cannot be had',
        step: 'check its revocation',
      }),
    }),
    {
      state: 'waiting',
      step: { number: 6 },
      reason: 'CRL_UNREACHABLE',
      summary: 'A step could not be done: the list cannot be had.',
      next: [expect.any(String), expect.stringContaining('glasshouse redrive failures')],
    },
  ],
  [
    'was held before steps were noted',
    facts('PENDING_ACTIVATION', { held: heldWithoutStep() }),
    { state: 'waiting', reason: 'UNKNOWN_DEVICE' },
  ],
  [
    'was just registered',
    facts('PENDING_ACTIVATION'),
    {
      state: 'waiting',
      step: { number: 1, name: 'read the event' },
      next: [expect.any(String), expect.stringContaining('redrive')],
    },
  ],
  [
    'is provisioned by a template at the moment',
    facts('PENDING_ACTIVATION', { ca: ca({ hasTemplate: true }) }),
    {
      state: 'waiting',
      step: { number: 1 },
      next: [expect.stringContaining('template'), expect.any(String), expect.any(String)],
    },
  ],
  [
    'was cut off with the name claimed',
    facts('PENDING_ACTIVATION', { device: device({ state: 'ACTIVATING' }) }),
    { state: 'waiting', step: { number: 14, name: 'activate the certificate' } },
  ],
  [
    'went through',
    facts('ACTIVE', { device: device({ announcedAtMs: AT_MS }) }),
    { state: 'passed', summary: 'It went through all 15 steps.', next: [] },
  ],
  [
    'was onboarded and has not come yet',
    facts('ACTIVE', { device: device({}) }),
    { state: 'waiting', step: { number: 15, name: 'announce the device' } },
  ],
  [
    'is ACTIVE with a record that was cut off',
    facts('ACTIVE', { device: device({ state: 'ACTIVATING' }) }),
    { state: 'waiting', step: { number: 15 } },
  ],
  [
    'is ACTIVE and REVOKED on record',
    facts('ACTIVE', { device: device({ state: 'REVOKED' }) }),
    { state: 'stopped', step: { number: 13 } },
  ],
  ['is ACTIVE by hand', facts('ACTIVE'), { state: 'outside', next: [expect.stringContaining('onboard')] }],
  [
    'is ACTIVE by a template and has not come yet',
    facts('ACTIVE', { ca: ca({ hasTemplate: true }) }),
    { state: 'outside', next: [expect.stringContaining('next connects')] },
  ],
  [
    'is the new one of a renewal',
    facts('ACTIVE', { namesake: device({ certificateId: 'other' }) }),
    { state: 'outside', next: ['`npx glasshouse certificate renew lamp-1 --finish`'] },
  ],
  [
    'has lost its name to another device',
    facts('INACTIVE', {
      held: held({ action: 'deactivate', reason: 'NAME_COLLISION', step: 'create the thing' }),
    }),
    { state: 'stopped', step: { number: 9 }, reason: 'NAME_COLLISION' },
  ],
  [
    'was taken out of use by hand',
    facts('INACTIVE', { device: device({ state: 'INACTIVE', history: [] }) }),
    {
      state: 'stopped',
      step: { number: 3, name: 'judge its status' },
      summary: 'It is INACTIVE, and no event takes that back. Somebody has made it so by hand.',
      next: [expect.stringContaining(`aws iot update-certificate --certificate-id ${certificateId}`)],
    },
  ],
  [
    'was renewed',
    facts('INACTIVE', { namesake: device({ certificateId: 'other' }) }),
    { state: 'stopped', summary: expect.stringContaining('The device "lamp-1" has another certificate now') },
  ],
  [
    'is revoked, and the record says why',
    facts('REVOKED', {
      device: device({
        state: 'REVOKED',
        history: [{ state: 'REVOKED', atMs: AT_MS, reason: 'revoked by hand', certificateId }],
      }),
    }),
    {
      state: 'stopped',
      summary: expect.stringContaining('Revoked by hand'),
      next: [expect.stringContaining('for good')],
    },
  ],
  [
    'was in use for long and then revoked',
    facts('REVOKED', {
      device: device({
        state: 'REVOKED',
        history: [
          { state: 'ACTIVE', atMs: AT_MS, reason: 'first connection', certificateId },
          { state: 'REVOKED', atMs: AT_MS, reason: 'revoked by hand', certificateId },
        ],
      }),
    }),
    {
      state: 'stopped',
      summary: 'It was activated, and made REVOKED later, which no event takes back. Revoked by hand.',
    },
  ],
  [
    'was renewed and deleted',
    facts(undefined, {
      namesake: device({
        certificateId: 'other',
        history: [{ state: 'ACTIVE', atMs: AT_MS, reason: 'first connection', certificateId }],
      }),
    }),
    { state: 'stopped', summary: expect.stringMatching(/deleted.*"lamp-1" had it/) },
  ],
  [
    'was put on hold by its CA',
    facts('INACTIVE', {
      device: device({
        state: 'INACTIVE',
        history: [{ state: 'INACTIVE', atMs: AT_MS, reason: 'ON_HOLD_BY_CA', certificateId }],
      }),
    }),
    { state: 'stopped', reason: 'ON_HOLD_BY_CA', step: { number: 3 } },
  ],
  [
    'is on its way to another account',
    facts('PENDING_TRANSFER'),
    { state: 'outside', summary: expect.stringContaining('PENDING_TRANSFER') },
  ],
  [
    'was deleted while it was held',
    facts(undefined, { held: held({}) }),
    { state: 'stopped', step: { number: 2 }, summary: expect.stringContaining('UNKNOWN_DEVICE') },
  ],
  [
    'was deleted, and its CA too',
    facts(undefined, { device: device({ state: 'INACTIVE' }), ca: undefined }),
    { state: 'stopped', summary: expect.stringContaining('on record as INACTIVE') },
  ],
])('A certificate that %s is diagnosed.', (_what, given, expected) => {
  expect(diagnose(given, names)).toMatchObject(expected);
});

test('A certificate that is ACTIVE without a policy is said to be of no use.', () => {
  const { registered, ...others } = facts('ACTIVE');
  if (registered === undefined) throw new Error('it is registered');
  expect(diagnose({ ...others, registered: { ...registered, policyNames: [] } }, names)).toMatchObject({
    state: 'stopped',
    step: { number: 12, name: 'attach the policy' },
  });
});

test('A certificate that was in use was not stopped by a step when it is INACTIVE later.', () => {
  const ended = diagnose(facts('INACTIVE', { device: device({ announcedAtMs: AT_MS }) }), names);
  expect(ended).not.toHaveProperty('step');
  expect(diagnose(facts('INACTIVE'), names)).toMatchObject({ step: { number: 3 } });
});

test.each<[string, RegisteredCa[], RegExp]>([
  ['no CA', [], /No CA is registered/],
  [
    'an INACTIVE CA',
    [ca({ status: 'INACTIVE' })],
    /If it is one of these .*is INACTIVE:.*aws iot update-ca-certificate --certificate-id (ca){32} --new-status ACTIVE$/s,
  ],
  [
    'a CA without auto-registration',
    [ca({ isAutoRegistration: false })],
    /has auto-registration off:.*--new-auto-registration-status ENABLE$/s,
  ],
  ['a CA that is open', [ca()], /handshake alone does nothing/],
])('Of a certificate that nobody knows it is said what stands in its way: %s.', (_what, cas, expected) => {
  const found = diagnose(facts(undefined), names, cas);
  expect(found.state).toBe('unknown');
  expect(found.next.join('\n')).toMatch(expected);
});

test.each(HOLD_REASONS)('There is something to do about %s.', (reason) => {
  const lines = adviceFor(held({ reason }), names);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('\n')).not.toMatch(/undefined/);
});

test('The entry for the allow-list can be pasted.', () => {
  const command = adviceFor(held({}), names).find((line) => line.startsWith('aws')) ?? '';
  const item = /--item '(.+)'$/.exec(command)?.[1] ?? '';
  expect(JSON.parse(item)).toEqual({ listing: { S: 'name/lamp-1' }, decision: { S: 'allow' } });
});

test('Whatever is known, there is a sentence, and a step is one of the fifteen.', () => {
  const statuses = ['ACTIVE', 'INACTIVE', 'REVOKED', 'PENDING_ACTIVATION', 'PENDING_TRANSFER', undefined];
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const anyHeld = fc
    .record({
      reason: fc.constantFrom(...HOLD_REASONS, 'CRL_STALE', ''),
      action: fc.constantFrom('hold', 'wait', 'retry', 'deactivate', 'revoke'),
      step: fc.constantFrom(...ACTIVATION_STEP_NAMES),
    })
    .map(held);
  const anyDevice = fc
    .record({ state: fc.constantFrom(...DEVICE_STATES), thingName: fc.string() })
    .map(device);
  const anyFacts = fc
    .tuple(fc.constantFrom(...statuses), optional(anyHeld), optional(anyDevice), optional(anyDevice))
    .map(([status, isHeld, recorded, namesake]) =>
      facts(status, { held: isHeld, device: recorded, namesake }),
    );
  fc.assert(
    fc.property(anyFacts, (given) => {
      const { summary, step, state } = diagnose(given, names);
      expect(summary).toMatch(/\.$/);
      if (step !== undefined) expect(ACTIVATION_STEP_NAMES[step.number - 1]).toBe(step.name);
      if (state === 'passed') expect(given.registered?.status).toBe('ACTIVE');
    }),
  );
});
