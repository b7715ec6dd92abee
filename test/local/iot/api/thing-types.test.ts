import {
  CreateThingCommand,
  CreateThingTypeCommand,
  DeleteThingCommand,
  DeleteThingTypeCommand,
  DeprecateThingTypeCommand,
  DescribeThingTypeCommand,
  ListTagsForResourceCommand,
  ListThingTypesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateThingCommand,
  UpdateThingTypeCommand,
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

test('A thing type is created, changed, deprecated and deleted, and things may have it in between.', async () => {
  const thingTypeProperties = { thingTypeDescription: 'gives light', searchableAttributes: ['room'] };
  const type = { thingTypeName: 'light', thingTypeProperties, tags: [{ Key: 'team', Value: 'a' }] };
  const { thingTypeId } = await client.send(new CreateThingTypeCommand(type));
  expect(await client.send(new CreateThingTypeCommand(type))).toMatchObject({ thingTypeId });
  await expect(client.send(new CreateThingTypeCommand({ thingTypeName: 'light' }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceId: thingTypeId,
  });
  const mqtt5Configuration = { propagatingAttributes: [{ userPropertyKey: 'r', thingAttribute: 'room' }] };
  await client.send(
    new UpdateThingTypeCommand({ thingTypeName: 'light', thingTypeProperties: { mqtt5Configuration } }),
  );
  const immutable = { thingTypeName: 'light', thingTypeProperties: { searchableAttributes: ['size'] } };
  await expect(client.send(new UpdateThingTypeCommand(immutable))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  const describeType = () => client.send(new DescribeThingTypeCommand({ thingTypeName: 'light' }));
  expect(await describeType()).toMatchObject({
    thingTypeArn: arn('thingtype/light'),
    thingTypeProperties: { ...thingTypeProperties, mqtt5Configuration },
    thingTypeMetadata: { deprecated: false, creationDate: new Date(plane.clock.now()) },
  });

  await client.send(new CreateThingCommand({ thingName: 'lamp', thingTypeName: 'light' }));
  const remove = () => client.send(new DeleteThingTypeCommand({ thingTypeName: 'light' }));
  const deprecate = (undoDeprecate: boolean) =>
    client.send(new DeprecateThingTypeCommand({ thingTypeName: 'light', undoDeprecate }));
  const refused = (message: string) => ({
    name: 'InvalidRequestException',
    message: expect.stringContaining(message),
  });
  await expect(remove()).rejects.toMatchObject(refused('wait for 5 minutes'));
  await deprecate(false);
  await expect(
    client.send(new CreateThingCommand({ thingName: 'other', thingTypeName: 'light' })),
  ).rejects.toMatchObject(refused('deprecated'));
  expect((await describeType()).thingTypeMetadata).toMatchObject({ deprecated: true });
  await deprecate(true);
  await client.send(new CreateThingCommand({ thingName: 'other', thingTypeName: 'light' }));
  await client.send(new DeleteThingCommand({ thingName: 'other' }));
  await deprecate(false);
  plane.clock.advance(5 * 60_000);
  await expect(remove()).rejects.toMatchObject(refused('still things'));
  await client.send(new UpdateThingCommand({ thingName: 'lamp', removeThingType: true }));
  await remove();
  await expect(describeType()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect((await client.send(new ListThingTypesCommand({}))).thingTypes).toEqual([]);
});

test('Tags are set, listed and taken away, and only of what is there.', async () => {
  await client.send(new CreateThingTypeCommand({ thingTypeName: 'light', tags: [{ Key: 'b', Value: '1' }] }));
  const resourceArn = arn('thingtype/light');
  const tags = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  await client.send(
    new TagResourceCommand({
      resourceArn,
      tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    }),
  );
  expect(await tags()).toEqual([
    { Key: 'a', Value: '2' },
    { Key: 'b', Value: '3' },
  ]);
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'none'] }));
  expect(await tags()).toEqual([{ Key: 'b', Value: '3' }]);
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  await expect(client.send(new TagResourceCommand({ resourceArn, tags: many }))).rejects.toMatchObject({
    name: 'LimitExceededException',
    $metadata: { httpStatusCode: 410 },
  });
  expect(await tags()).toHaveLength(1);
  await create('lamp');
  for (const other of [
    arn('thing/lamp'),
    arn('thinggroup/none'),
    arn('policy/none'),
    'arn:aws:s3:::bucket',
  ]) {
    await expect(client.send(new ListTagsForResourceCommand({ resourceArn: other }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  }
});
