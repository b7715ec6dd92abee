import {
  AddThingToBillingGroupCommand,
  AttachPolicyCommand,
  AttachPrincipalPolicyCommand,
  AttachThingPrincipalCommand,
  CreateBillingGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  CreateTopicRuleCommand,
  DeleteBillingGroupCommand,
  DeleteCertificateCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DeleteThingTypeCommand,
  DescribeBillingGroupCommand,
  DescribeEndpointCommand,
  DescribeIndexCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  DescribeThingTypeCommand,
  DisableTopicRuleCommand,
  GetPolicyCommand,
  GetTopicRuleCommand,
  ListAttachedPoliciesCommand,
  ListPrincipalPoliciesCommand,
  ListTargetsForPolicyCommand,
  ListThingGroupsCommand,
  ListThingPrincipalsCommand,
  ListThingsCommand,
  RegisterCertificateWithoutCACommand,
  UpdateBillingGroupCommand,
  UpdateCertificateCommand,
  UpdateIndexingConfigurationCommand,
  UpdateThingCommand,
  type CertificateStatus,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCa, makeCertificate } from '../../../support/x509.ts';
import { allow } from '../registry/security-support.ts';
import { startControlPlane, type TestControlPlane } from './support.ts';

/*
 * What suites of other implementations of AWS IoT ask, as far as the files beside this one do not: mostly, which
 * error a call ends with that AWS refuses.
 */

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

type Act = () => Promise<unknown>;

const sql = "SELECT * FROM 'a'";
const topicRulePayload = { sql, actions: [] };
const createGroup = (thingGroupName: string, parentGroupName?: string) =>
  client.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
const bill = (thingName: string, billingGroupName: string) =>
  client.send(new AddThingToBillingGroupCommand({ thingName, billingGroupName }));
const setStatus = (certificateId: string, newStatus: CertificateStatus) =>
  client.send(new UpdateCertificateCommand({ certificateId, newStatus }));

/** A registry with one of each. */
async function fill() {
  const policyDocument = allow('iot:Connect');
  await client.send(new CreateThingTypeCommand({ thingTypeName: 'Lamp' }));
  await client.send(new CreateThingCommand({ thingName: 'lamp', thingTypeName: 'Lamp' }));
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'house' }));
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'hall', parentGroupName: 'house' }));
  await client.send(new CreateBillingGroupCommand({ billingGroupName: 'bill' }));
  await client.send(new CreateTopicRuleCommand({ ruleName: 'rule', topicRulePayload }));
  await client.send(new CreatePolicyCommand({ policyName: 'all', policyDocument }));
  const ca = makeCa('Any CA');
  const { pem } = makeCertificate({ issuer: ca });
  const registered = await client.send(
    new RegisterCertificateWithoutCACommand({ certificatePem: pem, status: 'ACTIVE' }),
  );
  return { pem, target: registered.certificateArn, certificateId: registered.certificateId };
}

test.each<[string, Act]>([
  ['a thing', () => client.send(new DescribeThingCommand({ thingName: 'none' }))],
  ['a thing to change', () => client.send(new UpdateThingCommand({ thingName: 'none' }))],
  ['a thing type', () => client.send(new DescribeThingTypeCommand({ thingTypeName: 'none' }))],
  ['a thing group', () => client.send(new DescribeThingGroupCommand({ thingGroupName: 'none' }))],
  ['a parent group', () => createGroup('x', 'none')],
  ['a billing group', () => client.send(new DescribeBillingGroupCommand({ billingGroupName: 'none' }))],
  ['a billing group to be in', () => bill('lamp', 'none')],
  ['a policy', () => client.send(new GetPolicyCommand({ policyName: 'none' }))],
  ['a certificate', () => setStatus('0'.repeat(64), 'ACTIVE')],
  ['an index', () => client.send(new DescribeIndexCommand({ indexName: 'none' }))],
])('What is not there, %s, is not found.', async (_what, act) => {
  await fill();
  await expect(act()).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});

test('A rule that is not there is denied, and a type of endpoint that is not there is not valid.', async () => {
  await expect(client.send(new GetTopicRuleCommand({ ruleName: 'none' }))).rejects.toMatchObject({
    name: 'UnauthorizedException',
  });
  await expect(
    client.send(new DescribeEndpointCommand({ endpointType: 'iot:Abacus' })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test.each<[string, Act, string]>([
  [
    'deletes a thing type that is not deprecated',
    () => client.send(new DeleteThingTypeCommand({ thingTypeName: 'Lamp' })),
    'InvalidRequestException',
  ],
  [
    'deletes a group with groups below it',
    () => client.send(new DeleteThingGroupCommand({ thingGroupName: 'house' })),
    'InvalidRequestException',
  ],
  [
    'changes a billing group by another version',
    () =>
      client.send(
        new UpdateBillingGroupCommand({
          billingGroupName: 'bill',
          billingGroupProperties: {},
          expectedVersion: 9,
        }),
      ),
    'VersionConflictException',
  ],
  [
    'deletes a billing group by another version',
    () => client.send(new DeleteBillingGroupCommand({ billingGroupName: 'bill', expectedVersion: 9 })),
    'VersionConflictException',
  ],
  [
    'makes a rule twice',
    () => client.send(new CreateTopicRuleCommand({ ruleName: 'rule', topicRulePayload })),
    'ResourceAlreadyExistsException',
  ],
  [
    'makes a policy twice',
    () => client.send(new CreatePolicyCommand({ policyName: 'all', policyDocument: allow('iot:Connect') })),
    'ResourceAlreadyExistsException',
  ],
  [
    'gives a policy a document that is none',
    () => client.send(new CreatePolicyVersionCommand({ policyName: 'all', policyDocument: '{}' })),
    'MalformedPolicyException',
  ],
  [
    'deletes the default version of a policy',
    () => client.send(new DeletePolicyVersionCommand({ policyName: 'all', policyVersionId: '1' })),
    'DeleteConflictException',
  ],
  [
    'turns an index on in a mode that is none',
    () =>
      client.send(
        new UpdateIndexingConfigurationCommand({
          thingIndexingConfiguration: { thingIndexingMode: undefined },
        }),
      ),
    'InvalidRequestException',
  ],
])('Whoever %s is refused, and nothing changes.', async (_what, act, name) => {
  await fill();
  const before = await registryAsIs();
  await expect(act()).rejects.toMatchObject({ name });
  expect(await registryAsIs()).toEqual(before);
});

async function registryAsIs() {
  const answers = [
    await client.send(new ListThingsCommand({})),
    await client.send(new ListThingGroupsCommand({})),
    await client.send(new DescribeThingGroupCommand({ thingGroupName: 'hall' })),
    await client.send(new DescribeThingTypeCommand({ thingTypeName: 'Lamp' })),
    await client.send(new DescribeBillingGroupCommand({ billingGroupName: 'bill' })),
    await client.send(new GetTopicRuleCommand({ ruleName: 'rule' })),
    await client.send(new GetPolicyCommand({ policyName: 'all' })),
  ];
  return answers.map(({ $metadata: _metadata, ...answer }) => answer);
}

test('A certificate is registered once, and refuses statuses that are none and its deletion while it is active.', async () => {
  const { pem, certificateId: id, target } = await fill();
  await expect(
    client.send(new RegisterCertificateWithoutCACommand({ certificatePem: pem })),
  ).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException', resourceArn: target });
  const unknown = await plane.request('PUT', `/certificates/${id}?newStatus=BROKEN`);
  expect(unknown).toMatchObject({ status: 400, error: 'InvalidRequestException' });
  const remove = () => client.send(new DeleteCertificateCommand({ certificateId: id }));
  await expect(remove()).rejects.toMatchObject({ name: 'CertificateStateException' });
  await client.send(new UpdateCertificateCommand({ certificateId: id, newStatus: 'INACTIVE' }));
  await remove();
});

test('To attach twice is to attach once, whichever operation does it.', async () => {
  const { target } = await fill();
  for (const _time of [1, 2]) {
    await client.send(new AttachPolicyCommand({ policyName: 'all', target }));
    await client.send(new AttachPrincipalPolicyCommand({ policyName: 'all', principal: target }));
    await client.send(new AttachThingPrincipalCommand({ thingName: 'lamp', principal: target }));
  }
  const attached = await client.send(new ListAttachedPoliciesCommand({ target }));
  expect(attached.policies).toMatchObject([{ policyName: 'all' }]);
  const ofPrincipal = await client.send(new ListPrincipalPoliciesCommand({ principal: target }));
  expect(ofPrincipal.policies).toMatchObject([{ policyName: 'all' }]);
  const targets = await client.send(new ListTargetsForPolicyCommand({ policyName: 'all' }));
  expect(targets.targets).toEqual([target]);
  const principals = await client.send(new ListThingPrincipalsCommand({ thingName: 'lamp' }));
  expect(principals.principals).toEqual([target]);
  await expect(client.send(new DeletePolicyCommand({ policyName: 'all' }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
  });
  await expect(client.send(new DeleteThingCommand({ thingName: 'lamp' }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});

test('Things of a type and an attribute together are listed page by page, each once.', async () => {
  await client.send(new CreateThingTypeCommand({ thingTypeName: 'Lamp' }));
  for (let number = 0; number < 12; number += 1) {
    await client.send(
      new CreateThingCommand({
        thingName: `thing-${String(number).padStart(2, '0')}`,
        ...(number % 2 === 0 ? { thingTypeName: 'Lamp' } : {}),
        attributePayload: { attributes: { third: String(number % 3) } },
      }),
    );
  }
  const found: (string | undefined)[] = [];
  let pages = 0;
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListThingsCommand({
        thingTypeName: 'Lamp',
        attributeName: 'third',
        attributeValue: '0',
        maxResults: 1,
        nextToken,
      }),
    );
    found.push(...(page.things ?? []).map(({ thingName }) => thingName));
    ({ nextToken } = page);
    pages += 1;
  } while (nextToken !== undefined);
  expect(found).toEqual(['thing-00', 'thing-06']);
  expect(pages).toBe(2);
});

test('Groups below a group are narrowed by the beginning of their names and by depth at once.', async () => {
  for (const [name, parent] of [
    ['house', undefined],
    ['floor-1', 'house'],
    ['floor-2', 'house'],
    ['floor-1-hall', 'floor-1'],
    ['room', 'floor-1'],
  ]) {
    await client.send(new CreateThingGroupCommand({ thingGroupName: name, parentGroupName: parent }));
  }
  const list = async (recursive: boolean) => {
    const { thingGroups = [] } = await client.send(
      new ListThingGroupsCommand({ parentGroup: 'house', namePrefixFilter: 'floor-1', recursive }),
    );
    return thingGroups.map(({ groupName }) => groupName);
  };
  expect(await list(true)).toEqual(['floor-1', 'floor-1-hall']);
  expect(await list(false)).toEqual(['floor-1']);
});

test('A disabled rule is told to be, and deletion of what is not there follows AWS for each kind.', async () => {
  await fill();
  await client.send(new DisableTopicRuleCommand({ ruleName: 'rule' }));
  expect(await client.send(new GetTopicRuleCommand({ ruleName: 'rule' }))).toMatchObject({
    rule: { ruleName: 'rule', sql, ruleDisabled: true },
  });
  await client.send(new DeleteThingGroupCommand({ thingGroupName: 'none' }));
  await client.send(new DeleteBillingGroupCommand({ billingGroupName: 'none' }));
  const missing = { name: 'ResourceNotFoundException' };
  await expect(client.send(new DeleteThingTypeCommand({ thingTypeName: 'none' }))).rejects.toMatchObject(
    missing,
  );
  await expect(client.send(new DeletePolicyCommand({ policyName: 'none' }))).rejects.toMatchObject(missing);
});
