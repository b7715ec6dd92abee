import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { parseArguments } from '../../cli/arguments.ts';
import { awsOption, describeAwsFailure, findAwsPlace, sdkConfig } from '../../cli/devices/place.ts';
import { CommandError } from '../../cli/errors.ts';
import { errorText } from '../../shared/errors.ts';
import { writeRunning, type RunningCloud } from '../../local/running.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-place-'));
const resources = { DevicesTable: 'glasshouse-dev-DevicesTable' };
const running: RunningCloud = {
  pid: process.pid,
  startedAt: '2026-01-01T00:00:00.000Z',
  service: 'glasshouse',
  stage: 'dev',
  region: 'eu-west-1',
  accountId: '000000000000',
  endpointUrl: 'http://127.0.0.1:4566',
  mqttUrl: 'mqtt://127.0.0.1:1883',
  mqttsUrl: 'mqtts://127.0.0.1:8883',
  httpsUrl: 'https://127.0.0.1:8443',
  caFile: 'ca.pem',
  pageUrl: 'http://127.0.0.1:8080/',
  resources,
};

beforeAll(() => writeRunning(folder, running));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function placeOf(words: readonly string[], env: Record<string, string>) {
  const args = parseArguments('devices', awsOption, words);
  if (args === undefined) throw new Error('the words ask for help');
  return findAwsPlace(args, { env: { GLASSHOUSE_FOLDER: folder, ...env }, cwd: folder });
}

test.each([
  ['no AWS_ENDPOINT_URL', {}],
  ['the endpoint of this cloud', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }],
  ['the same with a slash', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' }],
  ['the same by its name', { AWS_ENDPOINT_URL: 'http://localhost:4566' }],
])('With %s it is the running cloud, whose tables are known.', (_case, env) => {
  expect(placeOf([], env)).toMatchObject({ endpointUrl: 'http://127.0.0.1:4566', resources });
});

test.each(['http://127.0.0.1:4567', 'http://10.0.0.1:4566', 'not an address'])(
  'With AWS_ENDPOINT_URL=%s it is another cloud, of which no table is known.',
  (endpointUrl) => {
    expect(placeOf([], { AWS_ENDPOINT_URL: endpointUrl, AWS_REGION: 'us-east-1' })).toEqual({
      endpointUrl,
      region: 'us-east-1',
      resources: {},
    });
  },
);

test('With --aws it is AWS, whatever runs here.', () => {
  expect(placeOf(['--aws'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toEqual({
    endpointUrl: undefined,
    region: undefined,
    resources: {},
  });
});

test('With nothing to be found it says how to start one.', () => {
  expect(() => placeOf([], { GLASSHOUSE_FOLDER: path.join(folder, 'none') })).toThrow('start one with');
});

const nowhere = { endpointUrl: 'http://127.0.0.1:9', region: 'eu-west-1', resources: {} };

/** What a promise ends with that has to fail. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

test("The command's own refusals and what the file system says are no failures of the cloud.", async () => {
  const refusal = new CommandError('NO_DEVICE', 'there is no device "nobody"');
  expect(describeAwsFailure(refusal, nowhere)).toBe(refusal);
  const ofFiles = await failureOf(mkdir(folder));
  expect(ofFiles).toMatchObject({ code: 'EEXIST' });
  expect(describeAwsFailure(ofFiles, nowhere)).toBe(ofFiles);
});

test('A cloud that does not answer is told with its address.', async () => {
  const client = new DynamoDBClient({ ...sdkConfig(nowhere), maxAttempts: 1 });
  const described = describeAwsFailure(await failureOf(client.send(new ListTablesCommand())), nowhere);
  client.destroy();
  expect(errorText(described)).toMatch(
    /^the cloud at http:\/\/127\.0\.0\.1:9 could not be asked: .*ECONNREFUSED/,
  );
  const raw = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  expect(errorText(describeAwsFailure(raw, nowhere))).toMatch(/could not be asked: Error: reset/);
});

test('On AWS without a region it says what to set.', async () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    vi.stubEnv(name, path.join(folder, 'none'));
  }
  const aws = { endpointUrl: undefined, region: undefined, resources: {} };
  const client = new DynamoDBClient(sdkConfig(aws));
  const described = describeAwsFailure(await failureOf(client.send(new ListTablesCommand())), aws);
  client.destroy();
  expect(errorText(described)).toContain('set AWS_REGION');
});
