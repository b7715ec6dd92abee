import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/cloud.ts';
import { ServiceCloud } from './cloud.ts';
import { Device } from './device.ts';
import { programPath } from './programs.ts';

const AWS = programPath('aws');

/** AWS's command line reads AWS_ENDPOINT_URL from 2.13 on. */
const [, minor = '0'] =
  /^aws-cli\/2\.(\d+)/.exec(execFileSync(AWS, ['--version'], { encoding: 'utf8' })) ?? [];
const knowsEndpointUrl = Number(minor) >= 13;
const how = knowsEndpointUrl
  ? 'with AWS_ENDPOINT_URL'
  : `with --endpoint-url (2.${minor} reads no AWS_ENDPOINT_URL)`;

let cloud: ServiceCloud;
let device: Device;
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-aws-'));

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  device = await Device.connect(cloud.running.mqttUrl, 'boiler');
});

afterAll(async () => {
  await device.leave();
  await cloud.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command line as somebody would who has set nothing up: no profile, no file, no real credentials. */
async function aws(...words: readonly string[]): Promise<string> {
  const { endpointUrl, region } = cloud.running;
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  const endpoint = knowsEndpointUrl ? [] : ['--endpoint-url', endpointUrl];
  const { stdout } = await promisify(execFile)(AWS, [...endpoint, ...words], { env: environment });
  return stdout;
}

async function awsJson<Schema extends z.ZodType>(
  schema: Schema,
  ...words: readonly string[]
): Promise<z.output<Schema>> {
  return schema.parse(JSON.parse(await aws(...words)));
}

const stateItem = z.object({ key: z.object({ S: z.string() }), version: z.object({ N: z.string() }) });

test(`What was learned of a device is read with \`aws dynamodb get-item\`, ${how}.`, async () => {
  await device.sendMany(3);
  const { Item: item } = await awsJson(
    z.object({ Item: stateItem }),
    'dynamodb',
    'get-item',
    '--table-name',
    cloud.resource('ScoringStateTable'),
    '--key',
    '{"key":{"S":"boiler"}}',
  );
  expect(item.version.N).toBe('3');
});

test(`All devices are listed with \`aws dynamodb scan\`, ${how}.`, async () => {
  const table = cloud.resource('ScoringStateTable');
  const found = await awsJson(
    z.object({ Items: z.array(stateItem) }),
    'dynamodb',
    'scan',
    '--table-name',
    table,
  );
  expect(found.Items.map(({ key }) => key.S)).toEqual(['boiler']);
});

test(`A rejected reading is received with \`aws sqs receive-message\`, ${how}.`, async () => {
  const client = await connectAsync(cloud.running.mqttUrl);
  await client.publishAsync('anom/detect', '{"device":"boiler","value":"warm"}', { qos: 1 });
  await client.endAsync();
  const received = await awsJson(
    z.object({ Messages: z.array(z.object({ Body: z.string() })) }),
    'sqs',
    'receive-message',
    '--queue-url',
    cloud.resource('RejectionsQueue'),
    '--wait-time-seconds',
    '10',
  );
  expect(received.Messages.map(({ Body }) => JSON.parse(Body))).toEqual([
    expect.objectContaining({ input: { device: 'boiler', value: 'warm' } }),
  ]);
});

test(`An anomaly that was kept is listed with \`aws s3 ls\`, ${how}.`, async () => {
  await device.sendMany(40);
  const { anomaly, time } = await device.send(60);
  expect(anomaly).toBe(true);
  const bucket = cloud.resource('AnomaliesBucket');
  const listed = await eventually(async () => {
    const lines = await aws('s3', 'ls', '--recursive', `s3://${bucket}`).catch(() => '');
    return lines === '' ? undefined : lines;
  });
  expect(listed.trim()).toMatch(new RegExp(` anomalies/boiler/${time}\\.json$`));
});

test(`A reading is scored with \`aws lambda invoke\`, ${how}.`, async () => {
  const answer = path.join(folder, 'answer.json');
  const called = await awsJson(
    z.object({ StatusCode: z.number() }),
    'lambda',
    'invoke',
    '--function-name',
    'glasshouse-dev-score-anomaly',
    '--cli-binary-format',
    'raw-in-base64-out',
    '--payload',
    '{"device":"invoked","timestamp":"2026-01-01T00:00:00Z","value":21.5}',
    answer,
  );
  expect(called).toEqual({ StatusCode: 200 });
  expect(JSON.parse(readFileSync(answer, 'utf8'))).toMatchObject({
    device: 'invoked',
    columns: { value: { value: 21.5, warmingUp: true } },
  });
});

test(`A reading that is published with \`aws iot-data publish\` has its result on anom/pred, ${how}.`, async () => {
  const client = await connectAsync(cloud.running.mqttUrl);
  await client.subscribeAsync('anom/pred');
  const result = new Promise<string>((resolve) => {
    client.once('message', (_topic, payload) => resolve(payload.toString()));
  });
  const reading = { device: 'published', timestamp: '2026-01-01T00:00:00Z', value: 4.5 };
  const words = ['--cli-binary-format', 'raw-in-base64-out', '--payload', JSON.stringify(reading)];
  await aws('iot-data', 'publish', '--topic', 'anom/detect', '--qos', '1', ...words);
  expect(JSON.parse(await result)).toMatchObject({ reading, device: 'published', anomaly: false });
  await client.endAsync();
});
