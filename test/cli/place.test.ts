import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseArguments } from '../../cli/arguments.ts';
import { awsOption, findAwsPlace } from '../../cli/devices/place.ts';
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
