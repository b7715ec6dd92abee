import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AwsCommandLine } from './aws-command-line.ts';
import { ServiceCloud } from './cloud.ts';
import { programPath } from './programs.ts';

/** A maker's walk: its CA is registered, its devices come by themselves. */
let cloud: ServiceCloud;
let aws: AwsCommandLine;
let subscriber: MqttClient;
let caCertificateId = '';
const heard: string[] = [];
const activated: unknown[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-onboarding-'));

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  aws = new AwsCommandLine(cloud.running);
  subscriber = await connectAsync(cloud.running.mqttUrl, { reconnectPeriod: 0 });
  subscriber.on('message', (topic, payload) => {
    if (topic.endsWith('/activated')) activated.push(JSON.parse(payload.toString()));
    else heard.push(payload.toString());
  });
  await subscriber.subscribeAsync(['anom/detect', 'devices/+/activated'], { qos: 1 });
});

afterAll(async () => {
  subscriber.end(true);
  await cloud.remove();
  aws.remove();
  rmSync(folder, { recursive: true, force: true });
});

function openssl(...words: string[]): void {
  const { status, stderr } = spawnSync(programPath('openssl'), words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
}

/** A key and a certificate that the maker's CA has signed. */
function issue(name: string, commonName: string): void {
  openssl('genrsa', '-out', `${name}.key`, '2048');
  openssl('req', '-new', '-key', `${name}.key`, '-subj', `/O=Makers/CN=${commonName}`, '-out', `${name}.csr`);
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'rootCA.pem',
    '-CAkey',
    'rootCA.key',
    '-CAcreateserial',
    '-out',
    `${name}.pem`,
    '-days',
    '500',
    '-sha256',
  );
}

/** One try of a device to say something. @returns whether the cloud let it */
async function publish(name: string, message: string): Promise<boolean> {
  const { port } = new URL(cloud.running.mqttsUrl);
  const child = spawn(
    programPath('mosquittoPub'),
    [
      '--cafile',
      cloud.running.caFile,
      '--cert',
      `${name}.pem`,
      '--key',
      `${name}.key`,
      '-h',
      'localhost',
      '-p',
      port,
      '-q',
      '1',
      '-i',
      name,
      '-t',
      'anom/detect',
      '-m',
      message,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
}

const allow = (name: string) =>
  aws.text(
    'dynamodb',
    'put-item',
    '--table-name',
    cloud.resource('AllowListTable'),
    '--item',
    JSON.stringify({ listing: { S: `name/${name}` }, decision: { S: 'allow' } }),
  );

const certificates = z.object({
  certificates: z.array(z.object({ certificateId: z.string(), status: z.string() })),
});
const idsOf = async () =>
  (
    await aws.json(certificates, 'iot', 'list-certificates-by-ca', '--ca-certificate-id', caCertificateId)
  ).certificates.map(({ certificateId, status }) => ({ certificateId, status }));

test('A maker registers its CA with a certificate that proves it, and turns auto-registration on.', async () => {
  openssl('genrsa', '-out', 'rootCA.key', '2048');
  openssl(
    'req',
    '-x509',
    '-new',
    '-nodes',
    '-key',
    'rootCA.key',
    '-sha256',
    '-days',
    '1024',
    '-subj',
    '/O=Makers/CN=Makers root',
    '-out',
    'rootCA.pem',
  );
  const code = (
    await aws.text('iot', 'get-registration-code', '--query', 'registrationCode', '--output', 'text')
  ).trim();
  issue('verification', code);
  const answer = await aws.json(
    z.object({ certificateId: z.string() }),
    'iot',
    'register-ca-certificate',
    '--set-as-active',
    '--allow-auto-registration',
    '--ca-certificate',
    `file://${path.join(folder, 'rootCA.pem')}`,
    '--verification-cert',
    `file://${path.join(folder, 'verification.pem')}`,
  );
  caCertificateId = answer.certificateId;
  expect(caCertificateId).toMatch(/^[0-9a-f]{64}$/);
});

test('A listed device is refused at first, activated by the function, and accepted then.', async () => {
  issue('lamp', 'lamp');
  await allow('lamp');
  expect(await publish('lamp', 'Hello')).toBe(false);
  await expect.poll(() => publish('lamp', 'Hello'), { timeout: 20_000, interval: 500 }).toBe(true);
  await expect.poll(() => heard).toContain('Hello');
  await expect.poll(() => activated).toContainEqual(expect.objectContaining({ thingName: 'lamp' }));
  const thing = await aws.json(
    z.object({ thingName: z.string(), thingTypeName: z.string() }),
    'iot',
    'describe-thing',
    '--thing-name',
    'lamp',
  );
  expect(thing).toEqual({ thingName: 'lamp', thingTypeName: 'glasshouse-dev-device' });
  expect((await idsOf()).map(({ status }) => status)).toEqual(['ACTIVE']);
});

test('A device that nobody listed waits, and is not revoked.', async () => {
  issue('stranger', 'stranger');
  for (let tries = 0; tries < 3; tries += 1) expect(await publish('stranger', 'Hi')).toBe(false);
  const held = async () =>
    aws.text('dynamodb', 'scan', '--table-name', cloud.resource('HeldCertificatesTable'), '--output', 'json');
  await expect.poll(held, { timeout: 20_000 }).toContain('"Count": 1');
  const statuses = (await idsOf()).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual(['ACTIVE', 'PENDING_ACTIVATION']);
});

test('With its CA deactivated a new device is not even registered; a device that is revoked is refused.', async () => {
  await aws.text(
    'iot',
    'update-ca-certificate',
    '--certificate-id',
    caCertificateId,
    '--new-status',
    'INACTIVE',
  );
  issue('late', 'late');
  await allow('late');
  expect(await publish('late', 'Hi')).toBe(false);
  const ids = await idsOf();
  expect(ids).toHaveLength(2);

  const lamp = ids.find(({ status }) => status === 'ACTIVE')?.certificateId ?? '';
  await aws.text('iot', 'update-certificate', '--certificate-id', lamp, '--new-status', 'REVOKED');
  expect(await publish('lamp', 'Hello again')).toBe(false);
  expect(heard).not.toContain('Hello again');
});
