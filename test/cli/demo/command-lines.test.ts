import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLines as greenhouseLines } from '../../../cli/demo/greenhouse/command-lines.ts';
import { commandLines } from '../../../cli/demo/onboarding/command-lines.ts';
import { placeOf, placeToStart } from '../../../cli/demo/onboarding/place.ts';
import type { RunningCloud } from '../../../local/running.ts';

const CLOUD: RunningCloud = {
  pid: 1,
  startedAt: '2026-11-21T00:00:00Z',
  service: 'glasshouse',
  stage: 'dev',
  region: 'eu-west-3',
  accountId: '000000000000',
  endpointUrl: 'http://127.0.0.1:20001',
  mqttUrl: 'mqtt://127.0.0.1:20002',
  mqttsUrl: 'mqtts://127.0.0.1:20003',
  httpsUrl: 'https://127.0.0.1:20004',
  caFile: "/tmp/it's here/ca.pem",
  pageUrl: '',
  resources: {},
};

const NAMES = { device: 'lamp-1', lateDevice: 'late-1', allowListTable: 'allow' };

test('The lines of a cloud that is gone are for one that is to be started, at its own ports.', () => {
  const place = placeToStart(CLOUD, {});
  expect(commandLines.findCloud(place)).toEqual([
    '# first, in another terminal of this folder: npx glasshouse start --no-demo',
    'export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-3',
    'export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any',
  ]);
  const [line] = commandLines.connect({ ...NAMES, place });
  expect(line).toContain('--cafile .glasshouse/ca.pem ');
  expect(line).toContain(' -p 8883 ');
  const moved = {
    GLASSHOUSE_FOLDER: '/srv/cloud',
    GLASSHOUSE_MQTTS_PORT: '9',
    GLASSHOUSE_ENDPOINT_PORT: '8',
  };
  expect(placeToStart(CLOUD, moved)).toMatchObject({
    endpointUrl: 'http://127.0.0.1:8',
    mqttsPort: '9',
    caFile: '/srv/cloud/ca.pem',
  });
});

test('Those of a cloud that runs are for that one, and a shell reads its file as one word.', () => {
  const place = placeOf(CLOUD);
  const [first] = commandLines.findCloud(place);
  expect(first).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:20001 /);
  const [line = ''] = commandLines.connect({ ...NAMES, place });
  expect(line).toContain(' -p 20003 ');
  const words = line.replace('mosquitto_pub', `printf '%s\\n'`);
  expect(execFileSync('sh', ['-c', words], { encoding: 'utf8' })).toContain(`\n${CLOUD.caFile}\n`);
});

test('The time of a reading is put in by the shell, and the message is JSON.', () => {
  const line = greenhouseLines().find((one) => one.includes('/lux '));
  const words = (line ?? '').replace('npx glasshouse publish', `printf '%s\\n'`);
  const [topic, message = ''] = execFileSync('sh', ['-c', words], { encoding: 'utf8' }).split('\n');
  expect(topic).toBe('greenhouse/north/lux');
  expect(JSON.parse(message)).toEqual({
    device: 'a',
    lux: 36_000,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
});
