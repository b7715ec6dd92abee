import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/onboard.ts';
import { readHeader, readRow } from '../../cli/onboard/read-plan.ts';
import { registerCa } from '../../local/iot/registry/cas.ts';
import { updateCertificate } from '../../local/iot/registry/certificates.ts';
import { createPolicy } from '../../local/iot/registry/policies.ts';
import { registrationCode } from '../../local/iot/registry/registration-code.ts';
import { startEndpoint } from '../local/endpoint/support.ts';
import { openProvisioning, stateOf, type TestProvisioning } from '../local/iot/provisioning/support.ts';
import { makeCa, makeCertificate } from '../support/x509.ts';
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

beforeEach(async () => {
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
  endpoint = await startEndpoint({ iot: cloud.handler, 'execute-api': cloud.handler });
});
afterEach(async () => {
  await endpoint.close();
  cloud.registry.close();
  rmSync(folder, { recursive: true });
});

function onboard(csv: string, ...words: string[]) {
  writeFileSync(path.join(folder, 'devices.csv'), csv);
  return runCommand('onboard', command, ['devices.csv', '--policy', 'devices', ...words], {
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
    { line: 5, outcome: 'failed', reason: expect.stringContaining('ENOENT') },
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
