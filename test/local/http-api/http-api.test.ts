import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttpApi, type CorsConfiguration, type HttpApi } from '../../../local/http-api/index.ts';
import type { InvocationResult } from '../../../local/lambda/container.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const clock = new ManualClock();
const eventSchema = z.record(z.string(), z.unknown());

let api: HttpApi | undefined;
let url: string;
let port: number;
let events: Record<string, unknown>[];
let logged: unknown[];
let answer: (functionName: string) => Promise<InvocationResult> | InvocationResult;

async function start(keys: readonly string[], cors?: CorsConfiguration): Promise<void> {
  let ids = 0;
  api = createHttpApi({
    routes: keys.map((routeKey) => ({ routeKey, functionName: 'answer' })),
    ...(cors === undefined ? {} : { cors }),
    accountId: '000000000000',
    clock,
    newId: () => `request-${(ids += 1)}`,
    async invoke(functionName, event) {
      events.push(eventSchema.parse(JSON.parse(event)));
      return answer(functionName);
    },
    log: (message, data) => logged.push({ message, ...data }),
  });
  ({ url, port } = await api.listen({ port: 0, setting: 'TEST_PORT' }));
}

const returns = (value: unknown): InvocationResult => ({
  ok: true,
  payload: JSON.stringify(value) ?? 'null',
});

beforeEach(() => {
  events = [];
  logged = [];
  answer = () => returns({ statusCode: 200 });
});
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** Sends bytes as they are, and gives the whole answer. */
async function raw(request: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.end(request);
  return text(socket);
}

test('A request becomes an event of payload format 2.0, exactly.', async () => {
  await start(['POST /readings/{device}']);
  await raw(
    [
      `POST /readings/sensor%20a?unit=C&tag=x&tag=y%26z&empty HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'User-Agent: probe/1',
      'Content-Type: application/json; charset=utf-8',
      'Cookie: a=1; b="2"',
      'X-Twice: one',
      'x-twice: two',
      'Connection: close',
      'Content-Length: 12',
      '',
      '{"value":21}',
    ].join('\r\n'),
  );
  expect(events).toEqual([
    {
      version: '2.0',
      routeKey: 'POST /readings/{device}',
      rawPath: '/readings/sensor a',
      rawQueryString: 'unit=C&tag=x&tag=y%26z&empty',
      cookies: ['a=1', 'b="2"'],
      headers: {
        'content-length': '12',
        'content-type': 'application/json; charset=utf-8',
        host: `127.0.0.1:${port}`,
        'user-agent': 'probe/1',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': String(port),
        'x-forwarded-proto': 'http',
        'x-twice': 'one,two',
      },
      queryStringParameters: { unit: 'C', tag: 'x,y&z', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: `127.0.0.1:${port}`,
        domainPrefix: '127',
        http: {
          method: 'POST',
          path: '/readings/sensor a',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe/1',
        },
        requestId: 'request-1',
        routeKey: 'POST /readings/{device}',
        stage: '$default',
        time: '21/Nov/2026:00:00:00 +0000',
        timeEpoch: Date.UTC(2026, 10, 21),
      },
      body: '{"value":21}',
      pathParameters: { device: 'sensor a' },
      isBase64Encoded: false,
    },
  ]);
});

test('What a request has not is not in its event.', async () => {
  await start(['$default']);
  await fetch(`${url}/`);
  for (const name of ['cookies', 'queryStringParameters', 'pathParameters', 'body']) {
    expect(events[0]).not.toHaveProperty(name);
  }
  expect(events[0]).toMatchObject({
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    isBase64Encoded: false,
  });
});

test.each([
  ['text/plain', false],
  ['text/csv;charset=utf-8', false],
  ['application/json', false],
  ['application/xml', false],
  ['application/javascript', false],
  ['application/vnd.api+json', true],
  ['application/octet-stream', true],
  ['image/png', true],
  ['application/x-www-form-urlencoded', true],
  ['', true],
])('A body of the type %j is in base64: %j.', async (type, isBase64Encoded) => {
  await start(['POST /']);
  const body = Buffer.from('grün');
  await fetch(url, { method: 'POST', body, ...(type === '' ? {} : { headers: { 'content-type': type } }) });
  expect(events[0]).toMatchObject({
    isBase64Encoded,
    body: isBase64Encoded ? body.toString('base64') : 'grün',
  });
});

test('A compressed body is no text, whatever its type says.', async () => {
  await start(['POST /']);
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  await fetch(url, { method: 'POST', body: '{}', headers });
  expect(events[0]).toMatchObject({ isBase64Encoded: true });
});

test.each<[what: string, result: unknown, status: number, type: string, body: string]>([
  [
    'a whole response',
    { statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
    201,
    'text/html',
    '<p>',
  ],
  ['no type', { statusCode: 200, body: 'hi' }, 200, 'text/plain;charset=UTF-8', 'hi'],
  ['a status as text', { statusCode: '404', body: null }, 404, 'text/plain;charset=UTF-8', ''],
  [
    'base64',
    { statusCode: 200, body: 'Z3LDvG4=', isBase64Encoded: true },
    200,
    'text/plain;charset=UTF-8',
    'grün',
  ],
  ['a plain object', { message: 'hi' }, 200, 'application/json', '{"message":"hi"}'],
  ['a list', [1], 200, 'application/json', '[1]'],
  ['a text', 'hi', 200, 'application/json', 'hi'],
  ['nothing', undefined, 200, 'application/json', 'null'],
])('A result with %s is understood.', async (_what, result, status, type, body) => {
  await start(['GET /']);
  answer = () => returns(result);
  const response = await fetch(url);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('apigw-requestid')).toBe('request-1');
  expect(await response.text()).toBe(body);
});

test('Headers and cookies of a result are sent; those of the connection are the server’s.', async () => {
  await start(['GET /']);
  const headers = {
    'X-Number': 5,
    'X-Yes': true,
    Location: '/x',
    'Content-Length': '999',
    Connection: 'close',
  };
  answer = () => returns({ statusCode: 302, headers, cookies: ['a=1; Secure', 'b=2'] });
  const response = await fetch(url, { redirect: 'manual' });
  expect(response.status).toBe(302);
  expect(response.headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
  expect(response.headers.get('x-number')).toBe('5');
  expect(response.headers.get('x-yes')).toBe('true');
  expect(response.headers.get('location')).toBe('/x');
  expect(response.headers.get('content-length')).toBe('0');
});

test.each<[what: unknown, why: RegExp]>([
  [{ statusCode: 99 }, /statusCode is 99/],
  [{ statusCode: 'ok' }, /statusCode is "ok"/],
  [{ statusCode: 200, body: { a: 1 } }, /its body is no text: write JSON.stringify/],
  [{ statusCode: 200, headers: { a: ['b'] } }, /its headers are not/],
  [{ statusCode: 200, headers: 'x' }, /its headers are not/],
  [{ statusCode: 200, headers: { 'a b': 'c' } }, /characters that HTTP does not allow/],
  [{ statusCode: 200, headers: { a: 'b\r\nc: d' } }, /characters that HTTP does not allow/],
  [{ statusCode: 200, cookies: 'a=1' }, /its cookies are no list/],
])('The result %j is an internal error, and why is told here.', async (result, why) => {
  await start(['GET /']);
  answer = () => returns(result);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(logged).toMatchObject([
    { routeKey: 'GET /', functionName: 'answer', why: expect.stringMatching(why) },
  ]);
});

test.each<[what: string, give: () => Promise<InvocationResult> | InvocationResult]>([
  ['fails', () => ({ ok: false, error: { errorType: 'Error', errorMessage: 'on purpose' } })],
  ['cannot be invoked', () => Promise.reject(new Error('on purpose'))],
])('A function that %s is an internal error.', async (_what, give) => {
  await start(['GET /']);
  answer = give;
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(logged).toHaveLength(1);
});

test('A function that takes longer than 30 seconds is not waited for.', async () => {
  await start(['GET /']);
  const invoked = Promise.withResolvers<void>();
  answer = () => {
    invoked.resolve();
    return new Promise(() => undefined);
  };
  const response = fetch(url);
  await invoked.promise;
  clock.advance(30_000);
  expect((await response).status).toBe(503);
  expect(await (await response).json()).toEqual({ message: 'Service Unavailable' });
});

test('What there is no route for is not found, and a path that is no UTF-8 is a bad request.', async () => {
  await start(['GET /here']);
  for (const [path, method] of [
    ['/there', 'GET'],
    ['/here', 'POST'],
  ] as const) {
    const response = await fetch(url + path, { method });
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  }
  expect(await raw('GET /%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 400 /,
  );
  expect(events).toEqual([]);
});

test('A body of ten megabytes is taken, a larger one is not.', async () => {
  await start(['POST /']);
  const most = Buffer.alloc(10 * 1_024 * 1_024, 'x');
  expect((await fetch(url, { method: 'POST', body: most })).status).toBe(200);
  const response = await fetch(url, { method: 'POST', body: Buffer.concat([most, Buffer.from('x')]) });
  expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
});

test('HEAD is answered without a body.', async () => {
  await start(['ANY /']);
  answer = () => returns({ statusCode: 200, body: 'twelve bytes' });
  const response = await fetch(url, { method: 'HEAD' });
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['12', '']);
});

test('Pages of other sites, and names that are not this machine, are refused.', async () => {
  await start(['GET /']);
  expect((await fetch(url, { headers: { origin: 'https://example.com' } })).status).toBe(403);
  expect(await raw('GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 403 /,
  );
  expect((await fetch(url, { headers: { origin: 'http://localhost:5173' } })).status).toBe(200);
});

const CORS: CorsConfiguration = {
  allowedOrigins: ['http://localhost:5173'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  allowedMethods: ['GET', 'OPTIONS'],
  exposedHeaders: ['X-Total'],
  allowsCredentials: true,
  maxAgeSeconds: 60,
};
const ORIGIN = 'http://localhost:5173';

test('A browser that asks beforehand is answered without a function.', async () => {
  await start(['GET /a'], CORS);
  const ask = (origin: string) =>
    fetch(`${url}/a`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  const allowed = await ask(ORIGIN);
  expect(allowed.status).toBe(204);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'content-type,authorization',
    'access-control-allow-methods': 'GET,OPTIONS',
    'access-control-max-age': '60',
  });
  const other = await ask('http://localhost:9999');
  expect(other.status).toBe(204);
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
  expect(events).toEqual([]);
});

test('The API’s CORS headers stand in the place of the function’s, on errors as well.', async () => {
  await start(['GET /a'], CORS);
  answer = () => returns({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://other' } });
  for (const path of ['/a', '/none']) {
    const response = await fetch(url + path, { headers: { origin: ORIGIN } });
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-expose-headers')).toBe('x-total');
  }
  const without = await fetch(`${url}/a`);
  expect(without.headers.get('access-control-allow-origin')).toBeNull();
});

test.each([
  [['*'], '*'],
  [['http://*'], ORIGIN],
  [['https://*'], null],
])('The origins %j allow a page of this machine: %j.', async (allowedOrigins, expected) => {
  await start(['GET /a'], { ...CORS, allowedOrigins, allowsCredentials: false });
  const response = await fetch(`${url}/a`, { headers: { origin: ORIGIN } });
  expect(response.headers.get('access-control-allow-origin')).toBe(expected);
});
