import {
  CreateThingCommand,
  CreateThingTypeCommand,
  DeleteThingCommand,
  DescribeThingCommand,
  ListThingTypesCommand,
  ListThingsCommand,
  UpdateThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { arn, startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const create = (thingName: string, attributes: Record<string, string> = {}) =>
  client.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }));
const describe = (thingName: string) => client.send(new DescribeThingCommand({ thingName }));

test('A thing is created, described, and deleted.', async () => {
  const created = await create('lamp', { room: 'hall' });
  expect(created).toMatchObject({
    thingName: 'lamp',
    thingArn: arn('thing/lamp'),
    thingId: expect.stringMatching(/^[\da-f-]{36}$/),
  });
  expect(await describe('lamp')).toMatchObject({
    defaultClientId: 'lamp',
    thingName: 'lamp',
    thingId: created.thingId,
    thingArn: arn('thing/lamp'),
    attributes: { room: 'hall' },
    version: 1,
  });
  await client.send(new DeleteThingCommand({ thingName: 'lamp' }));
  await expect(describe('lamp')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  // What is gone may be deleted again, as on AWS.
  await client.send(new DeleteThingCommand({ thingName: 'lamp' }));
});

test('The same creation again is answered with the thing that is there, another one is a conflict.', async () => {
  const { thingId } = await create('lamp', { a: '1', b: '2' });
  expect(await create('lamp', { b: '2', a: '1' })).toMatchObject({ thingId });
  await expect(create('lamp', { a: '1' })).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceId: thingId,
    resourceArn: arn('thing/lamp'),
    $metadata: { httpStatusCode: 409 },
  });
  await expect(create('lamp')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
});

test.each([
  ['replaces all', false, { b: '3' }, { b: '3' }],
  ['merges', true, { b: '3', c: '4' }, { a: '1', b: '3', c: '4' }],
  ['removes by an empty value', true, { a: '' }, { b: '2' }],
  ['removes all', false, {}, {}],
])('A change of attributes %s.', async (_what, merge, attributes, expected) => {
  await create('lamp', { a: '1', b: '2' });
  await client.send(new UpdateThingCommand({ thingName: 'lamp', attributePayload: { attributes, merge } }));
  expect(await describe('lamp')).toMatchObject({ version: 2 });
  expect((await describe('lamp')).attributes).toEqual(expected);
});

test('A change or a deletion of another version than the expected one does nothing.', async () => {
  await create('lamp');
  const conflict = { name: 'VersionConflictException', $metadata: { httpStatusCode: 409 } };
  const update = new UpdateThingCommand({ thingName: 'lamp', expectedVersion: 2, removeThingType: false });
  await expect(client.send(update)).rejects.toMatchObject(conflict);
  const remove = new DeleteThingCommand({ thingName: 'lamp', expectedVersion: 2 });
  await expect(client.send(remove)).rejects.toMatchObject(conflict);
  await client.send(new UpdateThingCommand({ thingName: 'lamp', expectedVersion: 1 }));
  await client.send(new DeleteThingCommand({ thingName: 'lamp', expectedVersion: 2 }));
});

test.each([
  ['four attributes without a type', { a: '1', b: '2', c: '3', d: '4' }, 'limit of 3'],
  ['a name with a space', { 'a b': '1' }, 'Attribute name "a b"'],
  ['a value with a space', { a: 'b c' }, 'value of the attribute a'],
  ['a value that is too long', { a: 'x'.repeat(801) }, 'at most 800'],
])('A thing with %s is refused.', async (_what, attributes, message) => {
  await expect(create('lamp', attributes)).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining(message),
  });
  await expect(describe('lamp')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('A thing with a type has fifty attributes, which keep it from losing the type.', async () => {
  await client.send(new CreateThingTypeCommand({ thingTypeName: 'light' }));
  const attributes = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}`, 'x']));
  const thing = { thingName: 'lamp', thingTypeName: 'light', attributePayload: { attributes } };
  await client.send(new CreateThingCommand(thing));
  const untype = new UpdateThingCommand({ thingName: 'lamp', removeThingType: true });
  await expect(client.send(untype)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  const oneMore = { attributes: { more: 'x' }, merge: true };
  await expect(
    client.send(new UpdateThingCommand({ thingName: 'lamp', attributePayload: oneMore })),
  ).rejects.toMatchObject({ message: expect.stringContaining('limit of 50') });
});

test('Things are listed by name, by type and by attribute, page by page.', async () => {
  await client.send(new CreateThingTypeCommand({ thingTypeName: 'light' }));
  for (const [thingName, room] of [
    ['c', 'hall'],
    ['a', 'Hall'],
    ['b', 'hallway'],
    ['d', 'hall'],
  ] as const) {
    const typed = thingName < 'c' ? { thingTypeName: 'light' } : {};
    await client.send(
      new CreateThingCommand({ thingName, attributePayload: { attributes: { room } }, ...typed }),
    );
  }
  const list = async (input: ConstructorParameters<typeof ListThingsCommand>[0]) => {
    const names: (string | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListThingsCommand({ ...input, nextToken }));
      names.push((page.things ?? []).map(({ thingName }) => thingName));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    return names;
  };
  expect(await list({})).toEqual([['a', 'b', 'c', 'd']]);
  expect(await list({ maxResults: 3 })).toEqual([['a', 'b', 'c'], ['d']]);
  expect(await list({ maxResults: 2 })).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(await list({ thingTypeName: 'light', maxResults: 1 })).toEqual([['a'], ['b']]);
  expect(await list({ attributeName: 'room', attributeValue: 'hall', maxResults: 1 })).toEqual([
    ['c'],
    ['d'],
  ]);
  expect(
    await list({ attributeName: 'room', attributeValue: 'hall', usePrefixAttributeValue: true }),
  ).toEqual([['c', 'b', 'd']]);
  expect(await list({ attributeName: 'room' })).toEqual([['c', 'a', 'b', 'd']]);
  expect(await list({ attributeName: 'room', thingTypeName: 'light' })).toEqual([['a', 'b']]);
  expect(await list({ attributeName: 'floor' })).toEqual([[]]);
  await expect(list({ attributeValue: 'hall' })).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('A token of another listing, or none of any, is refused.', async () => {
  await create('a');
  await create('b');
  const { nextToken } = await client.send(new ListThingsCommand({ maxResults: 1 }));
  for (const wrong of [
    client.send(new ListThingsCommand({ nextToken, attributeName: 'room' })),
    client.send(new ListThingsCommand({ nextToken: 'AAAA' })),
    client.send(new ListThingTypesCommand({ nextToken })),
  ]) {
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidRequestException' });
  }
});

test('A thing of a type that is not there is refused.', async () => {
  const thing = new CreateThingCommand({ thingName: 'lamp', thingTypeName: 'light' });
  await expect(client.send(thing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
