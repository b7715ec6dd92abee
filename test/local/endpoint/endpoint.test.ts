import { request, type OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEndpoint } from '../../../local/endpoint/endpoint.ts';
import type { AwsRequest } from '../../../local/endpoint/service.ts';
import { AwsApiError, ConfigurationError } from '../../../local/errors.ts';
import { authorization, startEndpoint } from './support.ts';

let running: Awaited<ReturnType<typeof startEndpoint>>;
const received: AwsRequest[] = [];

beforeAll(async () => {
  running = await startEndpoint(
    {
      plain(awsRequest, response) {
        received.push(awsRequest);
        response.end(`plain ${awsRequest.body.toString()}`);
      },
      small: { maxBodyBytes: 4, handle: ({ body }, response) => void response.end(`small ${body.length}`) },
      streaming: {
        async stream(head, incoming, response) {
          response.end(`streamed ${head.path} ${await text(incoming)}`);
        },
      },
      failing() {
        throw new Error('the disk is full');
      },
      refusing() {
        throw new AwsApiError(409, 'ResourceAlreadyExistsException', 'there is one', { resourceId: 'lamp' });
      },
    },
    (_incoming, response) => void response.end('own'),
  );
});

afterAll(() => running.close());

/** fetch sets Host itself and forbids Origin: this does as it is told. */
async function send(
  path: string,
  headers: OutgoingHttpHeaders,
  options: { method?: string; body?: string } = {},
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }> {
  const { port } = running;
  const outgoing = request({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers });
  const answered = once(outgoing, 'response');
  outgoing.end(options.body);
  const [response] = await answered;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('The service is picked by the credential scope of the Authorization header.', async () => {
  const answer = await send('/a/../b%20c?x=1', authorization('plain'), { method: 'POST', body: 'hello' });
  expect(answer).toMatchObject({ status: 200, body: 'plain hello' });
  expect(received.at(-1)).toMatchObject({
    method: 'POST',
    path: '/a/../b%20c',
    region: 'eu-west-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  });
  expect(answer.headers['x-amzn-requestid']).toBe(received.at(-1)?.requestId);
});

test('The service of a presigned URL is picked by its X-Amz-Credential.', async () => {
  const credential = encodeURIComponent('AKID/20261121/us-east-1/plain/aws4_request');
  const answer = await send(`/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}`, {});
  expect(answer).toMatchObject({ status: 200, body: 'plain ' });
});

test('A URL presigned with Signature Version 2 is for S3.', async () => {
  const answer = await send('/key?AWSAccessKeyId=AKID&Signature=x&Expires=1', {});
  expect(answer.body).toContain('signed for the service &quot;s3&quot;');
});

test('A streaming service reads the body itself.', async () => {
  const answer = await send('/x?y', authorization('streaming'), { method: 'POST', body: 'abc' });
  expect(answer.body).toBe('streamed /x abc');
});

test('An unsigned request is told what to set.', async () => {
  const answer = await send('/', {});
  expect(answer.status).toBe(403);
  expect(answer.body).toContain('AWS_ACCESS_KEY_ID');
});

test('An unknown service is named, with those that are served.', async () => {
  const answer = await send('/', {
    ...authorization('kinesis'),
    'x-amz-target': 'Kinesis_20131202.PutRecord',
  });
  expect(answer.status).toBe(501);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: 'UnknownService' });
  expect(answer.body).toContain('kinesis');
  expect(answer.body).toContain('failing, plain, refusing, small, streaming');
});

test.each([
  ['declared', { 'content-length': 7_000_000 }],
  ['undeclared', { 'transfer-encoding': 'chunked' }],
])('A body over the limit, %s, is answered with 413.', async (_how, headers) => {
  const body = 'x'.repeat(7_000_000);
  const answer = await send('/', { ...authorization('plain'), ...headers }, { method: 'POST', body });
  expect(answer.status).toBe(413);
});

test('A service may set its own limit.', async () => {
  const options = { method: 'POST', body: '12345' };
  expect((await send('/', authorization('small'), options)).status).toBe(413);
  expect((await send('/', authorization('small'), { method: 'POST', body: '1234' })).body).toBe('small 4');
});

test('The own paths need no signature.', async () => {
  expect(await send('/_glasshouse/status', {})).toMatchObject({ status: 200, body: 'own' });
});

test.each([
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ origin: 'http://localhost.evil.example' }, 403],
  [{ origin: 'http://127.0.0.1@evil.example' }, 403],
  [{ host: 'evil.example' }, 403],
  [{ host: '127.0.0.1.evil.example:80' }, 403],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
  [{ origin: 'http://localhost:5173' }, 200],
  [{ origin: 'http://[::1]:80' }, 200],
  [{ host: 'bucket.localhost:4566' }, 200],
  [{ host: 'bucket.127.0.0.1' }, 200],
])('A browser that sends %j gets %i, signed or not.', async (headers: OutgoingHttpHeaders, status) => {
  expect((await send('/_glasshouse/x', headers)).status).toBe(status);
  expect((await send('/', { ...authorization('plain'), ...headers })).status).toBe(status);
});

test.each([
  ['application/x-amz-json-1.0', 'X.Y', '"__type":"ResourceAlreadyExistsException"'],
  ['application/x-amz-json-1.1', 'X.Y', '"__type":"ResourceAlreadyExistsException"'],
  ['application/json', undefined, '{"resourceId":"lamp","message":"there is one"}'],
  ['application/x-www-form-urlencoded', undefined, '<Code>ResourceAlreadyExistsException</Code>'],
])('What a service refuses is answered in the protocol of %s.', async (type, target, part) => {
  const headers = { ...authorization('refusing'), 'content-type': type };
  const answer = await send('/', target === undefined ? headers : { ...headers, 'x-amz-target': target });
  expect(answer.status).toBe(409);
  expect(answer.body).toContain(part);
});

test('A failure of the cloud itself is answered with 500 and logged.', async () => {
  const answer = await send('/', authorization('failing'));
  expect(answer.status).toBe(500);
  expect(answer.headers['x-amzn-errortype']).toBe('InternalFailure');
  expect(running.failures).toMatchObject([{ service: 'failing', error: new Error('the disk is full') }]);
});

test('A port that is taken is an error that names it and the setting.', async () => {
  const second = createEndpoint({ services: {}, log: () => {} });
  const listening = second.listen({ port: running.port, setting: 'GLASSHOUSE_PORT' });
  await expect(listening).rejects.toThrow(ConfigurationError);
  await expect(listening).rejects.toThrow(
    `Port ${running.port} on 127.0.0.1 for the AWS APIs cannot be opened: another program is using it. ` +
      'Stop what uses it, or set GLASSHOUSE_PORT to another port.',
  );
});

test('Closing ends connections that are kept alive and lets what runs finish.', async () => {
  const arrived = Promise.withResolvers<() => void>();
  const other = await startEndpoint({
    slow: (_request, response) => {
      arrived.resolve(() => response.end('done'));
    },
    quick: (_request, response) => void response.end('done'),
  });
  await (await fetch(other.url, { headers: authorization('quick') })).text();
  const slow = fetch(other.url, { headers: authorization('slow') });
  const finish = await arrived.promise;
  const closed = other.close();
  finish();
  expect(await (await slow).text()).toBe('done');
  await closed;
  await expect(fetch(other.url, { headers: authorization('quick') })).rejects.toThrow('fetch failed');
});

test('Whatever the headers say, a request is answered, and only the signed service is called.', async () => {
  const words = fc.constantFrom(
    'AWS4-HMAC-SHA256 ',
    'Credential=',
    '/',
    'aws4_request',
    ',',
    'plain',
    '20261121',
    'a',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(words, { maxLength: 12 }), async (parts) => {
      const before = received.length;
      const answer = await send('/', { authorization: parts.join('') });
      expect(answer.status).toBe(received.length > before ? 200 : 403);
    }),
    { numRuns: 50 },
  );
});
