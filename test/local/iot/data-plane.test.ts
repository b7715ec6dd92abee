import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEndpoint, type Endpoint } from '../../../local/endpoint/endpoint.ts';
import { createDataPlaneHandler } from '../../../local/iot/data-plane.ts';
import type { IotMessage } from '../../../local/iot/message.ts';

const published: IotMessage[] = [];
let endpoint: Endpoint;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  const handler = createDataPlaneHandler({
    publish: (message) => published.push(message),
    newId: () => 'trace',
  });
  endpoint = createEndpoint({ services: { iotdata: handler, iotdevicegateway: handler }, log: () => {} });
  const { url } = await endpoint.listen({ port: 0, setting: 'TEST' });
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'test' };
  client = new IoTDataPlaneClient({ endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});
beforeEach(() => published.splice(0));
afterAll(() => endpoint.close());

test('A message that an SDK publishes reaches the cloud with its topic, payload, QoS and publisher.', async () => {
  await client.send(new PublishCommand({ topic: 'a/b c/ü', payload: '{"a":1}', qos: 1, retain: true }));
  expect(published).toEqual([
    {
      topic: 'a/b c/ü',
      payload: Buffer.from('{"a":1}'),
      qos: 1,
      retain: true,
      publisher: { protocol: 'HTTP', principal: 'AKID', sourceIp: '127.0.0.1' },
      traceId: 'trace',
      republishes: 0,
    },
  ]);
});

test('A message without payload or QoS is empty and of QoS 0.', async () => {
  await client.send(new PublishCommand({ topic: 'a' }));
  expect(published).toMatchObject([{ topic: 'a', payload: Buffer.alloc(0), qos: 0, retain: false }]);
});

test('Basic Ingest is taken.', async () => {
  await client.send(new PublishCommand({ topic: '$aws/rules/myRule/a', payload: '{}' }));
  expect(published).toMatchObject([{ topic: '$aws/rules/myRule/a' }]);
});

test.each([
  ['a/+', /holds a wildcard/],
  ['a/#', /holds a wildcard/],
  ['1/2/3/4/5/6/7/8/9', /has 8 slashes/],
  ['x'.repeat(257), /is 257 bytes long/],
  ['$aws/events/presence/connected/a', /is reserved/],
  ['$anything', /is reserved/],
])('A message on %s is refused with the reason.', async (topic, message) => {
  await expect(client.send(new PublishCommand({ topic, payload: '{}' }))).rejects.toThrow(message);
  expect(published).toEqual([]);
});

test('A payload of more than 128 KB is refused.', async () => {
  const payload = new Uint8Array(128 * 1024 + 1);
  await expect(client.send(new PublishCommand({ topic: 'a', payload }))).rejects.toMatchObject({
    name: 'RequestEntityTooLargeException',
  });
});
