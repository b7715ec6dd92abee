import fc from 'fast-check';
import { ThrottlingException } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSweepCertificatesEnvironment } from '../../../functions/sweep-certificates/environment.ts';
import { createMemory, listKey } from '../../../functions/sweep-certificates/memory.ts';
import { createPace } from '../../../functions/sweep-certificates/pace.ts';
import { subjectOf, timeText, type Report } from '../../../functions/sweep-certificates/report.ts';
import { createTolerate } from '../../../functions/sweep-certificates/tolerate.ts';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RevocationUnavailableError } from '../../../shared/x509/errors.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const SEED = 20_261_126;

const deployed = {
  ACCOUNT_ID: '000000000000',
  SWEEP_TABLE: 'sweep',
  DEVICES_TABLE: 'devices',
  PRESENCE_TABLE: 'presence',
  HELD_CERTIFICATES_TABLE: 'held',
  REJECTIONS_QUEUE_URL: 'http://127.0.0.1/rejections',
  NOTIFICATIONS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:000000000000:notifications',
  ACTIVATE_FUNCTION: 'activate-certificate',
};

test('What is not set is 30 and 7 days, 90 for CAs, 30 unseen, five calls a second, every CA.', () => {
  expect(readSweepCertificatesEnvironment(deployed)).toEqual({
    accountId: '000000000000',
    sweepTable: 'sweep',
    devicesTable: 'devices',
    presenceTable: 'presence',
    heldTable: 'held',
    rejectionsQueueUrl: 'http://127.0.0.1/rejections',
    notificationsTopicArn: deployed.NOTIFICATIONS_TOPIC_ARN,
    activateFunction: 'activate-certificate',
    acceptedCas: undefined,
    crlAddress: undefined,
    callsPerSecond: 5,
    settings: { expiryWarningDays: [30, 7], caExpiryWarningDays: [90], unseenDays: 30 },
  });
});

test('What is set is taken.', () => {
  const set = {
    ...deployed,
    ACCEPTED_CAS: `${'a'.repeat(64)}, ${'b'.repeat(64)},`,
    CRL_ADDRESS: 's3://lists/{caCertificateId}.crl',
    EXPIRY_WARNING_DAYS: '60, 14,1',
    CA_EXPIRY_WARNING_DAYS: '365',
    UNSEEN_DAYS: '0',
    CALLS_PER_SECOND: '0.5',
  };
  expect(readSweepCertificatesEnvironment(set)).toMatchObject({
    acceptedCas: ['a'.repeat(64), 'b'.repeat(64)],
    crlAddress: 's3://lists/{caCertificateId}.crl',
    callsPerSecond: 0.5,
    settings: { expiryWarningDays: [60, 14, 1], caExpiryWarningDays: [365], unseenDays: 0 },
  });
});

test('Everything that is missing or wrong is named at once.', () => {
  const wrong = {
    ...deployed,
    SWEEP_TABLE: '',
    EXPIRY_WARNING_DAYS: '30,,7',
    CA_EXPIRY_WARNING_DAYS: '0',
    UNSEEN_DAYS: '-1',
    CALLS_PER_SECOND: '0',
  };
  const names = [
    'SWEEP_TABLE',
    'EXPIRY_WARNING_DAYS',
    'CA_EXPIRY_WARNING_DAYS',
    'UNSEEN_DAYS',
    'CALLS_PER_SECOND',
  ];
  for (const name of names) {
    expect(() => readSweepCertificatesEnvironment(wrong)).toThrow(new RegExp(`\\b${name}\\b`));
  }
});

test(`Calls come one by one and never faster than the pace, and no pause is saved up (seed ${SEED}).`, async () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 2, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(pauses, fc.integer({ min: 1, max: 20 }), async (pausesMs, callsPerSecond) => {
      let nowMs = 0;
      const pace = createPace(callsPerSecond, {
        now: () => nowMs,
        sleep: async (ms) => void (nowMs += ms),
      });
      const calls: number[] = [];
      for (const pauseMs of pausesMs) {
        nowMs += pauseMs;
        await pace();
        calls.push(nowMs);
      }
      for (const [at, callMs] of calls.entries()) {
        const before = calls[at - 1];
        if (before === undefined) continue;
        expect(callMs - before).toBeGreaterThanOrEqual(Math.floor(1_000 / callsPerSecond));
        // Whoever has paused for long enough is not kept waiting.
        if ((pausesMs[at] ?? 0) >= 1_000 / callsPerSecond + 1) expect(callMs - before).toBe(pausesMs[at]);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test('Calls that are made at once are spaced out too.', async () => {
  const slept: number[] = [];
  const pace = createPace(5, { now: () => 0, sleep: async (ms) => void slept.push(ms) });
  await Promise.all([pace(), pace(), pace()]);
  expect(slept).toEqual([200, 400]);
});

test('What fails for a reason of its own is skipped, counted and logged; more than twenty are an error at the end.', async () => {
  const lines: unknown[] = [];
  const metrics: string[] = [];
  const { tolerate, requireFewSkipped } = createTolerate({
    count: (name) => metrics.push(name),
    log: (line) => lines.push(line),
  });
  const broken = () => Promise.reject(new TypeError('a bug'));
  expect(await tolerate('certificate a', async () => 7)).toBe(7);
  for (let time = 0; time < 20; time += 1) expect(await tolerate('certificate b', broken)).toBeUndefined();
  expect(lines[0]).toEqual({
    message: 'skipped',
    subject: 'certificate b',
    error: 'TypeError',
    detail: 'a bug',
  });
  expect(requireFewSkipped).not.toThrow();
  expect(await tolerate('certificate c', broken)).toBeUndefined();
  expect(await tolerate('certificate d', async () => 7)).toBe(7);
  expect([metrics.length, lines.length]).toEqual([21, 20]);
  expect(requireFewSkipped).toThrow(
    expect.objectContaining({ name: 'SweepError', code: 'TOO_MANY_SKIPPED', data: { skipped: 21 } }),
  );
});

test.each([
  [new ThrottlingException({ message: 'Rate exceeded', $metadata: {} })],
  [new RevocationUnavailableError('CRL_STALE', 'over')],
])('What may pass is no reason to skip: %s.', async (error) => {
  const { tolerate } = createTolerate({ count: () => {}, log: () => {} });
  const failing = async (): Promise<never> => {
    throw error;
  };
  await expect(tolerate('certificate a', failing)).rejects.toBe(error);
});

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
afterAll(() => dynamodb.stop());

test('What is remembered of a certificate comes back, each part written without the others.', async () => {
  const memory = createMemory(dynamodb.client, await dynamodb.createTable('subject'));
  const [one = '', two = '', three = ''] = ['1', '2', '3'].map((digit) => digit.repeat(64));
  const facts = { serialNumber: '0a', notAfterMs: 5, commonName: 'lamp', crlAddresses: ['http://a'] };
  const withdrawal = { kind: 'revoked', revokedAtMs: 1, reasonCode: 1, isDone: false } as const;
  await memory.rememberFacts(one, facts);
  await memory.setWithdrawal(one, withdrawal);
  await memory.setWarned(one, 30);
  await memory.setWithdrawal(two, { ...withdrawal, isDone: true });
  await memory.rememberFacts(two, { serialNumber: '0b', notAfterMs: 6 });
  await memory.setWithdrawal(two, undefined);
  expect(await memory.certificates([one, two, three])).toEqual(
    new Map([
      [one, { facts, withdrawal, warnedDays: 30 }],
      [two, { facts: { serialNumber: '0b', notAfterMs: 6 } }],
    ]),
  );
  expect(await memory.certificates([])).toEqual(new Map());
});

test('What was not written like this is not remembered.', async () => {
  const TableName = await dynamodb.createTable('subject');
  const memory = createMemory(dynamodb.client, TableName);
  const certificateId = 'a'.repeat(64);
  for (const Item of [
    { subject: `certificate/${certificateId}`, serialNumber: 'not hex', notAfterMs: 5 },
    { subject: 'ca/x', warnedDays: 'many' },
    { subject: 'list/x', code: 7 },
  ]) {
    await dynamodb.client.send(new PutCommand({ TableName, Item }));
  }
  expect(await memory.certificates([certificateId])).toEqual(new Map());
  expect([await memory.caWarnedDays('x'), await memory.trouble('x')]).toEqual([undefined, undefined]);
});

test('A list is known by its CA and by where it is, however long that is.', () => {
  const long = `http://${'a'.repeat(5_000)}`;
  expect(listKey('ca', [long])).toHaveLength(64);
  expect(
    new Set([listKey('ca', ['a']), listKey('cb', ['a']), listKey('ca', ['b']), listKey('ca', ['a', 'b'])])
      .size,
  ).toBe(4);
});

test('Each report has a subject that SNS takes: one line of at most 100 characters.', () => {
  const certificate = { certificateId: 'a'.repeat(64), caCertificateId: 'b'.repeat(64), thingNames: [] };
  const ca = { caCertificateId: 'b'.repeat(64) };
  const reports: Report[] = [
    { reason: 'REVOKED_BY_CA', certificates: [{ ...certificate, revokedAt: '', reasonCode: 1 }] },
    { reason: 'ON_HOLD_BY_CA', certificates: [] },
    { reason: 'HOLD_ENDED', certificates: [certificate, certificate] },
    { reason: 'CERTIFICATES_EXPIRING', days: 30, certificates: [] },
    { reason: 'CERTIFICATES_EXPIRED', days: 0, certificates: [] },
    { reason: 'CA_EXPIRING', days: 90, notAfter: '', ...ca },
    { reason: 'CA_EXPIRED', days: 0, notAfter: '', ...ca },
    { reason: 'REVOCATION_LIST_UNAVAILABLE', code: 'CRL_UNREACHABLE', detail: '', addresses: [], ...ca },
    { reason: 'REVOCATION_LIST_BACK', unavailableSince: '', addresses: [], ...ca },
    { reason: 'DEVICES_UNSEEN', days: 30, devices: [{ thingName: 'a', unseenSince: '' }] },
    { reason: 'DEVICES_BACK', devices: [] },
  ];
  const subjects = reports.map(subjectOf);
  expect(subjects).toEqual(
    expect.arrayContaining([
      '1 certificate revoked by the CA',
      '2 certificates not on hold any more',
      '1 device not seen for 30 days',
    ]),
  );
  expect(new Set(subjects).size).toBe(reports.length);
  for (const subject of subjects) expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

test('A time that is none stays a number.', () => {
  expect([timeText(0), timeText(1e300)]).toEqual(['1970-01-01T00:00:00.000Z', '1e+300']);
});
