import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  findInAllowList,
  joinEntries,
  type AllowListEntry,
} from '../../../shared/device-registry/allow-list.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let tableName: string;
const certificateId = 'a'.repeat(64);

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  tableName = await dynamodb.createTable('listing');
});
afterAll(() => dynamodb.stop());

const put = (listing: string, entry: object) =>
  dynamodb.client.send(new PutCommand({ TableName: tableName, Item: { listing, ...entry } }));
const find = (commonName: string | undefined = 'lamp-1') =>
  findInAllowList({ client: dynamodb.client, tableName }, certificateId, commonName);

test('A device that is in no entry is not listed.', async () => {
  await put('name/lamp-2', { decision: 'allow' });
  await put('name/LAMP-1', { decision: 'allow' });
  expect(await find()).toBeUndefined();
});

test('A device is found by its name and by its certificate, which stands over the name.', async () => {
  await put('name/lamp-1', { decision: 'allow', thingTypeName: 'lamp', thingGroupName: 'hall' });
  expect(await find()).toEqual({ decision: 'allow', thingTypeName: 'lamp', thingGroupName: 'hall' });
  await put(`certificate/${certificateId}`, { decision: 'allow', thingGroupName: 'attic' });
  expect(await find()).toEqual({ decision: 'allow', thingTypeName: 'lamp', thingGroupName: 'attic' });
});

test('A certificate without a name is looked up by itself.', async () => {
  await put(`certificate/${certificateId}`, { decision: 'allow' });
  expect(await findInAllowList({ client: dynamodb.client, tableName }, certificateId, undefined)).toEqual({
    decision: 'allow',
  });
});

test.each<[string, AllowListEntry[], AllowListEntry | undefined]>([
  ['nothing', [], undefined],
  ['an allowance', [{ decision: 'allow' }], { decision: 'allow' }],
  [
    'a denial of the first',
    [{ decision: 'deny', reason: 'x' }, { decision: 'allow' }],
    { decision: 'deny', reason: 'x' },
  ],
  ['a denial of the second', [{ decision: 'allow' }, { decision: 'deny' }], { decision: 'deny' }],
])('Entries together say %s.', (_what, entries, expected) => {
  expect(joinEntries(entries)).toEqual(expected);
});

test.each([
  ['without a decision', {}],
  ['with another decision', { decision: 'maybe' }],
  ['with a group that cannot be', { decision: 'allow', thingGroupName: 'a b' }],
  ['with a certificate that cannot be', { decision: 'allow', replacesCertificateId: 'x' }],
])('An entry %s is refused by name.', async (_what, entry) => {
  await put('name/lamp-1', entry);
  await expect(find()).rejects.toMatchObject({
    code: 'ALLOW_LIST_ENTRY_UNREADABLE',
    data: { listing: 'name/lamp-1' },
  });
});
