import {
  AddThingToBillingGroupCommand,
  AddThingToThingGroupCommand,
  CreateBillingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteBillingGroupCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeBillingGroupCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  ListBillingGroupsCommand,
  ListThingGroupsCommand,
  type ListThingGroupsCommandInput,
  ListThingGroupsForThingCommand,
  ListThingsInBillingGroupCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromBillingGroupCommand,
  RemoveThingFromThingGroupCommand,
  UpdateBillingGroupCommand,
  UpdateThingGroupCommand,
  UpdateThingGroupsForThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { arn, startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane({ limits: { groupDepth: 4, childGroups: 3, groupsPerThing: 2 } });
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const createGroup = (thingGroupName: string, parentGroupName?: string) =>
  client.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
const createThing = (thingName: string) => client.send(new CreateThingCommand({ thingName }));
const add = (thingName: string, thingGroupName: string) =>
  client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
const thingsIn = async (thingGroupName: string, recursive = false) =>
  (await client.send(new ListThingsInThingGroupCommand({ thingGroupName, recursive }))).things;
const groupsOf = async (thingName: string) => {
  const { thingGroups = [] } = await client.send(new ListThingGroupsForThingCommand({ thingName }));
  return thingGroups.map(({ groupName }) => groupName);
};
const listGroups = async (input: ListThingGroupsCommandInput) => {
  const { thingGroups = [] } = await client.send(new ListThingGroupsCommand(input));
  return thingGroups.map(({ groupName }) => groupName);
};

test('Groups form a tree, which a description shows from the root down.', async () => {
  await createGroup('plant');
  await createGroup('floor', 'plant');
  const { thingGroupId } = await createGroup('room', 'floor');
  const properties = {
    thingGroupDescription: 'a room',
    attributePayload: { attributes: { size: '12' } },
  };
  const update = { thingGroupName: 'room', thingGroupProperties: properties, expectedVersion: 1 };
  expect(await client.send(new UpdateThingGroupCommand(update))).toMatchObject({ version: 2 });
  await expect(client.send(new UpdateThingGroupCommand(update))).rejects.toMatchObject({
    name: 'VersionConflictException',
  });
  expect(await client.send(new DescribeThingGroupCommand({ thingGroupName: 'room' }))).toMatchObject({
    thingGroupName: 'room',
    thingGroupId,
    thingGroupArn: arn('thinggroup/room'),
    version: 2,
    thingGroupProperties: properties,
    thingGroupMetadata: {
      parentGroupName: 'floor',
      rootToParentThingGroups: [
        { groupName: 'plant', groupArn: arn('thinggroup/plant') },
        { groupName: 'floor', groupArn: arn('thinggroup/floor') },
      ],
      creationDate: new Date(plane.clock.now()),
    },
  });
});

test('Groups are listed below a group, directly or at every depth, and by the beginning of their names.', async () => {
  await createGroup('plant');
  await createGroup('floor', 'plant');
  await createGroup('room', 'floor');
  await createGroup('fleet');
  expect(await listGroups({})).toEqual(['fleet', 'floor', 'plant', 'room']);
  expect(await listGroups({ recursive: false })).toEqual(['fleet', 'plant']);
  expect(await listGroups({ parentGroup: 'plant' })).toEqual(['floor', 'room']);
  expect(await listGroups({ parentGroup: 'plant', recursive: false })).toEqual(['floor']);
  expect(await listGroups({ namePrefixFilter: 'fl' })).toEqual(['fleet', 'floor']);
  await expect(listGroups({ parentGroup: 'none' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('The same group may be made again, another one of its name may not.', async () => {
  await createGroup('plant');
  const { thingGroupId } = await createGroup('floor', 'plant');
  expect(await createGroup('floor', 'plant')).toMatchObject({ thingGroupId });
  await expect(createGroup('floor')).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceId: thingGroupId,
    resourceArn: arn('thinggroup/floor'),
  });
});

test('A tree is neither deeper nor broader than its limits.', async () => {
  await createGroup('g1');
  for (const depth of [2, 3, 4]) await createGroup(`g${depth}`, `g${depth - 1}`);
  await expect(createGroup('g5', 'g4')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await createGroup('h2', 'g1');
  await createGroup('h3', 'g1');
  await expect(createGroup('h4', 'g1')).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('A group with groups below it stays, and goes after them with its memberships.', async () => {
  await createGroup('plant');
  await createGroup('floor', 'plant');
  await createThing('lamp');
  await add('lamp', 'plant');
  const remove = (thingGroupName: string, expectedVersion?: number) =>
    client.send(new DeleteThingGroupCommand({ thingGroupName, expectedVersion }));
  await expect(remove('plant')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await expect(remove('floor', 7)).rejects.toMatchObject({ name: 'VersionConflictException' });
  await remove('floor', 1);
  await remove('plant');
  await remove('plant');
  expect(await groupsOf('lamp')).toEqual([]);
});

test('Things join and leave groups, by name or by ARN.', async () => {
  await createGroup('plant');
  await createGroup('floor', 'plant');
  await createThing('lamp');
  await createThing('door');
  await add('lamp', 'floor');
  await add('lamp', 'floor');
  await client.send(
    new AddThingToThingGroupCommand({ thingArn: arn('thing/door'), thingGroupArn: arn('thinggroup/plant') }),
  );
  expect(await thingsIn('plant')).toEqual(['door']);
  expect(await thingsIn('plant', true)).toEqual(['lamp', 'door']);
  expect(await groupsOf('lamp')).toEqual(['floor']);
  await client.send(new RemoveThingFromThingGroupCommand({ thingName: 'lamp', thingGroupName: 'floor' }));
  expect(await thingsIn('floor')).toEqual([]);
  await client.send(new DeleteThingCommand({ thingName: 'door' }));
  expect(await thingsIn('plant', true)).toEqual([]);
});

test.each([
  ['neither name nor ARN', { thingGroupName: 'plant' }, 'Either thingName or thingArn must be provided'],
  ['an ARN of another kind', { thingArn: arn('cert/lamp'), thingGroupName: 'plant' }, 'is not valid'],
  ['a name and the ARN of another', { thingName: 'a', thingArn: arn('thing/b') }, 'do not match'],
])('A membership with %s is refused.', async (_what, input, message) => {
  await createGroup('plant');
  await expect(client.send(new AddThingToThingGroupCommand(input))).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining(message),
  });
});

test('All groups of a thing are changed at once, or none.', async () => {
  for (const name of ['a', 'b', 'c']) await createGroup(name);
  await createThing('lamp');
  await add('lamp', 'a');
  const change = (thingGroupsToAdd: string[], thingGroupsToRemove: string[]) =>
    client.send(
      new UpdateThingGroupsForThingCommand({ thingName: 'lamp', thingGroupsToAdd, thingGroupsToRemove }),
    );
  await change(['b', 'c'], ['a']);
  expect(await groupsOf('lamp')).toEqual(['b', 'c']);
  await expect(change(['none'], ['b'])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  // Three groups are one too many here.
  await expect(change(['a'], [])).rejects.toMatchObject({ name: 'InvalidRequestException' });
  expect(await groupsOf('lamp')).toEqual(['b', 'c']);
});

test('A thing is in one billing group, which a description of it names.', async () => {
  const billingGroupProperties = { billingGroupDescription: 'one bill' };
  const create = (billingGroupName: string) =>
    client.send(new CreateBillingGroupCommand({ billingGroupName, billingGroupProperties }));
  const { billingGroupId } = await create('one');
  expect(await create('one')).toMatchObject({ billingGroupId });
  await expect(client.send(new CreateBillingGroupCommand({ billingGroupName: 'one' }))).rejects.toMatchObject(
    {
      name: 'ResourceAlreadyExistsException',
    },
  );
  await create('two');
  await client.send(new CreateThingCommand({ thingName: 'lamp', billingGroupName: 'one' }));
  await createThing('door');
  await client.send(new AddThingToBillingGroupCommand({ thingName: 'lamp', billingGroupName: 'two' }));
  await client.send(new AddThingToBillingGroupCommand({ thingName: 'door', billingGroupName: 'two' }));
  const things = async (billingGroupName: string) =>
    (await client.send(new ListThingsInBillingGroupCommand({ billingGroupName }))).things;
  expect(await things('one')).toEqual([]);
  expect(await things('two')).toEqual(['door', 'lamp']);
  expect(await client.send(new DescribeThingCommand({ thingName: 'lamp' }))).toMatchObject({
    billingGroupName: 'two',
  });
  await client.send(new RemoveThingFromBillingGroupCommand({ thingName: 'lamp', billingGroupName: 'two' }));
  expect(await things('two')).toEqual(['door']);

  const update = { billingGroupName: 'two', billingGroupProperties: { billingGroupDescription: 'b' } };
  expect(await client.send(new UpdateBillingGroupCommand({ ...update, expectedVersion: 1 }))).toMatchObject({
    version: 2,
  });
  expect(await client.send(new DescribeBillingGroupCommand({ billingGroupName: 'two' }))).toMatchObject({
    billingGroupArn: arn('billinggroup/two'),
    version: 2,
    billingGroupProperties: { billingGroupDescription: 'b' },
    billingGroupMetadata: { creationDate: new Date(plane.clock.now()) },
  });
  const list = await client.send(new ListBillingGroupsCommand({ namePrefixFilter: 'o' }));
  expect(list.billingGroups).toEqual([{ groupName: 'one', groupArn: arn('billinggroup/one') }]);
  await client.send(new DeleteBillingGroupCommand({ billingGroupName: 'two', expectedVersion: 2 }));
  expect(
    (await client.send(new DescribeThingCommand({ thingName: 'door' }))).billingGroupName,
  ).toBeUndefined();
  await expect(things('two')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
