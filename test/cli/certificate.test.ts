import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DescribeCertificateCommand,
  DescribeThingCommand,
  CreatePolicyCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptCertificates } from '../../cli/certificate/vault.ts';
import { principalOf } from '../../cli/certificate/wait-for-connect.ts';
import { command } from '../../cli/commands/certificate.ts';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';
import { runCommand } from './run-command.ts';

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
});

let cloud: TestCloud;
let client: IoTClient;
let s3: S3Client;
let folder: string;
let bucket: string;

beforeAll(async () => {
  cloud = await startTestCloud({
    resources: { CertificatesBucket: { Type: 'AWS::S3::Bucket', Properties: {} } },
  });
  client = new IoTClient(cloud.sdk);
  s3 = new S3Client({ ...cloud.sdk, forcePathStyle: true });
  bucket = cloud.running.resources['CertificatesBucket'] ?? '';
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-certificate-'));
  await client.send(new CreatePolicyCommand({ policyName: 'devices', policyDocument: POLICY }));
}, 30_000);
afterAll(async () => {
  client.destroy();
  s3.destroy();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

const certificate = (...words: string[]) =>
  runCommand('certificate', command, words, {
    cwd: folder,
    env: { GLASSHOUSE_FOLDER: cloud.folder },
  });

async function certificatesOf(thingName: string) {
  const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
  return Promise.all(
    principals.map(async (target) => {
      const certificateId = target.split('/')[1] ?? '';
      const { certificateDescription } = await client.send(new DescribeCertificateCommand({ certificateId }));
      const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target }));
      const policyNames = policies.map(({ policyName }) => policyName);
      return { certificateId, status: certificateDescription?.status, policyNames };
    }),
  );
}

const idIn = (out: string): string => /^issued ([0-9a-f]{64})$/m.exec(out)?.[1] ?? 'none';

function filesIn(name: string) {
  const key = readdirSync(path.join(folder, name)).find((file) => file.endsWith('-private-key.pem')) ?? '';
  return {
    cert: readFileSync(path.join(folder, name, 'certificate.pem')),
    key: readFileSync(path.join(folder, name, key)),
    mode: statSync(path.join(folder, name, key)).mode & 0o777,
  };
}

test('A certificate is issued, kept with its key, and renewed without a moment in which the device has none.', async () => {
  const first = await certificate('issue', 'lamp-1', '--policy', 'devices', '--out', 'first');
  expect(first).toMatchObject({ code: 0, err: '' });
  const old = idIn(first.out);
  expect(await certificatesOf('lamp-1')).toEqual([
    { certificateId: old, status: 'ACTIVE', policyNames: ['devices'] },
  ]);
  expect(await keptCertificates({ client: s3, bucket }, 'lamp-1')).toMatchObject([
    { certificateId: old, policyNames: ['devices'], replaces: [] },
  ]);
  expect(filesIn('first').mode).toBe(0o600);

  const renewal = certificate('renew', 'lamp-1', '--out', 'second', '--wait', '60');
  await expect.poll(async () => (await certificatesOf('lamp-1')).length).toBe(2);
  await expect
    .poll(async () => (await certificatesOf('lamp-1')).map(({ status }) => status))
    .toEqual(['ACTIVE', 'ACTIVE']);
  await expect
    .poll(() => readdirSync(folder).includes('second') && readdirSync(path.join(folder, 'second')).length)
    .toBe(2);

  const connect = async (name: string) => {
    const { cert, key } = filesIn(name);
    const ca = readFileSync(cloud.running.caFile);
    const device = await connectAsync(cloud.running.mqttsUrl, {
      cert,
      key,
      ca,
      clientId: 'lamp-1',
      reconnectPeriod: 0,
    });
    await device.endAsync();
  };
  // The old one may connect as often as it likes: that proves nothing of the new one.
  await connect('first');
  expect((await certificatesOf('lamp-1')).length).toBe(2);
  await connect('second');
  const renewed = await renewal;
  expect(renewed.code).toBe(0);
  expect(renewed.out).toContain(`retired ${old}\n`);
  expect(await certificatesOf('lamp-1')).toEqual([
    { certificateId: idIn(renewed.out), status: 'ACTIVE', policyNames: ['devices'] },
  ]);
  const { certificateDescription } = await client.send(
    new DescribeCertificateCommand({ certificateId: old }),
  );
  expect(certificateDescription?.status).toBe('INACTIVE');
  const { attributes } = await client.send(new DescribeThingCommand({ thingName: 'lamp-1' }));
  expect(attributes).toMatchObject({ certificateId: idIn(renewed.out) });
}, 60_000);

test('A new certificate that does not connect leaves the old one as it is.', async () => {
  await certificate('issue', 'lamp-2', '--policy', 'devices');
  const { code, err } = await certificate('renew', 'lamp-2', '--wait', '1');
  expect(code).toBe(1);
  expect(err).toMatch(/has not connected within 1 s: both it and the old one are ACTIVE/);
  expect((await certificatesOf('lamp-2')).map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  const which = await certificate('revoke', 'lamp-2');
  expect(which).toMatchObject({ code: 1, err: expect.stringContaining('has 2 certificates: name one') });
}, 30_000);

test('A revoked certificate stays, a deleted one is gone with its key.', async () => {
  const issued = await certificate('issue', 'lamp-3', '--policy', 'devices');
  const certificateId = idIn(issued.out);
  expect(await certificate('revoke', 'lamp-3')).toMatchObject({ code: 0, out: `revoked ${certificateId}\n` });
  expect(await certificatesOf('lamp-3')).toMatchObject([{ certificateId, status: 'REVOKED' }]);
  const deleted = await certificate('delete', 'lamp-3', '--certificate', certificateId.slice(0, 8));
  expect(deleted).toMatchObject({ code: 0, out: `deleted ${certificateId}\n` });
  await expect(client.send(new DescribeCertificateCommand({ certificateId }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(await keptCertificates({ client: s3, bucket }, 'lamp-3')).toEqual([]);
}, 30_000);

test('What cannot be kept is not issued.', async () => {
  const ended = await certificate('issue', 'lamp-4', '--policy', 'devices', '--bucket', 'nowhere-at-all');
  expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('NoSuchBucket') });
  await expect(client.send(new DescribeThingCommand({ thingName: 'lamp-4' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
}, 30_000);

test('A thing that has a certificate is not issued another one.', async () => {
  await certificate('issue', 'lamp-5', '--policy', 'devices');
  const again = await certificate('issue', 'lamp-5', '--policy', 'devices');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('renew gives it another one') });
  expect((await certificatesOf('lamp-5')).length).toBe(1);
}, 30_000);

test.each([
  ['nothing to do', [], /needs what to do: issue, renew, revoke, delete/],
  ['something else to do', ['renue', 'a'], /certificate does issue, renew, revoke, delete, not "renue"/],
  ['no thing', ['issue'], /needs the name of a thing/],
  ['a name that is none', ['issue', '../a'], /no thing can be called/],
  ['two things', ['issue', 'a', 'b'], /takes one thing/],
  ['--wait where nothing is waited for', ['issue', 'a', '--wait', '1'], /--wait goes with renew/],
  ['--wait on AWS', ['renew', 'a', '--wait', '1', '--aws'], /does not go with --aws/],
  ['an id that is none', ['revoke', 'a', '--certificate', 'zz'], /hexadecimal digits/],
])('With %s it is wrongly called.', async (_what, words, message) => {
  const { code, err } = await certificate(...words);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test.each([
  ['{"principalIdentifier":"ab"}', 'ab'],
  ['{"clientId":"a"}', undefined],
  ['[]', undefined],
  ['{', undefined],
])('The certificate in the event %s is %s.', (payload, expected) => {
  expect(principalOf(Buffer.from(payload))).toBe(expected);
});
