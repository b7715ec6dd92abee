import {
  CreateRoleAliasCommand,
  DeleteRoleAliasCommand,
  DescribeRoleAliasCommand,
  ListRoleAliasesCommand,
  ListTagsForResourceCommand,
  UpdateRoleAliasCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT, arn, startControlPlane, type TestControlPlane } from './support.ts';

const roleArn = `arn:aws:iam::${ACCOUNT}:role/devices`;
let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane({ limits: { roleAliases: 3 } });
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const create = (roleAlias: string, credentialDurationSeconds?: number) =>
  client.send(
    new CreateRoleAliasCommand({
      roleAlias,
      roleArn,
      credentialDurationSeconds,
      tags: [{ Key: 'owner', Value: 'me' }],
    }),
  );
const describe = async (roleAlias: string) =>
  (await client.send(new DescribeRoleAliasCommand({ roleAlias }))).roleAliasDescription;

test('A role alias is created, described, changed and deleted.', async () => {
  const createdAt = new Date(plane.clock.now());
  expect(await create('door')).toMatchObject({ roleAlias: 'door', roleAliasArn: arn('rolealias/door') });
  expect(await describe('door')).toEqual({
    roleAlias: 'door',
    roleAliasArn: arn('rolealias/door'),
    roleArn,
    owner: ACCOUNT,
    credentialDurationSeconds: 3600,
    creationDate: createdAt,
    lastModifiedDate: createdAt,
  });
  const tagged = await client.send(new ListTagsForResourceCommand({ resourceArn: arn('rolealias/door') }));
  expect(tagged.tags).toEqual([{ Key: 'owner', Value: 'me' }]);

  plane.clock.advance(5_000);
  const change = { roleAlias: 'door', credentialDurationSeconds: 900 };
  expect(await client.send(new UpdateRoleAliasCommand(change))).toMatchObject({ roleAlias: 'door' });
  expect(await describe('door')).toMatchObject({
    roleArn,
    credentialDurationSeconds: 900,
    creationDate: createdAt,
    lastModifiedDate: new Date(plane.clock.now()),
  });

  await client.send(new DeleteRoleAliasCommand({ roleAlias: 'door' }));
  const missing = { name: 'ResourceNotFoundException' };
  await expect(describe('door')).rejects.toMatchObject(missing);
  await expect(client.send(new UpdateRoleAliasCommand(change))).rejects.toMatchObject(missing);
  await expect(client.send(new DeleteRoleAliasCommand({ roleAlias: 'door' }))).rejects.toMatchObject(missing);
});

test('A name is taken once, there are as many as may be, and durations have bounds.', async () => {
  await create('a', 43_200);
  await expect(create('a', 43_200)).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceArn: arn('rolealias/a'),
  });
  await expect(create('b', 899)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await expect(create('b', 43_201)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await create('b');
  await create('c');
  await expect(create('d')).rejects.toMatchObject({ name: 'LimitExceededException' });
});

test.each([
  [true, ['a', 'b', 'c']],
  [false, ['c', 'b', 'a']],
])('Names are listed in pages, ascending: %j.', async (ascendingOrder, expected) => {
  for (const name of ['b', 'a', 'c']) await create(name);
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const page = await client.send(new ListRoleAliasesCommand({ ascendingOrder, pageSize: 2, marker }));
    names.push(...(page.roleAliases ?? []));
    marker = page.nextMarker;
  } while (marker !== undefined);
  expect(names).toEqual(expected);
});
