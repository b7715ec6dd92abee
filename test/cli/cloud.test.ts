import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../local/clock.ts';
import { createEndpoint, type Endpoint } from '../../local/endpoint/endpoint.ts';
import { AwsApiError } from '../../local/errors.ts';
import { createDataPlaneHandler } from '../../local/iot/data-plane.ts';
import { createGateway, listenTcp, type Gateway, type TcpListener } from '../../local/iot/gateway/index.ts';
import type { IotMessage } from '../../local/iot/message.ts';
import { writeRunning, type RunningCloud } from '../../local/running.ts';
import { createSqs, type Sqs } from '../../local/sqs/index.ts';
import { describeRejection, RejectedInputError } from '../../shared/rejections.ts';
import { MAIN, run } from './run.ts';

/** The parts of a cloud that these commands talk to, on ports of their own. */
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-cli-cloud-'));
const env = { GLASSHOUSE_FOLDER: folder };
const published: IotMessage[] = [];
const invoked: { name: string; type: string; payload: string }[] = [];
let gateway: Gateway;
let mqtt: TcpListener;
let endpoint: Endpoint;
let sqs: Sqs;
let queueUrl: string;
let running: RunningCloud;

beforeAll(async () => {
  const publish = (message: IotMessage): void => {
    // The CLI's own connections make lifecycle events, which are not what it published.
    if (!message.topic.startsWith('$aws/events/')) published.push(message);
    gateway.deliver(message);
  };
  gateway = createGateway({ clock: systemClock, publish });
  mqtt = await listenTcp(gateway, { host: '127.0.0.1', port: 0, setting: 'the test' });
  endpoint = createEndpoint({
    services: {
      sqs: (request, response) => sqs.handler(request, response),
      iotdata: createDataPlaneHandler({ publish, newId: randomUUID }),
      lambda: (request, response) => {
        const name = decodeURIComponent(request.path.split('/')[3] ?? '');
        if (name === 'gone')
          throw new AwsApiError(404, 'ResourceNotFoundException', `Function not found: ${name}`);
        const type = String(request.headers['x-amz-invocation-type']);
        invoked.push({ name, type, payload: request.body.toString() });
        response.writeHead(202).end();
      },
    },
    log: () => undefined,
  });
  const { port } = await endpoint.listen({ port: 0, setting: 'the test' });
  const endpointUrl = `http://127.0.0.1:${port}`;
  const accountId = '000000000000';
  const region = 'eu-west-1';
  sqs = createSqs({ file: ':memory:', clock: systemClock, accountId, region, baseUrl: endpointUrl });
  ({ queueUrl } = sqs.ensureQueue('rejections'));
  running = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    service: 'glasshouse',
    stage: 'dev',
    region,
    accountId,
    endpointUrl,
    mqttUrl: `mqtt://127.0.0.1:${mqtt.port}`,
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: endpointUrl,
    resources: { RejectionsQueue: queueUrl },
  };
  writeRunning(folder, running);
});

beforeEach(() => {
  published.length = 0;
  invoked.length = 0;
});

afterAll(async () => {
  gateway.close();
  await Promise.all([mqtt.close(), endpoint.close()]);
  sqs.close();
  rmSync(folder, { recursive: true, force: true });
});

function publishedTexts(): string[] {
  return published.map(({ topic, payload }) => `${topic} ${Buffer.from(payload).toString()}`);
}

test.each(['0', '1'])('A message is published with QoS %s.', async (qos) => {
  expect(await run(['publish', 'a/b', '{"x": 1}', '--qos', qos], { env })).toEqual({
    code: 0,
    out: '',
    err: '',
  });
  await expect.poll(publishedTexts).toEqual(['a/b {"x": 1}']);
  expect(published[0]).toMatchObject({ qos: Number(qos), retain: false });
});

test('A message is retained with --retain, and not checked with --raw.', async () => {
  expect((await run(['publish', 'a/b', 'hello', '--raw', '--retain'], { env })).code).toBe(0);
  expect(publishedTexts()).toEqual(['a/b hello']);
  expect(published[0]?.retain).toBe(true);
});

test('Every line of standard input is a message, in its order.', async () => {
  const { code, err } = await run(['publish', 'a', '-'], { env, input: '1\r\n\n{"b":2}\n3' });
  expect([code, err]).toEqual([0, '3 messages sent\n']);
  expect(publishedTexts()).toEqual(['a 1', 'a {"b":2}', 'a 3']);
});

test('A line that is not JSON is named; the lines before it were sent.', async () => {
  const { code, err } = await run(['publish', 'a', '-'], { env, input: '1\n\nx\n4\n' });
  expect(code).toBe(1);
  expect(err).toBe(
    'glasshouse: line 3: the message "x" is not JSON; --raw sends it as it is; the 1 message before it was sent\n',
  );
  expect(publishedTexts()).toEqual(['a 1']);
});

function startSubscribe(words: readonly string[], extra: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, 'subscribe', ...words], {
    env: { ...process.env, ...env, ...extra },
  });
  const closed = once(child, 'close');
  const out = text(child.stdout);
  return { child, closed, out, ready: once(child.stderr, 'data') };
}

test('Messages are printed as they come, and after --count it ends.', async () => {
  const { closed, out, ready } = startSubscribe(['sub/+', 'other', '--count', '2']);
  await ready;
  await run(['publish', 'sub/a', '{"x": 1}'], { env });
  await run(['publish', 'elsewhere', '2'], { env });
  await run(['publish', 'other', 'hello', '--raw'], { env });
  expect(await closed).toEqual([0, null]);
  expect(await out).toBe('sub/a {"x": 1}\nother hello\n');
});

test('With --json a message is one line of JSON, and Ctrl-C ends it well.', async () => {
  const { child, closed, out, ready } = startSubscribe(['sub/#', '--json']);
  await ready;
  const printed = once(child.stdout, 'data');
  await run(['publish', 'sub/a', '{"x": 1}'], { env });
  await printed;
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  const message: unknown = JSON.parse(await out);
  expect(message).toEqual({
    topic: 'sub/a',
    payload: { x: 1 },
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
});

test('It says so when the cloud goes, and when it is not there.', async () => {
  const own = mkdtempSync(path.join(tmpdir(), 'glasshouse-cli-going-'));
  const going = createGateway({ clock: systemClock, publish: () => undefined });
  const listener = await listenTcp(going, { host: '127.0.0.1', port: 0, setting: 'the test' });
  writeRunning(own, { ...running, mqttUrl: `mqtt://127.0.0.1:${listener.port}` });
  const { child, closed, ready } = startSubscribe(['a'], { GLASSHOUSE_FOLDER: own });
  // Standard input stays open, as it does in a terminal.
  const publishing = spawn(process.execPath, [MAIN, 'publish', 'a', '-'], {
    env: { ...process.env, GLASSHOUSE_FOLDER: own },
  });
  const publishingClosed = once(publishing, 'close');
  const publishingErr = text(publishing.stderr);
  await ready;
  await expect.poll(() => going.counts().sessions, { timeout: 5_000 }).toBe(2);
  const err = text(child.stderr);
  going.close();
  await listener.close();
  expect(await closed).toEqual([1, null]);
  expect(await err).toBe(
    'glasshouse: the cloud closed the connection: it ended, or it refuses a topic filter\n',
  );
  expect(await publishingClosed).toEqual([1, null]);
  expect(await publishingErr).toMatch(/^glasshouse: the cloud closed the connection: .+\n$/);

  const absent = await run(['publish', 'a', '1'], { env: { GLASSHOUSE_FOLDER: own } });
  expect(absent.code).toBe(1);
  expect(absent.err).toMatch(/^glasshouse: the running cloud does not answer at mqtt:.+ECONNREFUSED.+\n$/);
  rmSync(own, { recursive: true, force: true });
});

async function fillQueue(): Promise<void> {
  const error = new RejectedInputError('NOT_AN_OBJECT', 'a reading is a JSON object, this is text');
  const rejection = (functionName: string, input: unknown) =>
    describeRejection(error, input, { functionName, requestId: randomUUID(), nowMs: Date.now() });
  const bodies = [
    ...Array.from({ length: 12 }, (_, index) => rejection('score', { index })),
    rejection('gone', 'x'),
    {
      ruleName: 'r',
      topic: 'anom/detect',
      base64OriginalPayload: Buffer.from([1, 0, 255]).toString('base64'),
    },
    { what: 'is this' },
  ];
  for (const body of bodies) await sqs.sendMessage({ queueUrl, body: JSON.stringify(body) });
  // What is as new as the start is taken for something that failed again.
  await new Promise((resolve) => setTimeout(resolve, 5));
}

test('A queue is emptied into where its messages failed; what cannot go stays.', async () => {
  await fillQueue();
  const dry = await run(['redrive', 'rejections', '--dry-run'], { env });
  expect(dry.code).toBe(0);
  expect(dry.out).toContain('14 messages would be sent back, 1 of no known shape left\n');
  expect(invoked).toEqual([]);

  const some = await run(['redrive', 'rejections', '--limit', '1'], { env });
  expect(some.out).toContain('1 message sent back');

  const rest = await run(['redrive', 'rejections'], { env });
  expect(rest.err).toBe('');
  expect(rest.code).toBe(1);
  expect(rest.out).toContain('12 messages sent back, 1 refused and left, 1 of no known shape left\n');
  expect(rest.out).toContain('to invoke "gone" was refused: Function not found: gone\n');
  const expected = Array.from({ length: 12 }, (_, index) => `score Event {"index":${index}}`);
  expect(invoked.map(({ name, type, payload }) => `${name} ${type} ${payload}`).sort()).toEqual(
    expected.sort(),
  );
  expect(published.map(({ topic, payload }) => [topic, [...payload]])).toEqual([
    ['anom/detect', [1, 0, 255]],
  ]);

  const again = await run(['redrive', 'rejections'], { env });
  expect(again.out).toContain('0 messages sent back, 1 refused and left, 1 of no known shape left\n');
});

test('A queue that the template does not have is named.', async () => {
  const { code, err } = await run(['redrive', 'failures'], { env });
  expect([code, err]).toEqual([
    1,
    'glasshouse: the running cloud has no queue FailuresQueue: is it in its template?\n',
  ]);
});
