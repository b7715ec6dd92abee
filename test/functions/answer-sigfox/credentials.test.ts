import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isLetIn, parseCredentials } from '../../../functions/answer-sigfox/credentials.ts';
import { SecretParameter } from '../../../functions/answer-sigfox/secret-parameter.ts';
import { signPost } from '../../../functions/answer-sigfox/sign-request.ts';
import { compileSourceRanges, SIGFOX_SOURCE_RANGE } from '../../../functions/answer-sigfox/source-range.ts';
import { basic } from './events.ts';

const PASSWORD = 'correct horse: battery';
const BOTH = parseCredentials(
  JSON.stringify([
    { username: 'sigfox', password: PASSWORD },
    { header: 'X-Glasshouse-Key', value: 'a-long-value-here' },
  ]),
);

test.each([
  [basic('sigfox', PASSWORD), true],
  [{ authorization: basic('sigfox', PASSWORD)['authorization']?.replace('Basic', 'bAsIc') ?? '' }, true],
  [{ 'x-glasshouse-key': 'a-long-value-here' }, true],
  [{ ...basic('sigfox', 'wrong'), 'x-glasshouse-key': 'a-long-value-here' }, true],
  [{}, false],
  [basic('sigfox', 'wrong'), false],
  [basic('sigfox', ''), false],
  [basic('', ''), false],
  [{ authorization: PASSWORD }, false],
  [{ authorization: 'Basic' }, false],
  [{ authorization: 'Bearer a-long-value-here' }, false],
  [{ 'x-glasshouse-key': '' }, false],
  [{ 'x-glasshouse-key': 'a-long-value-her' }, false],
])('Who shows %o is let in: %o.', (headers, expected) => {
  expect(isLetIn(headers, BOTH)).toBe(expected);
});

test('One credential needs no list.', () => {
  const one = parseCredentials(JSON.stringify({ username: 'a', password: PASSWORD }));
  expect(isLetIn(basic('a', PASSWORD), one)).toBe(true);
});

test.each([
  [''],
  ['sigfox:password'],
  ['[]'],
  ['{}'],
  ['{"username":"a","password":"short"}'],
  ['{"username":"a:b","password":"long enough, surely"}'],
  ['{"header":"no header","value":"long enough, surely"}'],
  ['{"username":"a","password":"long enough, surely","realm":"x"}'],
])('The parameter %o is refused, and not quoted.', (text) => {
  const refused = expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE', retryable: false });
  expect(() => parseCredentials(text)).toThrow(refused);
  try {
    parseCredentials(text);
  } catch (error) {
    if (text.length > 5) expect(String(error)).not.toContain(text);
  }
});

test.each([
  ['185.110.96.0', true],
  ['185.110.99.255', true],
  ['185.110.100.0', false],
  ['185.110.95.255', false],
  ['127.0.0.1', false],
  ['::ffff:185.110.97.1', true],
  ['nonsense', false],
])('%s is an address of Sigfox: %o.', (address, expected) => {
  expect(compileSourceRanges(SIGFOX_SOURCE_RANGE)?.(address)).toBe(expected);
});

test('Ranges may be several, and what is none is none.', () => {
  const both = compileSourceRanges('10.0.0.0/8, 2001:db8::/32');
  expect([both?.('10.1.2.3'), both?.('2001:db8::1'), both?.('11.0.0.1')]).toEqual([true, true, false]);
  for (const text of ['', '10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/8;11.0.0.0/8']) {
    expect(compileSourceRanges(text)).toBeUndefined();
  }
});

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

test("A POST is signed as AWS's own test suite says (post-vanilla).", () => {
  const request = { host: 'example.amazonaws.com', region: 'us-east-1', service: 'service', body: '' };
  const { authorization } = signPost(request, {}, KEY, Date.UTC(2015, 7, 30, 12, 36));
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

/** As much of the SSM Parameter Store as one operation. */
const store = { value: '{"a":1}', calls: 0, status: 200, requests: [] as unknown[] };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    store.calls += 1;
    store.requests.push({ headers: request.headers, body: JSON.parse(body) as unknown });
    const answer =
      store.status === 200
        ? { Parameter: { Name: '/x', Type: 'SecureString', Value: store.value } }
        : { __type: store.status === 400 ? 'ParameterNotFound' : 'InternalServerError' };
    response.writeHead(store.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  });
});
let endpointUrl: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  endpointUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => void server.close());
afterEach(() => vi.restoreAllMocks());

function parameter(nowMs: { value: number }, url = endpointUrl) {
  Object.assign(store, { value: '{"a":1}', calls: 0, status: 200, requests: [] });
  return new SecretParameter({
    name: '/glasshouse/dev/sigfox',
    parse: (text): unknown => JSON.parse(text),
    region: 'eu-west-1',
    endpointUrl: url,
    signingKey: async () => ({ ...KEY, sessionToken: 'token' }),
    now: () => nowMs.value,
  });
}

test('A parameter is asked for once in five minutes, decrypted and signed.', async () => {
  const now = { value: Date.UTC(2026, 0, 31) };
  const secret = parameter(now);
  expect([await secret.get(), await secret.get(), await secret.recheck()]).toEqual([
    { a: 1 },
    { a: 1 },
    { a: 1 },
  ]);
  expect(store.calls).toBe(1);
  expect(store.requests).toMatchObject([
    {
      body: { Name: '/glasshouse/dev/sigfox', WithDecryption: true },
      headers: {
        'x-amz-target': 'AmazonSSM.GetParameter',
        'x-amz-security-token': 'token',
        authorization: expect.stringContaining('/20260131/eu-west-1/ssm/aws4_request'),
      },
    },
  ]);
  now.value += 300_000;
  store.value = '{"a":2}';
  expect(await secret.get()).toEqual({ a: 2 });
});

test('Who is not let in has the parameter looked at again, every half minute at most.', async () => {
  const now = { value: 0 };
  const secret = parameter(now);
  await secret.get();
  store.value = '{"a":2}';
  now.value += 29_999;
  expect(await secret.recheck()).toEqual({ a: 1 });
  now.value += 1;
  expect([await secret.recheck(), await secret.get()]).toEqual([{ a: 2 }, { a: 2 }]);
  expect(store.calls).toBe(2);
});

test('What is known already is better than none where the store is away.', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const now = { value: 0 };
  const secret = parameter(now);
  await secret.get();
  store.status = 500;
  now.value += 300_000;
  expect(await secret.get()).toEqual({ a: 1 });
});

test('A parameter that is not there is told with the way to put it there; a store that is away is bad luck.', async () => {
  const secret = parameter({ value: 0 });
  store.status = 400;
  await expect(secret.get()).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    retryable: false,
    message: expect.stringContaining('aws ssm put-parameter'),
  });
  store.status = 500;
  await expect(secret.get()).rejects.toMatchObject({ code: 'CREDENTIALS_UNREACHABLE', retryable: true });
  const away = parameter({ value: 0 }, 'http://127.0.0.1:9');
  await expect(away.get()).rejects.toMatchObject({ code: 'CREDENTIALS_UNREACHABLE', retryable: true });
});
