import { DescribeEventConfigurationsCommand, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot';
import { expect, test } from 'vitest';
import { EVENT_TYPES, type EventType } from '../../../../local/iot/registry/events.ts';
import { ACCOUNT, arn, openRegistry, startControlPlane } from '../api/support.ts';

/** A registry that tells everything, and what it told, by topic. */
function openTold(...types: readonly EventType[]) {
  const opened = openRegistry();
  opened.context.events.configure(new Map(types.map((type) => [type, true])));
  const told = () =>
    opened.events.splice(0).map(({ topic, message }) => [topic.slice('$aws/events/'.length), message]);
  return { ...opened, told };
}

test('Nothing is told until it is turned on.', () => {
  const { registry, events, context } = openRegistry();
  registry.things.create({ thingName: 'lamp' });
  expect(events).toEqual([]);
  context.events.configure(new Map([['THING', true]]));
  registry.things.create({ thingName: 'door' });
  context.events.configure(new Map([['THING', false]]));
  registry.things.create({ thingName: 'wall' });
  expect(events.map(({ topic }) => topic)).toEqual(['$aws/events/thing/door/created']);
  registry.close();
});

test('A thing tells that it came, changed and went.', () => {
  const { registry, told, clock } = openTold('THING');
  const attributePayload = { attributes: { room: 'hall' } };
  const { thingId } = registry.things.create({ thingName: 'lamp', attributePayload });
  // The same again changes nothing, and tells nothing.
  registry.things.create({ thingName: 'lamp', attributePayload });
  clock.advance(1000);
  registry.things.update('lamp', { attributePayload: { attributes: {} } });
  registry.things.remove('lamp');
  const body = (operation: string, versionNumber: number, attributes: object) => ({
    eventType: 'THING_EVENT',
    eventId: expect.stringMatching(/^[\da-f]{32}$/),
    timestamp: operation === 'CREATED' ? clock.now() - 1000 : clock.now(),
    operation,
    accountId: ACCOUNT,
    thingId,
    thingName: 'lamp',
    versionNumber,
    thingTypeName: null,
    attributes,
  });
  expect(told()).toEqual([
    ['thing/lamp/created', body('CREATED', 1, { room: 'hall' })],
    ['thing/lamp/updated', body('UPDATED', 2, {})],
    ['thing/lamp/deleted', body('DELETED', 2, {})],
  ]);
  registry.close();
});

test('A thing type tells of itself and of the things that take and leave it.', () => {
  const { registry, told, clock } = openTold('THING_TYPE', 'THING_TYPE_ASSOCIATION');
  const { thingTypeId } = registry.thingTypes.create('light', { searchableAttributes: ['room'] }, []);
  const { thingId } = registry.things.create({ thingName: 'lamp', thingTypeName: 'light' });
  registry.things.update('lamp', { removeThingType: true });
  registry.thingTypes.deprecate('light', false);
  const association = { eventType: 'THING_TYPE_ASSOCIATION_EVENT', thingId, thingTypeName: 'light' };
  expect(told()).toMatchObject([
    [
      'thingType/light/created',
      {
        eventType: 'THING_TYPE_EVENT',
        operation: 'CREATED',
        thingTypeId,
        isDeprecated: false,
        deprecationDate: null,
        searchableAttributes: ['room'],
        propagatingAttributes: [],
        description: null,
      },
    ],
    ['thingTypeAssociation/thing/lamp/thingType/light/added', { ...association, operation: 'ADDED' }],
    ['thingTypeAssociation/thing/lamp/thingType/light/removed', { ...association, operation: 'REMOVED' }],
    ['thingType/light/updated', { isDeprecated: true, deprecationDate: clock.now() }],
  ]);
  registry.close();
});

test('A group tells of itself, of its place in the tree and of its things.', () => {
  const { registry, told } = openTold('THING_GROUP', 'THING_GROUP_HIERARCHY', 'THING_GROUP_MEMBERSHIP');
  const plant = registry.thingGroups.create({ thingGroupName: 'plant', tags: [] });
  const floor = registry.thingGroups.create({ thingGroupName: 'floor', parentGroupName: 'plant', tags: [] });
  const thing = registry.things.create({ thingName: 'lamp' });
  registry.memberships.add(thing, floor);
  registry.memberships.add(thing, floor);
  registry.memberships.remove(thing, floor);
  registry.memberships.remove(thing, floor);
  registry.thingGroups.remove('floor', undefined);
  const membership = {
    eventType: 'THING_GROUP_MEMBERSHIP_EVENT',
    groupArn: arn('thinggroup/floor'),
    groupId: floor.thingGroupId,
    thingArn: arn('thing/lamp'),
    thingId: thing.thingId,
  };
  const hierarchy = {
    eventType: 'THING_GROUP_HIERARCHY_EVENT',
    thingGroupId: plant.thingGroupId,
    thingGroupName: 'plant',
    childGroupId: floor.thingGroupId,
    childGroupName: 'floor',
  };
  expect(told()).toMatchObject([
    ['thingGroup/plant/created', { parentGroupName: null, rootToParentThingGroups: [] }],
    [
      'thingGroup/floor/created',
      {
        eventType: 'THING_GROUP_EVENT',
        parentGroupName: 'plant',
        parentGroupId: plant.thingGroupId,
        rootToParentThingGroups: [{ groupArn: arn('thinggroup/plant'), groupId: plant.thingGroupId }],
        dynamicGroupMappingId: null,
      },
    ],
    ['thingGroupHierarchy/thingGroup/plant/childThingGroup/floor/added', hierarchy],
    ['thingGroupMembership/thingGroup/floor/thing/lamp/added', { ...membership, operation: 'ADDED' }],
    ['thingGroupMembership/thingGroup/floor/thing/lamp/removed', { ...membership, operation: 'REMOVED' }],
    ['thingGroup/floor/deleted', { operation: 'DELETED' }],
    ['thingGroupHierarchy/thingGroup/plant/childThingGroup/floor/removed', hierarchy],
  ]);
  registry.close();
});

test('What is taken back is not told.', () => {
  const { registry, told, context } = openTold('THING', 'THING_GROUP_MEMBERSHIP');
  const thing = registry.things.create({ thingName: 'lamp' });
  const hall = registry.thingGroups.create({ thingGroupName: 'hall', tags: [] });
  told();
  expect(() =>
    context.database.transaction(() => {
      registry.memberships.add(thing, hall);
      registry.things.require('none');
    }),
  ).toThrow('Thing none does not exist');
  expect(told()).toEqual([]);
  context.database.transaction(() => registry.memberships.add(thing, hall));
  expect(told()).toHaveLength(1);
  registry.close();
});

test('Events are configured through the API, and an unknown one is refused.', async () => {
  const plane = await startControlPlane();
  const describe = () => plane.client.send(new DescribeEventConfigurationsCommand({}));
  const { eventConfigurations, creationDate } = await describe();
  expect(eventConfigurations).toEqual(
    Object.fromEntries(EVENT_TYPES.map((type) => [type, { Enabled: false }])),
  );
  expect(creationDate).toBeUndefined();
  const createdAt = new Date(plane.clock.now());
  const update = (configurations: object) =>
    plane.client.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { ...configurations } }));
  await update({ THING: { Enabled: true }, JOB: { Enabled: true } });
  plane.clock.advance(1000);
  await update({ JOB: { Enabled: false } });
  expect(await describe()).toMatchObject({
    eventConfigurations: { THING: { Enabled: true }, JOB: { Enabled: false }, POLICY: { Enabled: false } },
    creationDate: createdAt,
    lastModifiedDate: new Date(plane.clock.now()),
  });
  await expect(update({ WEATHER: { Enabled: true } })).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  await plane.close();
});
