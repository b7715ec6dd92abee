import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  CreateDynamicThingGroupCommand,
  type CreateDynamicThingGroupCommandInput,
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteDynamicThingGroupCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeThingGroupCommand,
  ListThingGroupsCommand,
  ListThingGroupsForThingCommand,
  type ListThingGroupsForThingCommandOutput,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  UpdateDynamicThingGroupCommand,
  type UpdateDynamicThingGroupCommandInput,
  UpdateIndexingConfigurationCommand,
  UpdateThingCommand,
  UpdateThingGroupCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allow } from '../registry/security-support.ts';
import { arn, openRegistry, startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane({ limits: { dynamicGroups: 2 } });
  ({ client } = plane);
  await index('REGISTRY_AND_SHADOW');
});
afterEach(async () => {
  await plane.close();
});

const index = (thingIndexingMode: 'OFF' | 'REGISTRY' | 'REGISTRY_AND_SHADOW') =>
  client.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { thingIndexingMode } }));
const create = (
  thingGroupName: string,
  queryString = 'attributes.colour:red',
  more: Partial<CreateDynamicThingGroupCommandInput> = {},
) => client.send(new CreateDynamicThingGroupCommand({ thingGroupName, queryString, ...more }));
const update = (input: Partial<UpdateDynamicThingGroupCommandInput>) =>
  client.send(
    new UpdateDynamicThingGroupCommand({ thingGroupName: 'red', thingGroupProperties: {}, ...input }),
  );
const createThing = (thingName: string, colour: string) =>
  client.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { colour } } }));
const thingsIn = async (thingGroupName: string) =>
  (await client.send(new ListThingsInThingGroupCommand({ thingGroupName }))).things;
const groupsOf = async (thingName: string) => {
  const { thingGroups = [] } = await client.send(new ListThingGroupsForThingCommand({ thingName }));
  return thingGroups.map(({ groupName }) => groupName);
};

test('A dynamic group is described with its query, and made twice only as itself.', async () => {
  const query = { indexName: 'AWS_Things', queryString: 'attributes.colour:red', queryVersion: '2017-09-30' };
  const properties = { thingGroupDescription: 'all that is red' };
  const created = await create('red', query.queryString, { thingGroupProperties: properties });
  expect(created).toMatchObject({ thingGroupName: 'red', thingGroupArn: arn('thinggroup/red'), ...query });
  expect(await client.send(new DescribeThingGroupCommand({ thingGroupName: 'red' }))).toMatchObject({
    ...query,
    thingGroupId: created.thingGroupId,
    status: 'ACTIVE',
    version: 1,
    thingGroupProperties: properties,
  });
  expect(await create('red', query.queryString, { thingGroupProperties: properties })).toMatchObject({
    thingGroupId: created.thingGroupId,
  });
  const exists = { name: 'ResourceAlreadyExistsException', resourceId: created.thingGroupId };
  await expect(create('red', 'attributes.colour:blue')).rejects.toMatchObject(exists);
  await expect(
    client.send(new CreateThingGroupCommand({ thingGroupName: 'red', thingGroupProperties: properties })),
  ).rejects.toMatchObject(exists);
  const { thingGroups } = await client.send(new ListThingGroupsCommand({}));
  expect(thingGroups).toEqual([{ groupName: 'red', groupArn: arn('thinggroup/red') }]);
});

test('Its members are the things that match its query at the moment, whatever they were before.', async () => {
  await createThing('lamp', 'red');
  await create('red');
  await createThing('door', 'red');
  await createThing('wall', 'white');
  expect(await thingsIn('red')).toEqual(['lamp', 'door']);
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'hall' }));
  await client.send(new AddThingToThingGroupCommand({ thingName: 'lamp', thingGroupName: 'hall' }));
  expect(await groupsOf('lamp')).toEqual(['hall', 'red']);
  expect(await groupsOf('wall')).toEqual([]);

  const attributePayload = { attributes: { colour: 'white' } };
  await client.send(new UpdateThingCommand({ thingName: 'lamp', attributePayload }));
  expect(await groupsOf('lamp')).toEqual(['hall']);
  expect(await thingsIn('red')).toEqual(['door']);
  await client.send(new DeleteThingCommand({ thingName: 'door' }));
  expect(await thingsIn('red')).toEqual([]);
});

test('Members and groups come page by page.', async () => {
  for (const name of ['a', 'b', 'c']) await createThing(name, 'red');
  await create('red');
  await create('any', '*');
  const things: string[] = [];
  const groups: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListThingsInThingGroupCommand({ thingGroupName: 'red', maxResults: 2, nextToken }),
    );
    things.push(...(page.things ?? []));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  do {
    const page: ListThingGroupsForThingCommandOutput = await client.send(
      new ListThingGroupsForThingCommand({ thingName: 'a', maxResults: 1, nextToken }),
    );
    groups.push(...(page.thingGroups ?? []).map(({ groupName }) => groupName));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  expect(things).toEqual(['a', 'b', 'c']);
  expect(groups).toEqual(['any', 'red']);
});

test('A change of the query changes the members, and what is not given stays.', async () => {
  await createThing('lamp', 'red');
  await createThing('wall', 'white');
  await create('red');
  expect(await update({ queryString: 'attributes.colour:white', expectedVersion: 1 })).toMatchObject({
    version: 2,
  });
  expect(await thingsIn('red')).toEqual(['wall']);
  await expect(update({ queryString: '*', expectedVersion: 1 })).rejects.toMatchObject({
    name: 'VersionConflictException',
  });
  await update({ thingGroupProperties: { thingGroupDescription: 'white' } });
  expect(await thingsIn('red')).toEqual(['wall']);
  await expect(update({ queryString: 'nothing.such:1' })).rejects.toMatchObject({
    name: 'InvalidQueryException',
  });
});

test.each([
  ['a query that ends too soon', { queryString: 'thingName:(a' }, 'InvalidQueryException'],
  ['a field that is not there', { queryString: 'colour:red' }, 'InvalidQueryException'],
  ['a field that is not indexed', { queryString: 'connectivity.connected:true' }, 'InvalidQueryException'],
  ['the index of groups', { indexName: 'AWS_ThingGroups' }, 'InvalidRequestException'],
  ['another version', { queryVersion: '2099-01-01' }, 'InvalidRequestException'],
])('A dynamic group with %s is refused.', async (_what, input, name) => {
  await expect(create('red', undefined, input)).rejects.toMatchObject({ name });
  await expect(thingsIn('red')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('Without the index no dynamic group is made, and those that are there are empty.', async () => {
  await createThing('lamp', 'red');
  await create('red');
  await index('OFF');
  await expect(create('any', '*')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('UpdateIndexingConfiguration'),
  });
  expect(await thingsIn('red')).toEqual([]);
  expect(await groupsOf('lamp')).toEqual([]);
  await index('REGISTRY');
  expect(await thingsIn('red')).toEqual(['lamp']);
});

test('There are as many dynamic groups as may be, and one that is there may be made again.', async () => {
  await create('red');
  await create('any', '*');
  await expect(create('third')).rejects.toMatchObject({ name: 'LimitExceededException' });
  await create('red');
});

test('What only static groups take is refused of a dynamic one, and the other way round.', async () => {
  await createThing('lamp', 'red');
  await create('red');
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'hall' }));
  await client.send(new CreatePolicyCommand({ policyName: 'all', policyDocument: allow('iot:Connect') }));
  const member = { thingName: 'lamp', thingGroupName: 'red' };
  const refused = { name: 'InvalidRequestException', message: expect.stringContaining('dynamic') };
  await expect(client.send(new AddThingToThingGroupCommand(member))).rejects.toMatchObject(refused);
  await expect(client.send(new RemoveThingFromThingGroupCommand(member))).rejects.toMatchObject(refused);
  await expect(
    client.send(new CreateThingGroupCommand({ thingGroupName: 'child', parentGroupName: 'red' })),
  ).rejects.toMatchObject(refused);
  await expect(
    client.send(new UpdateThingGroupCommand({ thingGroupName: 'red', thingGroupProperties: {} })),
  ).rejects.toMatchObject(refused);
  await expect(client.send(new DeleteThingGroupCommand({ thingGroupName: 'red' }))).rejects.toMatchObject(
    refused,
  );
  await expect(
    client.send(new AttachPolicyCommand({ policyName: 'all', target: arn('thinggroup/red') })),
  ).rejects.toMatchObject(refused);
  await expect(update({ thingGroupName: 'hall' })).rejects.toMatchObject(refused);
  await expect(
    client.send(new DeleteDynamicThingGroupCommand({ thingGroupName: 'hall' })),
  ).rejects.toMatchObject(refused);
});

test('A dynamic group is deleted by its version, and a static one may have its name then.', async () => {
  await create('red');
  const remove = (expectedVersion?: number) =>
    client.send(new DeleteDynamicThingGroupCommand({ thingGroupName: 'red', expectedVersion }));
  await expect(remove(7)).rejects.toMatchObject({ name: 'VersionConflictException' });
  await remove(1);
  await remove();
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'red' }));
  const description = await client.send(new DescribeThingGroupCommand({ thingGroupName: 'red' }));
  expect(description.queryString).toBeUndefined();
  expect(description.status).toBeUndefined();
});

test('However things change, those in a group are those that a search with its query finds.', () => {
  const { registry } = openRegistry();
  registry.index.configurations.update({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
  const queryString = 'attributes.colour:red AND NOT attributes.size:large';
  const group = registry.dynamicGroups.create({ thingGroupName: 'g', tags: [] }, { queryString });
  const names = ['a', 'b', 'c', 'd'];
  const change = fc.record({
    thingName: fc.constantFrom(...names),
    colour: fc.constantFrom('red', 'white'),
    size: fc.constantFrom('small', 'large'),
    isDeleted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      for (const { thingName, isDeleted, ...attributes } of changes) {
        if (isDeleted) registry.things.remove(thingName, undefined);
        else if (registry.things.find(thingName) === undefined) {
          registry.things.create({ thingName, attributePayload: { attributes } });
        } else registry.things.update(thingName, { attributePayload: { attributes } });
      }
      const expected = names.filter((name) => {
        const attributes = registry.things.find(name)?.attributes;
        return attributes?.['colour'] === 'red' && attributes['size'] !== 'large';
      });
      expect([...(registry.dynamicGroups.thingsIn(group, {})?.items ?? [])].sort()).toEqual(expected);
      for (const name of names) {
        const thing = registry.things.find(name);
        if (thing === undefined) continue;
        const groups = registry.dynamicGroups.groupsOf(thing, {}).items.map((one) => one.thingGroupName);
        expect(groups).toEqual(expected.includes(name) ? ['g'] : []);
      }
    }),
    { numRuns: 60 },
  );
  registry.close();
});
