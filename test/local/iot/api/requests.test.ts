import {
  CreateStreamCommand,
  DescribeThingCommand,
  ListTagsForResourceCommand,
  ListThingsCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIotHandler, renderOutput } from '../../../../local/iot/api/handler.ts';
import { AWS_THROTTLES } from '../../../../local/iot/registry/index.ts';
import { startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeAll(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterAll(async () => {
  await plane.close();
});

const NAME_PATTERN = '[a-zA-Z0-9:_-]+';

test.each([
  [
    'POST',
    '/things/a%20b',
    undefined,
    `1 validation error detected: Value 'a b' at 'thingName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
  ],
  [
    'POST',
    `/things/${'n'.repeat(129)}`,
    undefined,
    `1 validation error detected: Value '${'n'.repeat(129)}' at 'thingName' failed to satisfy constraint: Member must have length less than or equal to 128`,
  ],
  [
    'GET',
    '/things?maxResults=0&thingTypeName=',
    undefined,
    "3 validation errors detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
      "Value '' at 'thingTypeName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      `Value '' at 'thingTypeName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
  ],
  [
    'POST',
    '/tags',
    '{"resourceArn":"a","tags":[{"Value":"x"}]}',
    "1 validation error detected: Value null at 'tags.1.member.Key' failed to satisfy constraint: Member must not be null",
  ],
  [
    'POST',
    '/tags',
    '{"tags":null}',
    "2 validation errors detected: Value null at 'resourceArn' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'tags' failed to satisfy constraint: Member must not be null",
  ],
  [
    'PATCH',
    '/destinations',
    '{"arn":"a","status":"GONE"}',
    "1 validation error detected: Value 'GONE' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, IN_PROGRESS, DISABLED, ERROR, DELETING]",
  ],
  [
    'POST',
    '/rules/r',
    '{"sql":"SELECT *","actions":{}}',
    "The value at 'topicRulePayload.actions' is not a list",
  ],
  ['POST', '/things/a', '{"thingTypeName":5}', "The value at 'thingTypeName' is not a string"],
  [
    'POST',
    '/things/a',
    '{"attributePayload":{"attributes":{"a":1}}}',
    "The value at 'attributePayload.attributes.a.member' is not a string",
  ],
  ['POST', '/things/a', '{"attributePayload":[]}', "The value at 'attributePayload' is not an object"],
  ['POST', '/things/a', '[]', 'The request body is not a JSON object'],
  ['POST', '/things/a', '{', 'The request body is not JSON'],
  ['GET', '/things?maxResults=many', undefined, "The value at 'maxResults' is not a number"],
  [
    'GET',
    '/things?usePrefixAttributeValue=1',
    undefined,
    "The value at 'usePrefixAttributeValue' is not true or false",
  ],
  [
    'DELETE',
    '/things/a?expectedVersion=1.5',
    undefined,
    "The value at 'expectedVersion' is not a whole number",
  ],
])("%s %s with %s is refused in AWS's words.", async (method, path, body, message) => {
  expect(await plane.request(method, path, body)).toEqual({
    status: 400,
    error: 'InvalidRequestException',
    body: { message },
  });
});

test('Members that the model does not know are left out, and null is nothing.', async () => {
  const body = '{"later":true,"billingGroupName":null,"attributePayload":{"attributes":{"a":"b"},"x":1}}';
  expect(await plane.request('POST', '/things/tolerant', body)).toMatchObject({ status: 200, error: null });
  expect(await client.send(new DescribeThingCommand({ thingName: 'tolerant' }))).toMatchObject({
    attributes: { a: 'b' },
  });
});

test('An operation that is not served answers 501 with its name.', async () => {
  const stream = new CreateStreamCommand({ streamId: 's', files: [], roleArn: 'arn:aws:iam::1:role/r' });
  await expect(client.send(stream)).rejects.toMatchObject({
    name: 'UnsupportedOperationException',
    message: expect.stringContaining('CreateStream of AWS IoT is not served here'),
    $metadata: { httpStatusCode: 501 },
  });
});

test('An address of no operation is not found.', async () => {
  expect(await plane.request('GET', '/nothing/at/all')).toMatchObject({
    status: 404,
    error: 'UnknownOperationException',
  });
});

test('An error carries its name, its message and a request id, as the SDK reads them.', async () => {
  await expect(client.send(new DescribeThingCommand({ thingName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Thing none does not exist',
    $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(/^[\da-f-]{36}$/) },
  });
});

test('Throttles are off, and those of AWS let as many through as they say.', async () => {
  for (let count = 0; count < 20; count += 1) await client.send(new ListThingsCommand({}));
  const throttled = await startControlPlane({ limits: { requestsPerSecond: AWS_THROTTLES } });
  const call = () => throttled.client.send(new ListThingsCommand({}));
  for (let count = 0; count < 10; count += 1) await call();
  await expect(call()).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
    $metadata: { httpStatusCode: 400 },
  });
  await throttled.client
    .send(new ListTagsForResourceCommand({ resourceArn: 'none' }))
    .catch((error: unknown) => {
      expect(error).toMatchObject({ name: 'ResourceNotFoundException' });
    });
  throttled.clock.advance(100);
  await call();
  await expect(call()).rejects.toMatchObject({ name: 'ThrottlingException' });
  await throttled.close();
});

test('Dates of an answer are seconds, wherever they stand, and what is undefined is left out.', () => {
  const date = new Date(1_500);
  expect(renderOutput({ a: date, b: [{ c: date }], d: undefined, e: null })).toBe(
    '{"a":1.5,"b":[{"c":1.5}],"e":null}',
  );
});

test('Operations that are given twice, or that have no binding, are refused at the start.', () => {
  const group = new Map([['CreateThing', () => ({})]]);
  expect(() => createIotHandler({ operations: [group, group] })).toThrow('given twice: CreateThing');
  expect(() => createIotHandler({ operations: [new Map([['CreateStream', () => ({})]])] })).toThrow(
    'no binding: CreateStream',
  );
});
