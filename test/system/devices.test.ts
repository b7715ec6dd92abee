import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import {
  CreateTopicRuleCommand,
  DescribeCertificateCommand,
  GetRegistrationCodeCommand,
  RegisterCACertificateCommand,
  UpdateCACertificateCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeviceFleet, type DeviceCertificate } from '../support/device-fleet.ts';
import { ServiceCloud } from './cloud.ts';
import { programPath } from './programs.ts';

let cloud: ServiceCloud;
let fleet: DeviceFleet;
let caCertificateId = '';
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-jitr-'));

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  fleet = new DeviceFleet(cloud.running);
  await fleet.makePolicy('maker', { Effect: 'Allow', Action: 'iot:*', Resource: '*' });
  caCertificateId = await registerCa('maker');
});

afterAll(async () => {
  fleet.close();
  await cloud.remove();
  rmSync(folder, { recursive: true, force: true });
});

function openssl(...words: string[]): string {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(programPath('openssl'), words, options);
  if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
  return stdout;
}

const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes a certificate that the CA signs: `<name>.pem` and `<name>.key`. */
function sign(ca: string, name: string, subject: string): void {
  openssl('req', '-new', ...CURVE, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const signer = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '500', '-sha256'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.pem`);
}

function makeCa(name: string): void {
  const words = ['-days', '3650', '-subj', `/O=Makers/CN=${name}`, '-keyout', `${name}.key`];
  openssl('req', '-new', '-x509', ...CURVE, ...words, '-out', `${name}.pem`);
}

/** A device maker's CA, shown to be its own by a certificate for the registration code. @returns its id */
async function registerCa(name: string, allowAutoRegistration = true): Promise<string> {
  makeCa(name);
  const { registrationCode } = await fleet.iot.send(new GetRegistrationCodeCommand({}));
  sign(name, `${name}-verification`, `/CN=${registrationCode}`);
  const { certificateId = '' } = await fleet.iot.send(
    new RegisterCACertificateCommand({
      caCertificate: read(`${name}.pem`),
      verificationCertificate: read(`${name}-verification.pem`),
      setAsActive: true,
      allowAutoRegistration,
    }),
  );
  return certificateId;
}

/** A device of that maker, which the cloud knows nothing of. It shows its CA as well, as AWS asks for. */
function makeUnknownDevice(ca: string, name: string): DeviceCertificate {
  sign(ca, name, `/O=Makers/CN=${name}`);
  const { fingerprint256 } = new X509Certificate(read(`${name}.pem`));
  const certificateId = fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    certificateId,
    certificateArn: fleet.arn(`cert/${certificateId}`),
    certificate: read(`${name}.pem`) + read(`${ca}.pem`),
    privateKey: read(`${name}.key`),
  };
}

async function shakeHands({ certificate: cert, privateKey: key }: DeviceCertificate): Promise<TLSSocket> {
  const { hostname, port } = new URL(cloud.running.mqttsUrl);
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), ca: fleet.ca, cert, key }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });
}

/** Sends a CONNECT. @returns what the cloud sends until it closes the connection */
async function bytesAfterConnect(device: DeviceCertificate, protocolVersion: 4 | 5): Promise<Buffer> {
  const socket = await shakeHands(device);
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => resolve());
  });
  const connect = { cmd: 'connect', clientId: 'newcomer', clean: true, keepalive: 60 } as const;
  socket.write(generate({ ...connect, protocolId: 'MQTT', protocolVersion }));
  await closed;
  return Buffer.concat(chunks);
}

async function describe(certificateId: string) {
  const { certificateDescription } = await fleet.iot.send(new DescribeCertificateCommand({ certificateId }));
  return certificateDescription;
}

const NOT_FOUND = { name: 'ResourceNotFoundException' };

test.each([4, 5] as const)(
  'A device of a registered CA is registered by its first CONNECT, and connects once it is activated (version %d).',
  async (version) => {
    const device = makeUnknownDevice('maker', `first-${version}`);
    const { certificateId } = device;
    const topic = `$aws/events/certificates/registered/${caCertificateId}`;
    const { received } = await fleet.watch(topic);

    // A handshake alone registers nothing.
    (await shakeHands(device)).destroy();
    await expect(describe(certificateId)).rejects.toMatchObject(NOT_FOUND);

    expect(await bytesAfterConnect(device, version)).toHaveLength(0);
    expect(await describe(certificateId)).toMatchObject({ status: 'PENDING_ACTIVATION', caCertificateId });
    const event = {
      certificateId,
      caCertificateId,
      timestamp: expect.any(Number),
      certificateStatus: 'PENDING_ACTIVATION',
      awsAccountId: cloud.running.accountId,
    };
    const first = { topic, message: { ...event, certificateRegistrationTimestamp: null } };
    await expect.poll(() => received).toEqual([first]);

    expect(await bytesAfterConnect(device, version)).toHaveLength(0);
    const { creationDate } = (await describe(certificateId)) ?? {};
    const certificateRegistrationTimestamp = String(creationDate?.getTime());
    const again = { topic, message: { ...event, certificateRegistrationTimestamp } };
    await expect.poll(() => received).toEqual([first, again]);
    expect(await describe(certificateId)).toMatchObject({ status: 'PENDING_ACTIVATION' });

    await fleet.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
    const options = { protocolVersion: version };
    await expect(fleet.connect(device, 'newcomer', options)).rejects.toThrow(
      version === 5 ? 'Not authorized' : "Couldn't connect",
    );
    await fleet.attachPolicy('maker', device.certificateArn);
    const client = await fleet.connect(device, 'newcomer', options);
    await client.publishAsync('makers/hello', 'hello', { qos: 1 });
    await client.endAsync();
    expect(received).toHaveLength(2);
  },
);

test('A rule can activate: it is given the event, with the client id and address of the newcomer.', async () => {
  const republish = { topic: 'makers/newcomers', roleArn: 'arn:aws:iam::000000000000:role/any' };
  const sql = `SELECT certificateId, clientid() AS client, sourceip() AS address
    FROM '$aws/events/certificates/registered/+' WHERE certificateStatus = 'PENDING_ACTIVATION'`;
  const topicRulePayload = { sql, awsIotSqlVersion: '2016-03-23', actions: [{ republish }] };
  await fleet.iot.send(new CreateTopicRuleCommand({ ruleName: 'newcomers', topicRulePayload }));
  const { received } = await fleet.watch('makers/newcomers');
  const device = makeUnknownDevice('maker', 'ruled');
  await bytesAfterConnect(device, 4);
  const { certificateId } = device;
  const message = { certificateId, client: 'newcomer', address: '127.0.0.1' };
  await expect.poll(() => received).toEqual([{ topic: 'makers/newcomers', message }]);
});

test('A CA without auto-registration, one that is INACTIVE, and one that is not known register nothing.', async () => {
  const { received } = await fleet.watch('$aws/events/certificates/registered/#');
  await registerCa('manual', false);
  const ofInactive = await registerCa('retired');
  const change = { certificateId: ofInactive, newStatus: 'INACTIVE' } as const;
  await fleet.iot.send(new UpdateCACertificateCommand(change));
  makeCa('stranger');
  for (const ca of ['manual', 'retired', 'stranger']) {
    const device = makeUnknownDevice(ca, `of-${ca}`);
    expect(await bytesAfterConnect(device, 4)).toHaveLength(0);
    await expect(describe(device.certificateId)).rejects.toMatchObject(NOT_FOUND);
  }
  // One that is registered comes after them all.
  const last = makeUnknownDevice('maker', 'last');
  await bytesAfterConnect(last, 4);
  await expect.poll(() => received).toHaveLength(1);
  expect(received[0]?.message).toMatchObject({ certificateId: last.certificateId });
});

test('A certificate that was revoked stays out, and its CONNECT is no event any more.', async () => {
  const { received } = await fleet.watch(`$aws/events/certificates/registered/${caCertificateId}`);
  const device = makeUnknownDevice('maker', 'revoked');
  const { certificateId } = device;
  await bytesAfterConnect(device, 4);
  await fleet.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
  expect(await bytesAfterConnect(device, 4)).toHaveLength(0);
  expect(await describe(certificateId)).toMatchObject({ status: 'REVOKED' });
  await bytesAfterConnect(makeUnknownDevice('maker', 'after'), 4);
  await expect.poll(() => received).toHaveLength(2);
  expect(received.filter(({ message }) => JSON.stringify(message).includes(certificateId))).toHaveLength(1);
});

test('A CA is taken once, and only with a certificate of its own for the registration code.', async () => {
  const register = (ca: string, verification: string) =>
    fleet.iot.send(
      new RegisterCACertificateCommand({
        caCertificate: read(`${ca}.pem`),
        verificationCertificate: read(`${verification}.pem`),
      }),
    );
  const twice = register('maker', 'maker-verification');
  await expect(twice).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  makeCa('claimed');
  sign('claimed', 'other-code', '/CN=another-code');
  const ofOtherCode = register('claimed', 'other-code');
  await expect(ofOtherCode).rejects.toMatchObject({ name: 'RegistrationCodeValidationException' });
  const ofOtherCa = register('claimed', 'maker-verification');
  await expect(ofOtherCa).rejects.toMatchObject({ name: 'CertificateValidationException' });
});
