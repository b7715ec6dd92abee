import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRegistrationEvent } from '../../../functions/activate-certificate/event.ts';
import { RejectedInputError } from '../../../shared/rejections.ts';

const ACCOUNT_ID = '000000000000';
const certificateId = 'a'.repeat(64);
const caCertificateId = 'b'.repeat(64);
const event = {
  certificateId,
  caCertificateId,
  timestamp: 1_795_262_400_000,
  certificateStatus: 'PENDING_ACTIVATION',
  awsAccountId: ACCOUNT_ID,
  certificateRegistrationTimestamp: null,
};

test("AWS IoT's first event, and a repeated one, are read.", () => {
  const expected = { certificateId, caCertificateId, connectedAtMs: 1_795_262_400_000 };
  expect(parseRegistrationEvent(event, ACCOUNT_ID)).toEqual(expected);
  const repeated = { ...event, certificateRegistrationTimestamp: '1795262400000', further: 'field' };
  expect(parseRegistrationEvent(repeated, ACCOUNT_ID)).toEqual(expected);
});

test('What the rule hands on of a device that has connected is read.', () => {
  const { caCertificateId: _ca, ...others } = event;
  expect(parseRegistrationEvent({ ...others, clientId: 'lamp 1' }, ACCOUNT_ID)).toEqual({
    certificateId,
    clientId: 'lamp 1',
    connectedAtMs: 1_795_262_400_000,
  });
});

test.each<[string, unknown, string]>([
  ['neither of a CA nor of a client', { ...event, caCertificateId: undefined }, 'caCertificateId'],
  ['a client id that is too long', { ...event, clientId: 'a'.repeat(129) }, 'clientId'],
  ['a client id that is none', { ...event, clientId: '' }, 'clientId'],
  ['nothing', null, ''],
  ['a text', 'x', ''],
  ['an id in capitals', { ...event, certificateId: 'A'.repeat(64) }, 'certificateId'],
  ['an id that is too long', { ...event, certificateId: 'a'.repeat(65) }, 'certificateId'],
  ['an id with a way out', { ...event, caCertificateId: `${'a'.repeat(61)}/..` }, 'caCertificateId'],
  ['no account', { ...event, awsAccountId: undefined }, 'awsAccountId'],
  ['a time before time', { ...event, timestamp: -1 }, 'timestamp'],
])('What is %s is refused, with the field.', (_what, message, field) => {
  expect(() => parseRegistrationEvent(message, ACCOUNT_ID)).toThrow(
    expect.objectContaining({ code: 'EVENT_UNUSABLE', data: { field } }),
  );
});

const sample = (name: string): unknown =>
  JSON.parse(
    readFileSync(path.join(import.meta.dirname, `../../../events/activate-certificate.${name}.json`), 'utf8'),
  );

test('The sample events are two that are read, and one of another account.', () => {
  expect(parseRegistrationEvent(sample('connected'), ACCOUNT_ID)).toMatchObject({ clientId: 'lamp-1' });
  expect(parseRegistrationEvent(sample('first-connect'), ACCOUNT_ID)).toMatchObject({
    connectedAtMs: 1_795_262_400_000,
  });
  expect(() => parseRegistrationEvent(sample('foreign-account'), ACCOUNT_ID)).toThrow(
    expect.objectContaining({ code: 'FOREIGN_ACCOUNT' }),
  );
});

test('Anything is read with ids that are ids, or is refused as input that can never work.', () => {
  const field = fc.oneof(fc.constantFrom(certificateId, ACCOUNT_ID, 1, null), fc.anything());
  const message = fc.oneof(
    fc.anything(),
    fc.record({ certificateId: field, caCertificateId: field, awsAccountId: field, timestamp: field }),
  );
  fc.assert(
    fc.property(message, (given) => {
      try {
        const read = parseRegistrationEvent(given, ACCOUNT_ID);
        expect(read.certificateId).toMatch(/^[0-9a-f]{64}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedInputError);
      }
    }),
    { numRuns: 1_000 },
  );
});
