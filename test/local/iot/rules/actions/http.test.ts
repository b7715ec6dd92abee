import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../../local/clock.ts';
import { createDestinations, createHttpPoster } from '../../../../../local/iot/rules/index.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { actionBench, type ActionBench } from './bench.ts';

interface Request {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server on a free port that answers with the statuses in turn, then with 200; 0 cuts the connection. */
async function startReceiver(statuses: readonly number[] = []) {
  const requests: Request[] = [];
  const left = [...statuses];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString();
    requests.push({ url: request.url ?? '', headers: request.headers, body });
    const isConfirmation = request.headers['x-amz-rules-engine-message-type'] === 'DestinationConfirmation';
    const status = isConfirmation ? 200 : (left.shift() ?? 200);
    if (status === 0) request.socket.destroy();
    else if (status === 599) response.writeHead(500).end('x'.repeat(20_000));
    else if (status !== 1) response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}/in`, requests };
}

function openDestinations(file = ':memory:', clock = new ManualClock()) {
  const logged: unknown[] = [];
  const destinations = createDestinations({
    file,
    clock,
    accountId: '000000000000',
    region: 'eu-west-1',
    baseUrl: 'http://127.0.0.1:4566',
    log: (message, data) => logged.push({ message, ...data }),
  });
  return { destinations, logged, clock };
}

/** A rule with one Http action whose destination is confirmed. */
async function confirmedBench(url: string, settings: object = {}, timeoutMs?: number): Promise<ActionBench> {
  const { destinations } = openDestinations();
  closing.push(() => destinations.close());
  destinations.confirm((await destinations.ensure(url)).token);
  const poster = createHttpPoster({
    isEnabled: (target) => destinations.isEnabled(target),
    clock: systemClock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return actionBench([{ Http: { Url: url, ...settings } }], { http: poster }, { clock: systemClock });
}

/** What a receiver was sent, the confirmation left out. */
function messagesTo(requests: readonly Request[]): readonly Request[] {
  return requests.filter(({ headers }) => headers['x-amz-rules-engine-message-type'] === undefined);
}

test('A destination is asked to confirm as AWS asks, and enabled with the token that it was sent.', async () => {
  const { url, requests } = await startReceiver();
  const { destinations } = openDestinations();
  const asked = await destinations.ensure(url);
  expect(asked.status).toBe('IN_PROGRESS');
  expect(destinations.isEnabled(`${url}/b`)).toBe(false);
  const [request] = requests;
  expect(request?.url).toBe(`/in/?confirmationToken=${asked.token}`);
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-amz-rules-engine-message-type': 'DestinationConfirmation',
    'x-amz-rules-engine-destination-arn': asked.arn,
  });
  expect(asked.arn).toMatch(/^arn:aws:iot:eu-west-1:000000000000:ruledestination\/http\/[0-9a-f-]{36}$/);
  expect(JSON.parse(request?.body ?? '')).toEqual({
    arn: asked.arn,
    confirmationToken: asked.token,
    enableUrl: `http://127.0.0.1:4566/_glasshouse/confirmdestination?token=${asked.token}`,
    messageType: 'DestinationConfirmation',
  });
  expect(destinations.confirm(asked.token).status).toBe('ENABLED');
  expect(destinations.isEnabled(`${url}/b`)).toBe(true);
  expect(destinations.isEnabled('http://127.0.0.1:1/in')).toBe(false);
  expect(destinations.isEnabled(url.replace('/in', '0/in'))).toBe(false);
  await destinations.ensure(url);
  expect(requests).toHaveLength(1);
});

test('A destination can be disabled, enabled, asked again and removed, and nothing else.', async () => {
  const { url, requests } = await startReceiver();
  const { destinations, clock } = openDestinations();
  const { arn, token } = await destinations.ensure(url);
  await expect(destinations.setStatus(arn, 'ENABLED')).rejects.toThrow(
    'IN_PROGRESS cannot be set to ENABLED',
  );
  destinations.confirm(token);
  expect((await destinations.setStatus(arn, 'DISABLED')).status).toBe('DISABLED');
  expect(destinations.isEnabled(url)).toBe(false);
  expect((await destinations.setStatus(arn, 'ENABLED')).status).toBe('ENABLED');
  const again = await destinations.setStatus(arn, 'IN_PROGRESS');
  expect(again.token).not.toBe(token);
  expect(requests).toHaveLength(2);
  expect(() => destinations.confirm(token)).toThrow('belongs to no destination');
  clock.advance(3 * 24 * 3_600_000 + 1);
  expect(() => destinations.confirm(again.token)).toThrow('has expired');
  expect(destinations.find(arn)).toMatchObject({
    status: 'ERROR',
    statusReason: 'the confirmation timed out',
  });
  destinations.remove(arn);
  expect(destinations.list()).toEqual([]);
  await expect(destinations.setStatus(arn, 'ENABLED')).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
  await expect(destinations.ensure('https://example.com/')).rejects.toThrow(
    'example.com is not this machine',
  );
});

test('A confirmed destination is still confirmed after a restart; a server that is away is told.', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'destinations-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'destinations.sqlite');
  const first = openDestinations(file);
  const { token } = await first.destinations.ensure('http://127.0.0.1:1/');
  expect(first.logged).toMatchObject([{ confirmationUrl: 'http://127.0.0.1:1/' }]);
  first.destinations.confirm(token);
  first.destinations.close();
  const second = openDestinations(file);
  expect(second.destinations.isEnabled('http://127.0.0.1:1/x')).toBe(true);
  second.destinations.close();
});

test('The result is posted with its type and the headers of the rule.', async () => {
  const { url, requests } = await startReceiver();
  const bench = await confirmedBench(url, { Headers: [{ Key: 'X-Device', Value: '${topic(2)}' }] });
  expect(await bench.send({ x: 1 })).toEqual([]);
  expect(await bench.send(new Uint8Array([0xff]))).toEqual([]);
  const [json, bytes] = messagesTo(requests);
  expect(json).toMatchObject({ url: '/in', body: '{"x":1}' });
  expect(json?.headers).toMatchObject({ 'content-type': 'application/json', 'x-device': 'b' });
  expect(bytes?.headers).toMatchObject({ 'content-type': 'application/octet-stream' });
  const typed = await confirmedBench(url, { Headers: [{ Key: 'Content-Type', Value: 'text/csv' }] });
  await typed.send({});
  expect(messagesTo(requests).at(-1)?.headers['content-type']).toBe('text/csv');
});

test.each<[string, number[], number, string | undefined]>([
  ['429 and 503, then 200', [429, 503], 3, undefined],
  ['500 three times', [500, 500, 500], 3, 'answered 500 at try 3'],
  ['404', [404], 1, 'answered 404'],
  ['a redirect', [302], 1, 'answered 302'],
  ['500 with a large answer', [599], 1, 'answered 500'],
  ['a closed connection', [0], 1, 'cannot be reached'],
  ['no answer in time', [1], 1, 'did not answer in time'],
])('After %s nothing more is tried than AWS tries.', async (_what, statuses, tries, reason) => {
  const { url, requests } = await startReceiver(statuses);
  const bench = await confirmedBench(url, {}, 150);
  const failures = await bench.send({});
  expect(messagesTo(requests)).toHaveLength(tries);
  const expected = reason === undefined ? [] : [{ failedAction: 'HttpAction', failedResource: url }];
  expect(failures).toMatchObject(expected);
  if (reason !== undefined) expect(failures[0]?.errorMessage).toContain(reason);
});

test('A destination that is not confirmed gets nothing.', async () => {
  const { url, requests } = await startReceiver();
  const poster = createHttpPoster({ isEnabled: () => false, clock: systemClock });
  const bench = actionBench([{ Http: { Url: url } }], { http: poster });
  expect(await bench.send({})).toMatchObject([
    {
      failedAction: 'HttpAction',
      errorMessage: expect.stringContaining('no enabled topic rule destination'),
    },
  ]);
  expect(requests).toEqual([]);
});

test.each([
  ['http://example.com/', 'example.com is not this machine'],
  ['http://localhost:1/other', 'does not begin with its confirmation URL'],
])('A URL that becomes %s for a message is refused.', async (target, reason) => {
  const poster = createHttpPoster({ isEnabled: () => true, clock: systemClock });
  const settings = { Url: '${url}', ConfirmationUrl: 'http://127.0.0.1:1/' };
  const bench = actionBench([{ Http: settings }], { http: poster });
  expect(await bench.send({ url: target })).toMatchObject([
    { errorMessage: expect.stringContaining(reason) },
  ]);
});

const BATCH = { MaxBatchOpenMs: 200, MaxBatchSize: 3 };

test('Messages of one topic and URL travel together, as an Array with the headers of the last.', async () => {
  const { url, requests } = await startReceiver();
  const bench = await confirmedBench(url, {
    EnableBatching: true,
    BatchConfig: BATCH,
    Headers: [{ Key: 'x-n', Value: '${n}' }],
  });
  const sent = [1, 2, 3].map((n) => bench.send({ n }));
  expect(await Promise.all(sent)).toEqual([[], [], []]);
  const [request, ...more] = messagesTo(requests);
  expect(more).toEqual([]);
  expect(JSON.parse(request?.body ?? '')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(request?.headers).toMatchObject({ 'x-n': '3', 'content-type': 'application/json' });
});

test('A batch is sent when its time is over or the next message would make it too large.', async () => {
  const { url, requests } = await startReceiver();
  const bench = await confirmedBench(url, {
    EnableBatching: true,
    BatchConfig: { MaxBatchOpenMs: 20, MaxBatchSizeBytes: 100 },
  });
  const text = 'x'.repeat(40);
  await Promise.all([bench.send({ text }), bench.send({ text }), bench.send({ text })]);
  const sizes = messagesTo(requests).map(({ body }): unknown => JSON.parse(body));
  expect(sizes).toEqual([[{ text }], [{ text }], [{ text }]]);
});

test('Topics are batched apart unless the rule says otherwise, and a batch fails as a whole.', async () => {
  const apart = await startReceiver();
  const separately = await confirmedBench(apart.url, {
    EnableBatching: true,
    BatchConfig: { MaxBatchOpenMs: 5 },
  });
  await Promise.all([separately.send({}), separately.send({}, { topic: 'a/c' })]);
  expect(messagesTo(apart.requests)).toHaveLength(2);
  const joined = await startReceiver([400]);
  const together = await confirmedBench(joined.url, {
    EnableBatching: true,
    BatchConfig: { ...BATCH, MaxBatchSize: 2, BatchAcrossTopics: true },
  });
  const first = together.send({});
  const failures = await together.send({}, { topic: 'a/c' });
  await first;
  expect(messagesTo(joined.requests)).toHaveLength(1);
  expect(failures).toHaveLength(2);
});

test('A batch takes JSON only.', async () => {
  const { url } = await startReceiver();
  const bench = await confirmedBench(url, { EnableBatching: true });
  expect(await bench.send(new Uint8Array([0xff]))).toMatchObject([
    { errorMessage: 'the result of SELECT is not JSON, which a batch requires' },
  ]);
});
