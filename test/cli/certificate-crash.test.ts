import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateCertificateFromCsrCommand,
  CreatePolicyCommand,
  DescribeCertificateCommand,
  DescribeThingCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueCertificate, type Desk } from '../../cli/certificate/issue.ts';
import { finishRenewal, renewCertificate, requireRenewal } from '../../cli/certificate/renew.ts';
import { chooseCertificate, deleteCertificate } from '../../cli/certificate/retire.ts';
import { keptCertificates } from '../../cli/certificate/vault.ts';
import { CommandError } from '../../cli/errors.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';
import { keyPair, makeSigningRequest } from '../support/x509.ts';

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
});
let nowMs = Date.UTC(2026, 10, 21, 10);

/** More calls than any of the actions makes. */
const MOST_CALLS = 40;

let cloud: TestCloud;
/** Of somebody whose power stays on. */
let safe: Desk;
const opened: { destroy(): void }[] = [];

class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

const keys = keyPair('device of AWS');
const certificateSigningRequest = makeSigningRequest({ CommonName: ['AWS IoT Certificate'] }, keys);
const PrivateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Has certificates issued for one key: making an RSA key each time would take most of the time here. */
function issueForOneKey(iot: IoTClient): void {
  iot.middlewareStack.add(
    (next, { commandName }) =>
      async (input) => {
        if (commandName !== 'CreateKeysAndCertificateCommand') return next(input);
        const issue = new CreateCertificateFromCsrCommand({ certificateSigningRequest, setAsActive: false });
        const output = { ...(await safe.client.send(issue)), keyPair: { PrivateKey } };
        return { response: undefined, output };
      },
    { step: 'initialize', priority: 'low' },
  );
}

/** A desk whose power is cut after a call was answered; nothing is called then. */
function openDesk(cutAfter = Infinity): Desk {
  let calls = 0;
  const options = { ...cloud.sdk, maxAttempts: 1 };
  const clients = {
    iot: new IoTClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(options),
  };
  const step = { step: 'initialize' } as const;
  const cutting = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    calls += 1;
    const answer = calls > cutAfter ? undefined : await call();
    if (answer === undefined || calls >= cutAfter) throw new PowerCut();
    return answer;
  };
  clients.iot.middlewareStack.add((next) => (input) => cutting(() => next(input)), step);
  clients.s3.middlewareStack.add((next) => (input) => cutting(() => next(input)), step);
  clients.dynamodb.middlewareStack.add((next) => (input) => cutting(() => next(input)), step);
  issueForOneKey(clients.iot);
  opened.push(...Object.values(clients));
  return {
    client: clients.iot,
    vault: { client: clients.s3, bucket: cloud.running.resources['Bucket'] ?? '' },
    records: {
      table: { client: clients.dynamodb, tableName: cloud.running.resources['DevicesTable'] ?? '' },
      nowMs: () => (nowMs += 1_000),
    },
  };
}

beforeAll(async () => {
  cloud = await startTestCloud({
    resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
      DevicesTable: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'thingName', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'thingName', KeyType: 'HASH' }],
        },
      },
    },
  });
  safe = openDesk();
  await safe.client.send(new CreatePolicyCommand({ policyName: 'devices', policyDocument: POLICY }));
});
afterAll(async () => {
  for (const client of opened) client.destroy();
  await cloud.stop();
});

const issue = (desk: Desk, thingName: string) =>
  issueCertificate(desk, {
    thingName,
    policyName: 'devices',
    thingTypeName: undefined,
    thingGroupNames: [],
    billingGroupName: undefined,
  });

/** Undefined where nothing is left to be done: the power was cut after the last call. */
async function unless<Answer>(code: string, action: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof CommandError && error.code === code) return undefined;
    throw error;
  }
}

/** What an action leaves behind of a thing, with its certificates by their age. */
async function stateOf(thingName: string, certificateIds: readonly string[]) {
  const { client, vault, records } = safe;
  const thing = await client.send(new DescribeThingCommand({ thingName }));
  const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
  const ages = (id: string | undefined): number => certificateIds.indexOf(id ?? '');
  const certificates = await Promise.all(
    certificateIds.map(async (certificateId) => {
      const found = await client
        .send(new DescribeCertificateCommand({ certificateId }))
        .catch(() => undefined);
      const { status, certificateArn = '' } = found?.certificateDescription ?? {};
      if (found === undefined) return 'deleted';
      const { policies = [] } = await client.send(
        new ListAttachedPoliciesCommand({ target: certificateArn }),
      );
      return { status, policies: policies.map(({ policyName }) => policyName) };
    }),
  );
  const kept = await vault.client.send(
    new ListObjectsV2Command({ Bucket: vault.bucket, Prefix: `devices/${thingName}/` }),
  );
  const device = await readDevice(records.table, thingName);
  return {
    certificates,
    attached: principals.map((arn) => ages(arn.split('/')[1])).toSorted((a, b) => a - b),
    attribute: ages(thing.attributes?.['certificateId']),
    kept: kept.Contents?.length ?? 0,
    record: device && { of: ages(device.certificateId), state: device.state },
  };
}

/** Does an action with the power cut after each of its calls, and again without; each time with a device of its own. */
async function withEveryCut(
  name: string,
  prepare: (thingName: string) => Promise<readonly string[]>,
  act: (desk: Desk, thingName: string) => Promise<string | undefined>,
  expected: unknown,
): Promise<number> {
  let cuts = 0;
  for (; cuts < MOST_CALLS; cuts += 1) {
    const thingName = `${name}-${cuts}`;
    const before = await prepare(thingName);
    const first = await act(openDesk(cuts + 1), thingName).then(
      (certificateId) => ({ certificateId }),
      (error: unknown) => ({ error }),
    );
    if ('error' in first) expect(first.error).toBeInstanceOf(PowerCut);
    const isWhole = !('error' in first);
    const certificateId = isWhole ? first.certificateId : await act(safe, thingName);
    const certificateIds = certificateId === undefined ? before : [...before, certificateId];
    expect(await stateOf(thingName, certificateIds), `cut after call ${cuts + 1}`).toEqual(expected);
    if (isWhole) break;
  }
  return cuts;
}

const ACTIVE = { status: 'ACTIVE', policies: ['devices'] };
const RETIRED = { status: 'INACTIVE', policies: [] };

test('An issue that is cut off anywhere is made again with the certificate that is kept, and no other.', async () => {
  const cuts = await withEveryCut(
    'issue',
    async () => [],
    async (desk, thingName) => {
      const made = await unless('THING_HAS_CERTIFICATE', issue(desk, thingName));
      const [kept] = await keptCertificates(desk.vault, thingName);
      return (made?.metadata ?? kept)?.certificateId;
    },
    { certificates: [ACTIVE], attached: [0], attribute: 0, kept: 3, record: { of: 0, state: 'ACTIVE' } },
  );
  expect(cuts).toBeGreaterThan(10);
});

const issued = async (thingName: string): Promise<readonly string[]> => [
  (await issue(safe, thingName)).metadata.certificateId,
];

test('A renewal that is cut off anywhere goes on with the same certificate; until it is finished both work.', async () => {
  const cuts = await withEveryCut(
    'renew',
    issued,
    async (desk, thingName) => (await renewCertificate(desk, thingName)).issued.metadata.certificateId,
    {
      certificates: [ACTIVE, ACTIVE],
      attached: [0, 1],
      attribute: 0,
      kept: 6,
      record: { of: 0, state: 'ACTIVE' },
    },
  );
  expect(cuts).toBeGreaterThan(10);
});

test('The end of a renewal that is cut off anywhere is made again, and leaves the new certificate alone.', async () => {
  const renewed = async (thingName: string): Promise<readonly string[]> => {
    const before = await issued(thingName);
    return [...before, (await renewCertificate(safe, thingName)).issued.metadata.certificateId];
  };
  const cuts = await withEveryCut(
    'finish',
    renewed,
    async (desk, thingName) => {
      const waiting = await unless('NO_RENEWAL', requireRenewal(desk, thingName));
      if (waiting !== undefined) await finishRenewal(desk, waiting);
      return undefined;
    },
    {
      certificates: [RETIRED, ACTIVE],
      attached: [1],
      attribute: 1,
      kept: 6,
      record: { of: 1, state: 'ACTIVE' },
    },
  );
  expect(cuts).toBeGreaterThan(10);
});

test('A deletion that is cut off anywhere is made again, and leaves neither certificate nor key.', async () => {
  const cuts = await withEveryCut(
    'delete',
    issued,
    async (desk, thingName) => {
      const arn = await unless('NO_CERTIFICATE', chooseCertificate(desk, thingName, undefined));
      if (arn !== undefined) await deleteCertificate(desk, thingName, arn);
      return undefined;
    },
    {
      certificates: ['deleted'],
      attached: [],
      attribute: 0,
      kept: 0,
      record: { of: 0, state: 'INACTIVE' },
    },
  );
  expect(cuts).toBeGreaterThan(10);
});
