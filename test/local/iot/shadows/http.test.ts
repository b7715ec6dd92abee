import {
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  ListNamedShadowsForThingCommand,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readShadowCall } from '../../../../local/iot/shadows/index.ts';
import { serveShadows } from './support.ts';

let served: Awaited<ReturnType<typeof serveShadows>>;
beforeEach(async () => void (served = await serveShadows()));
afterEach(() => served.close());

const parse = (payload: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(payload ?? []).toString());

async function update(body: unknown, shadowName?: string): Promise<unknown> {
  const name = shadowName === undefined ? {} : { shadowName };
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await served.client.send(
    new UpdateThingShadowCommand({ thingName: 'lamp', payload, ...name }),
  );
  return parse(answer.payload);
}

test('An SDK updates, reads and deletes the classic shadow.', async () => {
  const timestamp = served.nowSeconds();
  expect(await update({ state: { desired: { on: true } } })).toEqual({
    state: { desired: { on: true } },
    metadata: { desired: { on: { timestamp } } },
    version: 1,
    timestamp,
  });
  const thingName = 'lamp';
  const read = await served.client.send(new GetThingShadowCommand({ thingName }));
  expect(parse(read.payload)).toEqual({
    state: { desired: { on: true }, delta: { on: true } },
    metadata: { desired: { on: { timestamp } } },
    version: 1,
    timestamp,
  });
  const deleted = await served.client.send(new DeleteThingShadowCommand({ thingName }));
  expect(parse(deleted.payload)).toEqual({ version: 1, timestamp });
  await expect(served.client.send(new GetThingShadowCommand({ thingName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "No shadow exists with name: 'lamp'",
    $metadata: { httpStatusCode: 404 },
  });
});

test('An update or a delete over HTTP publishes what one over MQTT does; a get and an error publish nothing.', async () => {
  const topics = () => served.taken().map(({ topic }) => topic.slice('$aws/things/lamp/shadow/'.length));
  await update({ state: { desired: { on: true } } });
  expect(topics()).toEqual(['update/accepted', 'update/delta', 'update/documents']);
  await update({ state: {} }, 'light');
  expect(topics()).toEqual(['name/light/update/accepted', 'name/light/update/documents']);
  await served.client.send(new GetThingShadowCommand({ thingName: 'lamp' }));
  await expect(update({ state: 1 })).rejects.toThrow('State node must be an object');
  expect(topics()).toEqual([]);
  await served.client.send(new DeleteThingShadowCommand({ thingName: 'lamp' }));
  expect(topics()).toEqual(['delete/accepted']);
  expect(served.messages.at(-1)).toMatchObject({
    publisher: { protocol: 'HTTP', principal: 'AKID' },
    traceId: 'trace-http',
    republishes: 0,
  });
});

test.each<[body: unknown, name: string, status: number]>([
  ['{', 'InvalidRequestException', 400],
  [{ state: {}, version: 9 }, 'ConflictException', 409],
  [{ state: { desired: { a: 'x'.repeat(9_000) } } }, 'RequestEntityTooLargeException', 413],
])('%j is answered with %s, %i.', async (body, name, status) => {
  await expect(update(body)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

test('A body that is not UTF-8 is refused as such.', async () => {
  const command = new UpdateThingShadowCommand({ thingName: 'lamp', payload: new Uint8Array([0x7b, 0xff]) });
  await expect(served.client.send(command)).rejects.toMatchObject({
    name: 'UnsupportedDocumentEncodingException',
    $metadata: { httpStatusCode: 415 },
  });
});

test('Named shadows are listed in pages, without the classic one and without deleted ones.', async () => {
  const thingName = 'lamp';
  await update({ state: {} });
  for (const name of ['c', 'a', 'b', 'gone']) await update({ state: {} }, name);
  await served.client.send(new DeleteThingShadowCommand({ thingName, shadowName: 'gone' }));
  const list = (more: object) =>
    served.client.send(new ListNamedShadowsForThingCommand({ thingName, ...more }));
  const first = await list({ pageSize: 2 });
  expect(first).toMatchObject({ results: ['a', 'b'], timestamp: served.nowSeconds() });
  const second = await list({ pageSize: 2, nextToken: first.nextToken });
  expect(second.results).toEqual(['c']);
  expect(second.nextToken).toBeUndefined();
  expect((await list({ pageSize: 3 })).nextToken).toBeUndefined();
  expect((await list({ thingName: 'none' })).results).toEqual([]);
  for (const wrong of [{ pageSize: 0 }, { pageSize: 101 }, { nextToken: '!' }]) {
    await expect(list(wrong)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  }
});

test('Names that cannot be are refused, and so are other methods.', async () => {
  await expect(served.client.send(new GetThingShadowCommand({ thingName: 'a b' }))).rejects.toThrow(
    '"a b" is not valid',
  );
  await expect(update({ state: {} }, 'a/b')).rejects.toThrow('"a/b" is not valid');
  const query = new URLSearchParams();
  expect(() => readShadowCall({ method: 'PUT', path: '/things/a/shadow', query })).toThrow(
    expect.objectContaining({ code: 'MethodNotAllowedException', status: 405 }),
  );
});

test.each<[method: string, path: string, query: string, call: object | undefined]>([
  ['GET', '/things/a/shadow', '', { operation: 'get', action: 'iot:GetThingShadow', id: { thingName: 'a' } }],
  [
    'POST',
    '/things/a%3Ab/shadow',
    'name=s',
    { operation: 'update', action: 'iot:UpdateThingShadow', id: { thingName: 'a:b', shadowName: 's' } },
  ],
  [
    'DELETE',
    '/things/a/shadow',
    '',
    { operation: 'delete', action: 'iot:DeleteThingShadow', id: { thingName: 'a' } },
  ],
  [
    'GET',
    '/api/things/shadow/ListNamedShadowsForThing/a',
    '',
    { operation: 'list', action: 'iot:ListNamedShadowsForThing', thingName: 'a' },
  ],
  ['POST', '/topics/a', '', undefined],
  ['GET', '/things/a/jobs', '', undefined],
])('%s %s is read with the action that a policy has to allow.', (method, path, query, call) => {
  expect(readShadowCall({ method, path, query: new URLSearchParams(query) })).toEqual(call);
});

test('Throttled calls are answered with 429.', async () => {
  const throttled = await serveShadows({ requestsPerSecond: 1 });
  const command = new UpdateThingShadowCommand({ thingName: 'lamp', payload: '{"state":{}}' });
  await throttled.client.send(command);
  await expect(throttled.client.send(command)).rejects.toMatchObject({
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 429 },
  });
  await throttled.close();
});
