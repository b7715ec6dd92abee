import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeCertificateCommand,
  DescribeThingCommand,
  GetRegistrationCodeCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
  RegisterCACertificateCommand,
  UpdateCertificateCommand,
  type RegistrationConfig,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority, type Authority, type Identity } from '../../cli/demo/onboarding/authority.ts';
import { STEPS } from '../../cli/demo/onboarding/play.ts';
import { tryToConnect } from '../../cli/demo/onboarding/device.ts';
import { command as demo } from '../../cli/commands/demo.ts';
import { command as devices } from '../../cli/commands/devices.ts';
import { command as onboard } from '../../cli/commands/onboard.ts';
import { command as why } from '../../cli/commands/why.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { runCommand } from '../cli/run-command.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Longer than a function needs that starts cold on a busy machine. */
const PATIENT = { timeout: 40_000, interval: 250 };

let service: TestService;
let iot: IoTClient;
let dynamodb: DynamoDBClient;
let authority: Authority;
let caCertificateId: string;
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-onboarding-'));

beforeAll(async () => {
  service = await startTestService();
  const { endpointUrl: endpoint, region } = service.cloud;
  const options = { endpoint, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  iot = new IoTClient(options);
  dynamodb = new DynamoDBClient(options);
  authority = await createAuthority('Makers root', Date.now());
  caCertificateId = await registerCa(authority);
});
afterAll(async () => {
  iot.destroy();
  dynamodb.destroy();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (name: string, command: typeof why, ...words: string[]) =>
  runCommand(name, command, words, { cwd: folder, env: { GLASSHOUSE_FOLDER: service.folder } });

async function registerCa(ca: Authority, registrationConfig?: RegistrationConfig): Promise<string> {
  const { registrationCode = '' } = await iot.send(new GetRegistrationCodeCommand({}));
  const { certificatePem: verificationCertificate } = await ca.issue(registrationCode);
  const { certificateId = '' } = await iot.send(
    new RegisterCACertificateCommand({
      caCertificate: ca.certificatePem,
      verificationCertificate,
      setAsActive: true,
      allowAutoRegistration: true,
      ...(registrationConfig === undefined ? {} : { registrationConfig }),
    }),
  );
  return certificateId;
}

async function allow(name: string, decision = 'allow'): Promise<void> {
  const Item = { listing: { S: `name/${name}` }, decision: { S: decision } };
  await dynamodb.send(new PutItemCommand({ TableName: service.resource('AllowListTable'), Item }));
}

/** One try to connect. @returns whether the cloud let it in */
async function connects(name: string, identity: Identity, ca = authority): Promise<boolean> {
  const client = await tryToConnect(service.cloud, name, identity, ca.certificatePem);
  await client?.endAsync();
  return client !== undefined;
}

const recordOf = (thingName: string) =>
  readDevice({ client: dynamodb, tableName: service.resource('DevicesTable') }, thingName);

/** Connects until it is let in, and waits until others have been told of it. */
async function comesIn(name: string, identity: Identity, ca = authority): Promise<void> {
  await expect.poll(() => connects(name, identity, ca), PATIENT).toBe(true);
  await expect.poll(async () => (await recordOf(name))?.announcedAtMs, PATIENT).toBeDefined();
}

/** What stands for a name, an id or a time that is another one for each device. */
const SAME = 'of this device';

/** Everything that the registry and the table hold of a device. */
async function stateOf(thingName: string, { certificateId }: Identity, caId: string) {
  const own = new Map([
    [thingName, SAME],
    [certificateId, SAME],
    [caId, 'of its CA'],
  ]);
  const normal = (value: string | undefined) => (value === undefined ? undefined : (own.get(value) ?? value));
  const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }));
  const target = certificateDescription?.certificateArn ?? '';
  const thing = await iot.send(new DescribeThingCommand({ thingName }));
  const { thingGroups = [] } = await iot.send(new ListThingGroupsForThingCommand({ thingName }));
  const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName }));
  const { policies = [] } = await iot.send(new ListAttachedPoliciesCommand({ target }));
  const record = await recordOf(thingName);
  return {
    status: certificateDescription?.status,
    thing: {
      type: thing.thingTypeName,
      billingGroup: thing.billingGroupName,
      groups: thingGroups.map(({ groupName }) => groupName),
      attributes: Object.entries(thing.attributes ?? {})
        .map(([name, value]) => [name, value === record?.serialNumber ? 'its serial number' : normal(value)])
        .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    },
    principals: principals.map((arn) => normal(arn.split('/')[1])),
    policies: policies.map(({ policyName }) => policyName),
    record: record && {
      certificateId: normal(record.certificateId),
      caCertificateId: normal(record.caCertificateId),
      state: record.state,
      history: record.history.map(({ state, certificateId: id }) => [state, normal(id)]),
      isAnnounced: record.announcedAtMs !== undefined,
      isSeen: record.lastSeenMs !== undefined,
      endsLater: record.notAfterMs > Date.now(),
    },
  };
}

/** A template that knows no more than the subject of a certificate. */
function provisioningTemplate(): string {
  const commonName = { Ref: 'AWS::IoT::Certificate::CommonName' };
  return JSON.stringify({
    Parameters: {
      'AWS::IoT::Certificate::CommonName': { Type: 'String' },
      'AWS::IoT::Certificate::Id': { Type: 'String' },
    },
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: {
          ThingName: commonName,
          ThingTypeName: service.resource('DeviceType'),
          ThingGroups: [service.resource('DevicesGroup')],
          BillingGroup: service.resource('DevicesBillingGroup'),
        },
      },
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'ACTIVE' },
      },
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: service.resource('DevicePolicy') } },
    },
  });
}

test('A first connect, a template of the CA and a list in a file lead to the same state.', async () => {
  const templateCa = await createAuthority('Templates root', Date.now());
  const templateBody = provisioningTemplate();
  const roleArn = `arn:aws:iam::${service.cloud.accountId}:role/provisioning`;
  const templateCaId = await registerCa(templateCa, { templateBody, roleArn });

  const first = await authority.issue('lamp-first');
  await allow('lamp-first');
  expect(await connects('lamp-first', first)).toBe(false);
  await comesIn('lamp-first', first);

  // Nobody has listed it: the template lets it in.
  const byTemplate = await templateCa.issue('lamp-template');
  expect(await connects('lamp-template', byTemplate, templateCa)).toBe(false);
  await comesIn('lamp-template', byTemplate, templateCa);

  const listed = await authority.issue('lamp-list');
  writeFileSync(path.join(folder, 'lamp-list.pem'), listed.certificatePem);
  writeFileSync(path.join(folder, 'devices.csv'), 'certificate\nlamp-list.pem\n');
  expect(await run('onboard', onboard, 'devices.csv')).toMatchObject({ code: 0 });
  await comesIn('lamp-list', listed);

  const expected = {
    status: 'ACTIVE',
    thing: {
      type: 'glasshouse-dev-device',
      billingGroup: 'glasshouse-dev-devices',
      groups: ['glasshouse-dev-devices'],
      attributes: [
        ['caCertificateId', 'of its CA'],
        ['certificateId', SAME],
        ['serialNumber', 'its serial number'],
      ],
    },
    principals: [SAME],
    policies: ['glasshouse-dev-device'],
    record: {
      certificateId: SAME,
      caCertificateId: 'of its CA',
      state: 'ACTIVE',
      history: [
        ['ACTIVATING', SAME],
        ['ACTIVE', SAME],
      ],
      isAnnounced: true,
      isSeen: true,
      endsLater: true,
    },
  };
  expect(await stateOf('lamp-first', first, caCertificateId)).toEqual(expected);
  expect(await stateOf('lamp-template', byTemplate, templateCaId)).toEqual(expected);
  expect(await stateOf('lamp-list', listed, caCertificateId)).toEqual(expected);

  const { out } = await run('devices', devices, '--json');
  const reasons = out
    .trimEnd()
    .split('\n')
    .map((line): { thingName: string; history: { reason: string }[] } => JSON.parse(line))
    .map(({ thingName, history }) => [thingName, history.at(-1)?.reason]);
  expect(Object.fromEntries(reasons)).toMatchObject({
    'lamp-first': 'first connection',
    'lamp-template': 'provisioned by a template of its CA',
    'lamp-list': 'onboarded by a list',
  });
  for (const { certificateId } of [first, byTemplate, listed]) {
    expect(await run('why', why, certificateId)).toMatchObject({
      code: 0,
      out: expect.stringContaining('It went through all 15 steps.'),
    });
  }
});

test('`why` tells of a certificate where it stands, by the beginning of its id, and what to do.', async () => {
  const stranger = await authority.issue('stranger');
  const { certificateId } = stranger;
  const unknown = await run('why', why, certificateId);
  expect(unknown.code).toBe(1);
  expect(unknown.out).toContain('no device has connected with it');
  expect(unknown.out).toContain('the handshake alone does nothing');

  expect(await connects('stranger', stranger)).toBe(false);
  const short = certificateId.slice(0, 8);
  await expect
    .poll(async () => (await run('why', why, short)).out, PATIENT)
    .toContain('PENDING_ACTIVATION, waits at step 7 of 15: check the allow-list');
  const waiting = await run('why', why, short);
  expect(waiting.out).toContain(`certificate ${certificateId}\n`);
  expect(waiting.out).toContain('UNKNOWN_DEVICE: "stranger" is not in the allow-list.');
  expect(waiting.out).toContain(`aws dynamodb put-item --table-name ${service.resource('AllowListTable')}`);
  const asJson: unknown = JSON.parse((await run('why', why, short, '--json')).out);
  expect(asJson).toMatchObject({
    certificate: { certificateId, held: { reason: 'UNKNOWN_DEVICE' } },
    diagnosis: { state: 'waiting', step: { number: 7 }, reason: 'UNKNOWN_DEVICE' },
  });

  await allow('stranger', 'deny');
  expect(await connects('stranger', stranger)).toBe(false);
  await expect
    .poll(async () => (await run('why', why, short)).out, PATIENT)
    .toContain('REVOKED, was stopped by step 7 of 15: check the allow-list');
});

test('`why` tells of a device that was revoked by hand, of a CA and of ids that several have.', async () => {
  const lost = await authority.issue('lamp-lost');
  await allow('lamp-lost');
  await comesIn('lamp-lost', lost);
  const { certificateId } = lost;
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
  const revoked = await run('why', why, certificateId);
  expect(revoked.out).toContain('It was activated, and made REVOKED later, which no event takes back.');
  expect(revoked.out).toContain('That is for good: the device needs another certificate.');
  // What it tried while it might is told below.
  expect(revoked.out).toContain('allowed: iot:Connect');

  const ca = await run('why', why, caCertificateId.slice(0, 12));
  expect(ca).toMatchObject({ code: 0, out: expect.stringContaining('ACTIVE, auto-registration on') });
  expect(ca.out).toContain('the certificate of a CA and not of a device');
  const nobody = await run('why', why, 'client-that-never-was');
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was tried under the id') });
  expect(await run('why', why, 'ffffffff0000')).toMatchObject({ code: 1 });
});

test('The demo of the walk-through is as it should be, step by step, in the cloud that runs.', async () => {
  const { code, out } = await run('demo', demo, 'onboarding', '--keep', '--json');
  const steps = out
    .trimEnd()
    .split('\n')
    .map((line): { ok: boolean; detail: string; commands: string[] } => JSON.parse(line));
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  expect(steps).toHaveLength(STEPS);
  expect(steps.every(({ commands }) => commands.length > 0)).toBe(true);
  expect(steps[3]?.detail).toMatch(/^closed without a CONNACK; the certificate is/);
  expect(steps[5]?.detail).toContain('type glasshouse-dev-device');
  expect(steps[8]?.detail).toContain('the certificate is REVOKED');
  expect(code).toBe(0);
});
