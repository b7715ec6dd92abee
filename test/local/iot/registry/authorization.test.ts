import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  DescribeEndpointCommand,
  GetEffectivePoliciesCommand,
  TestAuthorizationCommand,
  type AuthInfo,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepIssued } from '../../../../local/iot/registry/certificates.ts';
import { makeCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, certificateArn, groupArn, REGION, startSecurity } from './security-support.ts';

const arn = (resource: string) => `arn:aws:iot:${REGION}:${ACCOUNT_ID}:${resource}`;

let cloud: Awaited<ReturnType<typeof startSecurity>>;
let principal: string;

beforeEach(async () => {
  cloud = await startSecurity();
  const device = makeCertificate({ subject: { Organization: ['Lamps'], CommonName: ['lamp-1'] } });
  principal = certificateArn(keepIssued(cloud.context, device.certificate.der, true).certificateId);
  cloud.things.parents.set('floor', 'plant').set('plant', undefined);
  cloud.things.groups.set('lamp-1', ['floor']);
  cloud.things.attributes.set('lamp-1', { room: 'hall' });
});
afterEach(() => cloud.close());

async function policy(
  policyName: string,
  target: string | undefined,
  ...statements: object[]
): Promise<void> {
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await cloud.client.send(new CreatePolicyCommand({ policyName, policyDocument }));
  if (target !== undefined) await cloud.client.send(new AttachPolicyCommand({ policyName, target }));
}

const statement = (Effect: string, Action: string, Resource: string) => ({ Effect, Action, Resource });

async function ask(authInfos: AuthInfo[], more: object = {}) {
  const request = { principal, authInfos, ...more };
  return (await cloud.client.send(new TestAuthorizationCommand(request))).authResults;
}

test('The effective policies are those of the principal and of the groups of the thing, with the groups above.', async () => {
  await policy('own', principal, statement('Allow', 'iot:Connect', '*'));
  await policy('shared', groupArn('plant'), statement('Allow', 'iot:Publish', '*'));
  const get = async (request: object) =>
    (await cloud.client.send(new GetEffectivePoliciesCommand(request))).effectivePolicies?.map(
      ({ policyName }) => policyName,
    );
  expect(await get({ principal, thingName: 'lamp-1' })).toEqual(['own', 'shared']);
  expect(await get({ principal })).toEqual(['own']);
  expect(await get({ thingName: 'lamp-1' })).toEqual(['shared']);
  await expect(get({ thingName: 'unknown' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(get({ principal: certificateArn('0'.repeat(64)) })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const { effectivePolicies } = await cloud.client.send(new GetEffectivePoliciesCommand({ principal }));
  expect(effectivePolicies).toEqual([
    {
      policyName: 'own',
      policyArn: arn('policy/own'),
      policyDocument: expect.stringContaining('iot:Connect'),
    },
  ]);
});

test('TestAuthorization tells for each question what decides and by which policy.', async () => {
  await policy('own', principal, statement('Allow', 'iot:Publish', arn('topic/lamps/*')));
  await policy('secret', principal, statement('Deny', 'iot:Publish', arn('topic/lamps/secret')));
  const results = await ask([
    { actionType: 'PUBLISH', resources: [arn('topic/lamps/a')] },
    { actionType: 'PUBLISH', resources: [arn('topic/lamps/a'), arn('topic/lamps/secret')] },
    { actionType: 'SUBSCRIBE', resources: [arn('topicfilter/lamps/a')] },
  ]);
  const named = (policyName: string) => [{ policyName, policyArn: arn(`policy/${policyName}`) }];
  expect(results).toMatchObject([
    { authDecision: 'ALLOWED', allowed: { policies: named('own') } },
    { authDecision: 'EXPLICIT_DENY', denied: { explicitDeny: { policies: named('secret') } } },
    {
      authDecision: 'IMPLICIT_DENY',
      authInfo: { actionType: 'SUBSCRIBE', resources: [arn('topicfilter/lamps/a')] },
      allowed: { policies: [] },
    },
  ]);
});

test('The certificate, the client and its thing are filled in.', async () => {
  const resource = arn(
    'topic/${iot:Certificate.Subject.Organization}/${iot:ClientId}/${iot:Connection.Thing.Attributes[room]}',
  );
  await policy('own', principal, statement('Allow', 'iot:Publish', resource));
  const question: AuthInfo[] = [{ actionType: 'PUBLISH', resources: [arn('topic/Lamps/lamp-1/hall')] }];
  const [unattached] = (await ask(question, { clientId: 'lamp-1' })) ?? [];
  expect(unattached?.authDecision).toBe('IMPLICIT_DENY');
  expect(unattached?.missingContextValues).toEqual(['iot:Connection.Thing.Attributes[room]']);
  cloud.things.byPrincipal.set(principal, ['lamp-1']);
  expect(await ask(question, { clientId: 'lamp-1' })).toMatchObject([{ authDecision: 'ALLOWED' }]);
});

test('Policies of groups count only for the thing that the certificate is attached to.', async () => {
  await policy('shared', groupArn('plant'), statement('Allow', 'iot:Connect', '*'));
  const question: AuthInfo[] = [{ actionType: 'CONNECT', resources: [arn('client/lamp-1')] }];
  expect(await ask(question, { clientId: 'lamp-1' })).toMatchObject([{ authDecision: 'IMPLICIT_DENY' }]);
  cloud.things.byPrincipal.set(principal, ['lamp-1']);
  expect(await ask(question, { clientId: 'lamp-1' })).toMatchObject([{ authDecision: 'ALLOWED' }]);
  expect(await ask(question)).toMatchObject([{ authDecision: 'IMPLICIT_DENY' }]);
});

test('Policies can be tried before they are attached, and without one that is.', async () => {
  await policy('own', principal, statement('Allow', 'iot:Connect', '*'));
  await policy('draft', undefined, statement('Deny', 'iot:Connect', '*'));
  const question: AuthInfo[] = [{ actionType: 'CONNECT', resources: [arn('client/a')] }];
  expect(await ask(question, { policyNamesToAdd: ['draft'] })).toMatchObject([
    { authDecision: 'EXPLICIT_DENY' },
  ]);
  expect(await ask(question, { policyNamesToSkip: ['own'] })).toMatchObject([
    { authDecision: 'IMPLICIT_DENY' },
  ]);
  await expect(ask(question, { policyNamesToAdd: ['unknown'] })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test.each([
  { principal: undefined },
  { cognitoIdentityPoolId: 'eu-west-1:pool' },
  { principal: groupArn('floor') },
])('A test with %j is refused.', async (more) => {
  const question: AuthInfo[] = [{ actionType: 'CONNECT', resources: [arn('client/a')] }];
  await expect(ask(question, more)).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('DescribeEndpoint gives the address for devices, and refuses what AWS has retired.', async () => {
  const endpoint = (endpointType?: string) =>
    cloud.client.send(new DescribeEndpointCommand(endpointType === undefined ? {} : { endpointType }));
  expect((await endpoint('iot:Data-ATS')).endpointAddress).toBe('localhost');
  expect((await endpoint()).endpointAddress).toBe('localhost');
  for (const type of ['iot:Data', 'iot:Jobs', 'lamp']) {
    await expect(endpoint(type)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  }
  await expect(endpoint('iot:CredentialProvider')).rejects.toThrow(/not served/);
});
