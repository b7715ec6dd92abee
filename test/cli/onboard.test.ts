import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/onboard.ts';
import { readHeader, readRow } from '../../cli/onboard/read-plan.ts';
import { createDynamoDbProxy } from '../../local/dynamodb/proxy.ts';
import { registerCa } from '../../local/iot/registry/cas.ts';
import { updateCertificate } from '../../local/iot/registry/certificates.ts';
import { createPolicy } from '../../local/iot/registry/policies.ts';
import { registrationCode } from '../../local/iot/registry/registration-code.ts';
import { startEndpoint } from '../local/endpoint/support.ts';
import { openProvisioning, stateOf, type TestProvisioning } from '../local/iot/provisioning/support.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { changeDeviceState } from '../../shared/device-registry/write-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { makeCa, makeCertificate } from '../support/x509.ts';
import { MAIN } from './run.ts';
import { runCommand } from './run-command.ts';

const SEED = 20_261_121;
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }],
});

const ca = makeCa();
const devices = ['lamp-1', 'lamp-2', 'lamp-3'].map((name) =>
  makeCertificate({ issuer: ca, subject: { CommonName: [name] } }),
);
const [one, two, three] = devices.map(({ certificate }) => certificate.certificateId);

let cloud: TestProvisioning;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let folder: string;
let database: TestDynamoDb;
let proxy: ReturnType<typeof createDynamoDbProxy>;
let tableName: string;

beforeAll(async () => {
  database = await startTestDynamoDb();
  proxy = createDynamoDbProxy(database.url);
});
afterAll(async () => {
  proxy.close();
  await database.stop();
});

const recordOf = (thingName: string) => readDevice({ client: database.client, tableName }, thingName);

beforeEach(async () => {
  tableName = await database.createTable('thingName');
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-onboard-'));
  cloud = openProvisioning();
  const { security, registry } = cloud;
  registerCa(security, {
    caCertificate: ca.pem,
    verificationCertificate: makeCertificate({
      subject: { CommonName: [registrationCode(security)] },
      issuer: ca,
    }).pem,
    isActive: true,
    isAutoRegistration: true,
    mode: 'DEFAULT',
  });
  createPolicy(security, 'devices', POLICY);
  registry.thingTypes.create('lamp', undefined, []);
  registry.thingGroups.create({ thingGroupName: 'lamps', tags: [] });
  for (const [index, { pem }] of devices.entries()) {
    writeFileSync(path.join(folder, `${index + 1}.pem`), pem);
  }
  endpoint = await startEndpoint({ iot: cloud.handler, 'execute-api': cloud.handler, dynamodb: proxy });
});
afterEach(async () => {
  await endpoint.close();
  cloud.registry.close();
  rmSync(folder, { recursive: true });
});

function onboard(csv: string, ...words: string[]) {
  writeFileSync(path.join(folder, 'devices.csv'), csv);
  const given = ['devices.csv', '--policy', 'devices', '--table', tableName];
  return runCommand('onboard', command, [...given, ...words], {
    cwd: folder,
    env: { AWS_ENDPOINT_URL: endpoint.url },
  });
}

const id = (certificateId: string | undefined): string => certificateId ?? '';

test('Every device of the file is where just-in-time registration would have brought it.', async () => {
  const { code, out, err } = await onboard(
    'certificate;thing;type;group;attribute:floor\n1.pem;;lamp;lamps;3\n2.pem;other;;;\n',
    '--group',
    'lamps',
  );
  expect(err).toBe('2 devices onboarded, 0 there already, 0 failed\n');
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n').sort()).toEqual([`done    lamp-1 ${one}`, `done    other ${two}`]);
  const { registry } = cloud;
  expect(stateOf(cloud, id(one))).toEqual({ status: 'ACTIVE', things: ['lamp-1'], policies: ['devices'] });
  expect(stateOf(cloud, id(two))).toEqual({ status: 'ACTIVE', things: ['other'], policies: ['devices'] });
  expect(registry.things.require('lamp-1')).toMatchObject({
    thingTypeName: 'lamp',
    attributes: { floor: '3', certificateId: one, caCertificateId: ca.certificate.certificateId },
  });
  const { items } = registry.memberships.thingsIn(registry.thingGroups.require('lamps'), false, {});
  expect([...items].sort()).toEqual(['lamp-1', 'other']);
  expect(await recordOf('lamp-1')).toEqual({
    thingName: 'lamp-1',
    certificateId: one,
    caCertificateId: ca.certificate.certificateId,
    serialNumber: BigInt(devices[0]?.certificate.serialNumber ?? 0)
      .toString(16)
      .padStart(6, '0'),
    notAfterMs: Date.UTC(2036, 0),
    state: 'ACTIVE',
    history: ['ACTIVATING', 'ACTIVE'].map((state) => ({
      state,
      atMs: expect.any(Number),
      reason: 'onboarded by a list',
      certificateId: one,
    })),
  });
  expect(await recordOf('other')).toMatchObject({ state: 'ACTIVE', certificateId: two });
});

test('The same file again changes nothing; what has been taken away meanwhile is there again.', async () => {
  const csv = 'certificate\n1.pem\n2.pem\n3.pem\n';
  await onboard(csv);
  const { registry, security } = cloud;
  const version = registry.things.require('lamp-1').version;
  registry.principals.detach(registry.things.require('lamp-2'), security.arns.of('cert', id(two)));
  const { code, err } = await onboard(csv);
  expect({ code, err }).toEqual({ code: 0, err: '0 devices onboarded, 3 there already, 0 failed\n' });
  expect(registry.things.require('lamp-1').version).toBe(version);
  for (const certificateId of [one, two, three]) {
    expect(stateOf(cloud, id(certificateId))).toMatchObject({ status: 'ACTIVE', policies: ['devices'] });
  }
  expect(stateOf(cloud, id(two)).things).toEqual(['lamp-2']);
  expect((await recordOf('lamp-1'))?.history).toHaveLength(2);
});

test('A device that was onboarded before there were records is put on record; one that is INACTIVE there is not.', async () => {
  const csv = 'certificate\n1.pem\n';
  await onboard(csv);
  const other = await database.createTable('thingName');
  expect((await onboard(csv, '--table', other)).err).toBe('0 devices onboarded, 1 there already, 0 failed\n');
  const table = { client: database.client, tableName: other };
  expect(await readDevice(table, 'lamp-1')).toMatchObject({ state: 'ACTIVE', certificateId: one });
  const lost = { atMs: Date.now(), reason: 'lost' };
  await changeDeviceState(table, { thingName: 'lamp-1', certificateId: id(one) }, 'INACTIVE', lost);
  const { code, out } = await onboard(csv, '--table', other);
  expect(code).toBe(1);
  expect(out).toMatch(/"lamp-1" is on record as INACTIVE with this certificate: issue it another one/);
});

test('A name that is on record with another certificate is not given away, even where its thing is gone.', async () => {
  await onboard('certificate\n1.pem\n');
  const { registry, security } = cloud;
  registry.principals.detach(registry.things.require('lamp-1'), security.arns.of('cert', id(one)));
  const { code, out } = await onboard('certificate,thing\n2.pem,lamp-1\n');
  expect(code).toBe(1);
  expect(out).toMatch(/"lamp-1" is on record with the certificate/);
  expect(stateOf(cloud, id(two))).toMatchObject({ status: 'INACTIVE', things: [] });
  expect(await recordOf('lamp-1')).toMatchObject({ certificateId: one, state: 'ACTIVE' });
});

test("A certificate that is another device's already does not become a second one.", async () => {
  await onboard('certificate\n1.pem\n');
  const { code, out, err } = await onboard('certificate,thing\n1.pem,other\n');
  expect({ code, err }).toEqual({ code: 1, err: '0 devices onboarded, 0 there already, 1 failed\n' });
  expect(out).toMatch(/^FAILED {2}line 2 1\.pem other: the certificate belongs to lamp-1: /);
  expect(() => cloud.registry.things.require('other')).toThrow('other');
  expect(await recordOf('other')).toBeUndefined();
  expect(stateOf(cloud, id(one)).things).toEqual(['lamp-1']);
});

test('A file that is not there, and a folder, are told as what they are.', async () => {
  const env = { AWS_ENDPOINT_URL: endpoint.url };
  const run = (file: string) =>
    runCommand('onboard', command, [file, '--table', tableName], { cwd: folder, env });
  expect(await run('nofile.csv')).toMatchObject({
    code: 1,
    err: `"${folder}/nofile.csv" cannot be read: there is no such file\n`,
  });
  expect((await run('.')).err).toBe(`"${folder}" cannot be read: it is a folder: name a file\n`);
  expect((await onboard('certificate,thing\n.,x\n')).out).toContain(
    'line 2 .: it is a folder: name a file\n',
  );
});

test('A run that failed half way leaves the certificate INACTIVE, and the next one goes on from there.', async () => {
  const csv = 'certificate,group\n1.pem,halls\n';
  const first = await onboard(csv);
  expect(first.code).toBe(1);
  expect(first.out).toMatch(/FAILED {2}line 2 1\.pem lamp-1: ResourceNotFoundException: .*halls/);
  expect(stateOf(cloud, id(one))).toMatchObject({ status: 'INACTIVE', policies: [] });
  cloud.registry.thingGroups.create({ thingGroupName: 'halls', tags: [] });
  expect((await onboard(csv)).code).toBe(0);
  expect(stateOf(cloud, id(one)).status).toBe('ACTIVE');
});

test.each([
  ['INACTIVE', /somebody has made the certificate .* INACTIVE/],
  ['REVOKED', /is REVOKED/],
] as const)('A certificate that somebody has made %s stays so.', async (status, message) => {
  const csv = 'certificate\n1.pem\n2.pem\n';
  await onboard(csv);
  updateCertificate(cloud.security, id(one), status);
  const { code, out, err } = await onboard(csv);
  expect(code).toBe(1);
  expect(out).toMatch(message);
  expect(err).toBe('0 devices onboarded, 1 there already, 1 failed\n');
  expect(stateOf(cloud, id(one)).status).toBe(status);
});

test('A device that waits for its activation is activated.', async () => {
  cloud.identities.registerAtFirstConnect(devices[0]?.certificate.der ?? new Uint8Array());
  expect(stateOf(cloud, id(one)).status).toBe('PENDING_ACTIVATION');
  expect((await onboard('certificate\n1.pem\n')).out).toContain('done');
  expect(stateOf(cloud, id(one)).status).toBe('ACTIVE');
});

const DEVICES = 60;

/** A file with many devices, all of one key. */
function writeFleet(): readonly { readonly name: string; readonly certificateId: string }[] {
  const fleet = Array.from({ length: DEVICES }, (_, index) => {
    const name = `row-${index}`;
    const { pem, certificate } = makeCertificate({ issuer: ca, subject: { CommonName: [name] } });
    writeFileSync(path.join(folder, `${name}.pem`), pem);
    return { name, certificateId: certificate.certificateId };
  });
  const rows = fleet.map(({ name }) => `${name}.pem\n`).join('');
  writeFileSync(path.join(folder, 'devices.csv'), `certificate\n${rows}`);
  return fleet;
}

test('A run that is killed in the middle is made again: what is done stays, what is begun is finished.', async () => {
  const fleet = writeFleet();
  const words = ['onboard', 'devices.csv', '--policy', 'devices', '--table', tableName];
  const killed = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint.url },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let done = 0;
  for await (const line of createInterface(killed.stdout)) {
    if (line.startsWith('done') && ++done === 20) killed.kill('SIGKILL');
  }
  const statuses = () =>
    fleet.map(({ certificateId }) => cloud.security.certificates.find(certificateId)?.status);
  const isActive = (status: string | undefined): boolean => status === 'ACTIVE';
  const before = statuses();
  expect(before.filter(isActive).length).toBeGreaterThanOrEqual(20);
  expect(before.filter(isActive).length).toBeLessThan(DEVICES);
  expect(
    before.filter((status) => !isActive(status) && status !== 'INACTIVE' && status !== undefined),
  ).toEqual([]);

  const again = await runCommand('onboard', command, words.slice(1), {
    cwd: folder,
    env: { AWS_ENDPOINT_URL: endpoint.url },
  });
  const kept = before.filter(isActive).length;
  expect(again.code).toBe(0);
  expect(again.err).toBe(
    `50 of ${DEVICES}\n${DEVICES - kept} devices onboarded, ${kept} there already, 0 failed\n`,
  );
  for (const { name, certificateId } of fleet) {
    expect(stateOf(cloud, certificateId)).toEqual({
      status: 'ACTIVE',
      things: [name],
      policies: ['devices'],
    });
    expect(await recordOf(name)).toMatchObject({
      certificateId,
      state: 'ACTIVE',
      history: [{ state: 'ACTIVATING' }, { state: 'ACTIVE' }],
    });
  }
}, 120_000);

test("A name that is another certificate's, a row that is there twice and a file that is not there fail alone.", async () => {
  await onboard('certificate\n1.pem\n');
  const { code, out, err } = await onboard(
    'certificate,thing\n2.pem,lamp-1\n3.pem,\n3.pem,\nnowhere.pem,x\ndevices.csv,y\n,z\n1.pem\n',
    '--json',
    '--concurrency',
    '1',
  );
  expect(code).toBe(1);
  expect(err).toBe('1 device onboarded, 0 there already, 6 failed\n');
  const results = out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(results).toMatchObject([
    { line: 7, outcome: 'failed', reason: 'it names no certificate' },
    { line: 8, outcome: 'failed', reason: 'it has 1 cells, and the header 2' },
    { line: 2, outcome: 'failed', reason: expect.stringContaining(`"lamp-1" belongs to`) },
    { line: 3, outcome: 'done', thingName: 'lamp-3' },
    { line: 4, outcome: 'failed', reason: `the certificate ${three} is in line 3 already` },
    { line: 5, outcome: 'failed', reason: 'there is no such file' },
    { line: 6, outcome: 'failed', reason: expect.stringContaining('not an X.509 certificate') },
  ]);
  expect(stateOf(cloud, id(two)).things).toEqual([]);
});

test.each([
  [
    'a column that is not known',
    'certificate,tipe\n1.pem,a\n',
    [],
    1,
    /no column "tipe", did you mean|no column "tipe"/,
  ],
  ['no certificates', 'thing\na\n', [], 1, /column "certificate" is missing/],
  ['a column twice', 'certificate,thing,thing\n', [], 1, /"thing" is there twice/],
  ['nothing', '', [], 1, /is empty/],
  ['too much at a time', 'certificate\n', ['--concurrency', '33'], 2, /at most 32/],
])('A file with %s is refused before anything is done.', async (_what, csv, words, code, message) => {
  const ended = await onboard(csv, ...words);
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(message);
  expect(cloud.security.certificates.find(id(one))).toBeUndefined();
});

test(`A row is a device or a sentence, whatever stands in it (seed ${SEED}).`, () => {
  const header = readHeader({ line: 1, cells: ['certificate', 'group', 'attribute:a'] });
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), (cells) => {
      const read = readRow(header, { line: 2, cells });
      if (typeof read === 'string') return;
      expect(read.certificateFile).toBe(cells[0]?.trim());
      expect(read.thingGroupNames).not.toContain('');
      expect(Object.values(read.attributes)).not.toContain('');
    }),
    { seed: SEED },
  );
});
