import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { UpdateCertificateCommand } from '@aws-sdk/client-iot';
import { DeleteConnectionCommand, GetRetainedMessageCommand } from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeviceFleet, type DeviceCertificate } from '../support/device-fleet.ts';
import { makeCertificate } from '../support/x509.ts';
import { ServiceCloud } from './cloud.ts';
import { programPath } from './programs.ts';

const VERSIONS = ['mqttv311', 'mqttv5'];

let cloud: ServiceCloud;
let fleet: DeviceFleet;
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-mosquitto-'));
const running = new Set<ChildProcess>();

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  fleet = new DeviceFleet(cloud.running);
  await fleet.makePolicy('anything', { Effect: 'Allow', Action: 'iot:*', Resource: '*' });
  writeDevice('allowed', await fleet.makeDevice({ policyNames: ['anything'] }));
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  fleet.close();
  await cloud.remove();
  rmSync(folder, { recursive: true, force: true });
});

function writeDevice(name: string, { certificate, privateKey }: DeviceCertificate): void {
  writeFileSync(path.join(folder, `${name}.pem`), certificate);
  writeFileSync(path.join(folder, `${name}.key`), privateKey);
}

/** The words with which mosquitto's programs connect as that device. */
function as(name: string, clientId: string, version: string): string[] {
  const { mqttsUrl, caFile } = cloud.running;
  const { hostname, port } = new URL(mqttsUrl);
  const [cert, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
  const shown = ['--cafile', caFile, '--cert', cert, '--key', key];
  return ['-h', hostname, '-p', port, '-V', version, '-i', clientId, ...shown];
}

interface Ended {
  readonly code: number;
  readonly said: string;
}

/** Publishes at QoS 1, and ends when the cloud has taken the message or refused it. */
function publish(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(programPath('mosquittoPub'), ['-q', '1', ...words], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, said: stdout + stderr });
    });
  });
}

/** A subscriber that says when it is subscribed, and ends when it has had its messages. */
async function subscribe(clientId: string, ...words: readonly string[]) {
  const subscribed = await fleet.watch(`$aws/events/subscriptions/subscribed/${clientId}`);
  const child = spawn(programPath('mosquittoSub'), ['-q', '1', ...words]);
  running.add(child);
  const out = text(child.stdout);
  const said = text(child.stderr);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  await expect.poll(() => subscribed.received.length).toBe(1);
  return { child, out, said, ended };
}

test.each(VERSIONS)(
  'mosquitto_sub gets what mosquitto_pub publishes, both with certificates (%s).',
  async (version) => {
    const format = ['-F', '%t %q %r %p'];
    const { out, ended } = await subscribe(
      'sub',
      ...as('allowed', 'sub', version),
      '-t',
      'm/+',
      '-C',
      '2',
      ...format,
    );
    for (const topic of ['m/one', 'm/two']) {
      const message = ['-t', topic, '-m', `to ${topic}`];
      expect(await publish(...as('allowed', 'pub', version), ...message)).toEqual({ code: 0, said: '' });
    }
    expect(await ended).toBe(0);
    expect(await out).toBe('m/one 1 0 to m/one\nm/two 1 0 to m/two\n');
  },
);

test.each(VERSIONS)(
  'A retained message is there for who comes later, and goes with an empty one (%s).',
  async (version) => {
    const topic = `kept/${version}`;
    const pub = [...as('allowed', 'pub', version), '-t', topic, '-r'];
    expect(await publish(...pub, '-m', 'still here')).toEqual({ code: 0, said: '' });
    const words = [...as('allowed', 'late', version), '-t', topic, '-C', '1', '-F', '%t %r %p'];
    const { out, ended } = await subscribe('late', ...words);
    expect(await ended).toBe(0);
    expect(await out).toBe(`${topic} 1 still here\n`);
    expect(await publish(...pub, '-n')).toEqual({ code: 0, said: '' });
    const kept = fleet.data.send(new GetRetainedMessageCommand({ topic }));
    await expect(kept).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  },
);

test.each(VERSIONS)(
  'The last will of mosquitto_sub is published when it is killed (%s).',
  async (version) => {
    const { received } = await fleet.watch('m/wills');
    const will = ['--will-topic', 'm/wills', '--will-payload', `gone with ${version}`, '--will-qos', '1'];
    const { child } = await subscribe('mortal', ...as('allowed', 'mortal', version), '-t', 'm/x', ...will);
    child.kill('SIGKILL');
    await expect.poll(() => received).toEqual([{ topic: 'm/wills', message: `gone with ${version}` }]);
  },
);

test('A session that is kept gets at its return what was published while it was away.', async () => {
  const words = [...as('allowed', 'away', 'mqttv311'), '-c', '-t', 'm/later'];
  const first = await subscribe('away', ...words);
  first.child.kill('SIGINT');
  await first.ended;
  const message = ['-t', 'm/later', '-m', 'waited'];
  expect(await publish(...as('allowed', 'pub', 'mqttv311'), ...message)).toEqual({ code: 0, said: '' });
  const second = await subscribe('away', ...words, '-C', '1');
  expect(await second.ended).toBe(0);
  expect(await second.out).toBe('waited\n');
});

const REFUSALS = [
  ['mqttv311', 'Error: The connection was lost.'],
  ['mqttv5', 'Connection error: Not authorized'],
] as const;

test.each(REFUSALS)('A certificate without a policy is refused (%s).', async (version, says) => {
  writeDevice('without', await fleet.makeDevice());
  const { code, said } = await publish(...as('without', 'without', version), '-t', 'm/x', '-m', 'x');
  expect(code).not.toBe(0);
  expect(said).toContain(says);
});

test.each(VERSIONS)('A certificate that is INACTIVE is refused without a word (%s).', async (version) => {
  const device = await fleet.makeDevice({ policyNames: ['anything'] });
  writeDevice('inactive', device);
  const message = [...as('inactive', 'inactive', version), '-t', 'm/x', '-m', 'x'];
  expect(await publish(...message)).toEqual({ code: 0, said: '' });
  const { certificateId } = device;
  await fleet.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
  const { code, said } = await publish(...message);
  expect(code).not.toBe(0);
  expect(said).toContain('Error: The connection was lost.');
  await fleet.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  expect(await publish(...message)).toEqual({ code: 0, said: '' });
});

test('A certificate that is unknown, with a wrong key, or not there at all is refused.', async () => {
  const { pem, keys } = makeCertificate();
  const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const device = await fleet.makeDevice();
  writeDevice('unknown', { ...device, certificate: pem, privateKey });
  const unknown = await publish(...as('unknown', 'unknown', 'mqttv5'), '-t', 'm/x', '-m', 'x');
  expect(unknown.code).not.toBe(0);
  expect(unknown.said).toContain('Error: The connection was lost.');
  writeDevice('mixed', { ...device, certificate: (await fleet.makeDevice()).certificate });
  // A key that is not the certificate's cannot shake hands.
  const mixed = await publish(...as('mixed', 'mixed', 'mqttv5'), '-t', 'm/x', '-m', 'x');
  expect(mixed.code).not.toBe(0);
  const { mqttsUrl, caFile } = cloud.running;
  const { hostname, port } = new URL(mqttsUrl);
  const bare = await publish('-h', hostname, '-p', port, '--cafile', caFile, '-t', 'm/x', '-m', 'x');
  expect(bare.code).not.toBe(0);
  expect(bare.said).toContain('Error: The connection was lost.');
});

test('A certificate that is set to INACTIVE loses its live connection, and the will is published.', async () => {
  const device = await fleet.makeDevice({ policyNames: ['anything'] });
  writeDevice('live', device);
  const { received } = await fleet.watch('$aws/events/presence/disconnected/live', 'm/live');
  const will = ['--will-topic', 'm/live', '--will-payload', 'cut'];
  const { child, ended } = await subscribe('live', ...as('live', 'live', 'mqttv311'), '-t', 'm/x', ...will);
  const { certificateId } = device;
  await fleet.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
  await expect
    .poll(() => received.map(({ topic }) => topic).toSorted())
    .toEqual(['$aws/events/presence/disconnected/live', 'm/live']);
  expect(received.find(({ topic }) => topic.startsWith('$aws'))?.message).toMatchObject({
    clientInitiatedDisconnect: false,
    disconnectReason: 'FORBIDDEN_ACCESS',
    principalIdentifier: certificateId,
  });
  // It tries to come back by itself, in vain: it has no connection that could be deleted.
  const deleted = fleet.data.send(new DeleteConnectionCommand({ clientId: 'live' }));
  await expect(deleted).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  child.kill('SIGINT');
  await ended;
});

test('What its policy does not allow is refused to a device: MQTT 5 is told, MQTT 3.1.1 is cut.', async () => {
  await fleet.makePolicy(
    'narrow',
    { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: fleet.arn('topic/m/narrow') },
  );
  writeDevice('narrow', await fleet.makeDevice({ policyNames: ['narrow'] }));
  const { received } = await fleet.watch('m/#');
  for (const version of VERSIONS) {
    const pub = [...as('narrow', 'narrow', version), '-m', 'x', '-t'];
    expect(await publish(...pub, 'm/narrow')).toEqual({ code: 0, said: '' });
  }
  const told = await publish(...as('narrow', 'narrow', 'mqttv5'), '-m', 'x', '-t', 'm/wide');
  expect(told.said).toContain('Not authorized');
  const retained = await publish(...as('narrow', 'narrow', 'mqttv5'), '-r', '-m', 'x', '-t', 'm/narrow');
  expect(retained.said).toContain('Not authorized');
  await expect.poll(() => received).toHaveLength(2);
  expect(received.map(({ topic }) => topic)).toEqual(['m/narrow', 'm/narrow']);
});
