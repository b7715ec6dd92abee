import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  holdCertificate,
  listHeldCertificates,
  markNotified,
  noteFailedStep,
  readHeldCertificate,
  releaseCertificate,
  type HeldTable,
} from '../../../shared/device-registry/held-certificates.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let table: HeldTable;
const certificateId = 'a'.repeat(64);

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  table = { client: dynamodb.client, tableName: await dynamodb.createTable('certificateId') };
});
afterAll(() => dynamodb.stop());

test('A held certificate keeps when it was first held; its latest reason stands.', async () => {
  const unknown = {
    certificateId,
    reason: 'UNKNOWN_DEVICE',
    detail: 'not listed',
    action: 'hold',
    commonName: 'lamp-1',
  };
  await holdCertificate(table, unknown, 1);
  await markNotified(table, certificateId, 'UNKNOWN_DEVICE');
  await holdCertificate(table, unknown, 2);
  const expired = { certificateId, reason: 'EXPIRED', detail: 'over', action: 'hold' };
  const held = {
    ...expired,
    commonName: 'lamp-1',
    firstHeldAtMs: 1,
    lastHeldAtMs: 3,
    notifiedReason: 'UNKNOWN_DEVICE',
  };
  expect(await holdCertificate(table, expired, 3)).toEqual(held);
  expect(await readHeldCertificate(table, certificateId)).toEqual(held);
});

test('A certificate that was released is not held, and nobody notes anything of it.', async () => {
  await holdCertificate(table, { certificateId, reason: 'X', detail: '', action: 'hold' }, 1);
  await releaseCertificate(table, certificateId);
  await releaseCertificate(table, certificateId);
  await markNotified(table, certificateId, 'X');
  expect(await readHeldCertificate(table, certificateId)).toBeUndefined();
});

test('All held certificates are listed, page by page.', async () => {
  const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  for (const id of ids)
    await holdCertificate(table, { certificateId: id, reason: 'X', detail: '', action: 'hold' }, 1);
  const first = await listHeldCertificates(table, { limit: 2 });
  const second = await listHeldCertificates(table, { limit: 2, after: first.next ?? '' });
  const found = [...first.certificates, ...second.certificates].map((held) => held.certificateId);
  expect(found.toSorted()).toEqual(ids);
  expect(second.next).toBeUndefined();
});

test('An item that is no held certificate is refused.', async () => {
  await dynamodb.client.send(new PutCommand({ TableName: table.tableName, Item: { certificateId } }));
  await expect(readHeldCertificate(table, certificateId)).rejects.toMatchObject({
    name: 'HeldItemError',
    code: 'HELD_CERTIFICATE_UNREADABLE',
  });
});

test('A step that could not be done is noted, and hides no decision that is still to be told or undone.', async () => {
  const step = 'check its revocation';
  const failed = { certificateId: 'failing', reason: 'CRL_STALE', detail: 'the list is over', step };
  const noted = async () => {
    const { reason, action, step: at } = (await readHeldCertificate(table, 'failing')) ?? {};
    return [reason, action, at];
  };
  await noteFailedStep(table, failed, 1);
  expect(await noted()).toEqual(['CRL_STALE', 'retry', step]);
  const hold = { ...failed, reason: 'UNKNOWN_DEVICE', step: 'check the allow-list' };
  await holdCertificate(table, { ...hold, action: 'hold' }, 2);
  await noteFailedStep(table, failed, 3);
  expect(await noted()).toEqual(['UNKNOWN_DEVICE', 'hold', 'check the allow-list']);
  await markNotified(table, 'failing', 'UNKNOWN_DEVICE');
  await noteFailedStep(table, failed, 4);
  expect(await noted()).toEqual(['CRL_STALE', 'retry', step]);
  // By whom there is no step: what an earlier one has noted goes.
  const { step: _step, ...withoutStep } = hold;
  await holdCertificate(table, { ...withoutStep, action: 'revoke' }, 5);
  expect(await noted()).toEqual(['UNKNOWN_DEVICE', 'revoke', undefined]);
  await markNotified(table, 'failing', 'UNKNOWN_DEVICE');
  await noteFailedStep(table, failed, 6);
  expect(await noted()).toEqual(['UNKNOWN_DEVICE', 'revoke', undefined]);
});
