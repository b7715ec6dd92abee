import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretParameter } from '../../../functions/answer-sigfox/secret-parameter.ts';
import { createParameterStore } from '../../../local/ssm/index.ts';
import { authorization, CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';

const NOW_MS = Date.UTC(2026, 0, 31);

const parameters = createParameterStore({
  file: ':memory:',
  clock: { now: () => NOW_MS },
  accountId: '000000000000',
  region: REGION,
});
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  endpoint = await startEndpoint({ ssm: parameters.handler });
});
afterAll(async () => {
  await endpoint.close();
  parameters.close();
});

async function call(operation: string, input: unknown): Promise<[status: number, answer: unknown]> {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: { ...authorization('ssm'), 'x-amz-target': `AmazonSSM.${operation}` },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  return [response.status, await response.json()];
}

const SECRET = { Name: '/glasshouse/dev/sigfox', Value: '{"a":1}', Type: 'SecureString' };

test('A SecureString is put, found decrypted only if that is asked for, changed with leave, and deleted.', async () => {
  expect(await call('PutParameter', SECRET)).toEqual([200, { Version: 1, Tier: 'Standard' }]);
  expect(await call('GetParameter', { Name: SECRET.Name, WithDecryption: true })).toEqual([
    200,
    {
      Parameter: {
        ...SECRET,
        Version: 1,
        LastModifiedDate: NOW_MS / 1000,
        ARN: `arn:aws:ssm:${REGION}:000000000000:parameter/glasshouse/dev/sigfox`,
        DataType: 'text',
      },
    },
  ]);
  const [, hidden] = await call('GetParameter', { Name: SECRET.Name });
  expect(JSON.stringify(hidden)).not.toContain(SECRET.Value);
  expect(await call('PutParameter', SECRET)).toMatchObject([400, { __type: 'ParameterAlreadyExists' }]);
  const changed = { Name: SECRET.Name, Value: 'new', Overwrite: true };
  expect(await call('PutParameter', changed)).toMatchObject([200, { Version: 2 }]);
  expect(await call('GetParameters', { Names: [SECRET.Name, 'other'], WithDecryption: true })).toMatchObject([
    200,
    { Parameters: [{ Value: 'new', Type: 'SecureString' }], InvalidParameters: ['other'] },
  ]);
  expect(await call('DeleteParameter', { Name: SECRET.Name })).toEqual([200, {}]);
  expect(await call('DeleteParameter', { Name: SECRET.Name })).toMatchObject([
    400,
    { __type: 'ParameterNotFound' },
  ]);
});

test.each([
  ['PutParameter', { Name: 'a b', Value: 'x', Type: 'String' }, 'ValidationException'],
  ['PutParameter', { Name: 'a', Value: 'x' }, 'ValidationException'],
  ['PutParameter', { Name: 'a', Value: 'x'.repeat(4_097), Type: 'String' }, 'ValidationException'],
  ['PutParameter', { Name: 'a', Value: 'x', Type: 'String', Tier: 'Advanced' }, 'ValidationException'],
  ['GetParameter', { Name: 'not-there' }, 'ParameterNotFound'],
  ['GetParameter', '{', 'ValidationException'],
  ['GetParameterHistory', {}, 'UnknownOperationException'],
])('%s of %j is refused: %s.', async (operation, input, code) => {
  expect(await call(operation, input)).toMatchObject([400, { __type: code }]);
});

test('The function finds its credentials here by the way that it has on AWS.', async () => {
  await call('PutParameter', { ...SECRET, Overwrite: true });
  const secret = new SecretParameter({
    name: SECRET.Name,
    parse: (text): unknown => JSON.parse(text),
    region: REGION,
    endpointUrl: endpoint.url,
    signingKey: async () => CREDENTIALS,
    now: () => NOW_MS,
  });
  expect(await secret.get()).toEqual({ a: 1 });
  parameters.reset();
  const anew = new SecretParameter({
    name: SECRET.Name,
    parse: String,
    region: REGION,
    endpointUrl: endpoint.url,
    signingKey: async () => CREDENTIALS,
    now: () => NOW_MS,
  });
  await expect(anew.get()).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
});
