import {
  AttachPolicyCommand,
  AttachPrincipalPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachPolicyCommand,
  DetachPrincipalPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedPoliciesCommand,
  ListPoliciesCommand,
  ListPolicyPrincipalsCommand,
  ListPolicyVersionsCommand,
  ListPrincipalPoliciesCommand,
  ListTargetsForPolicyCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepIssued } from '../../../../local/iot/registry/certificates.ts';
import { makeCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, allow, certificateArn, groupArn, REGION, startSecurity } from './security-support.ts';

let cloud: Awaited<ReturnType<typeof startSecurity>>;

beforeEach(async () => {
  cloud = await startSecurity();
});
afterEach(() => cloud.close());

const policyArn = (name: string) => `arn:aws:iot:${REGION}:${ACCOUNT_ID}:policy/${name}`;

const create = (policyName: string, policyDocument = allow('iot:Connect'), more: object = {}) =>
  cloud.client.send(new CreatePolicyCommand({ policyName, policyDocument, ...more }));

const createVersion = (policyName: string, policyDocument: string, setAsDefault = false) =>
  cloud.client.send(new CreatePolicyVersionCommand({ policyName, policyDocument, setAsDefault }));

const attach = (policyName: string, target: string) =>
  cloud.client.send(new AttachPolicyCommand({ policyName, target }));

const detach = (policyName: string, target: string) =>
  cloud.client.send(new DetachPolicyCommand({ policyName, target }));

function newCertificate(): string {
  return keepIssued(cloud.context, makeCertificate().certificate.der, true).certificateId;
}

async function attachedTo(target: string, recursive = false): Promise<(string | undefined)[]> {
  const { policies } = await cloud.client.send(new ListAttachedPoliciesCommand({ target, recursive }));
  return (policies ?? []).map(({ policyName }) => policyName);
}

test('A policy is what it was created as, with its version 1.', async () => {
  const policyDocument = allow('iot:Connect');
  const created = await create('lamps', policyDocument, { tags: [{ Key: 'a', Value: 'b' }] });
  expect(created).toMatchObject({
    policyName: 'lamps',
    policyArn: policyArn('lamps'),
    policyDocument,
    policyVersionId: '1',
  });
  const policy = await cloud.client.send(new GetPolicyCommand({ policyName: 'lamps' }));
  expect(policy).toMatchObject({
    policyName: 'lamps',
    policyArn: policyArn('lamps'),
    policyDocument,
    defaultVersionId: '1',
    creationDate: new Date(cloud.clock.now()),
    lastModifiedDate: new Date(cloud.clock.now()),
    generationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(cloud.context.tags.of(policyArn('lamps'))).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('A policy name is taken once.', async () => {
  await create('lamps');
  await expect(create('lamps')).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'Policy cannot be created - name already exists (name=lamps)',
    resourceId: 'lamps',
    resourceArn: policyArn('lamps'),
  });
});

test.each([
  ['no JSON', 'lamp'],
  ['no statement', '{"Version":"2012-10-17"}'],
  ['more than 2048 characters', allow('iot:Connect', 'arn:aws:iot:*:*:client/' + 'x'.repeat(2_048))],
])('A document with %s is malformed, in a policy and in a version.', async (_, document) => {
  await create('there');
  for (const ask of [() => create('lamps', document), () => createVersion('there', document)]) {
    await expect(ask()).rejects.toMatchObject({ name: 'MalformedPolicyException' });
  }
  await expect(cloud.client.send(new GetPolicyCommand({ policyName: 'lamps' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('With too many tags no policy is made.', async () => {
  const tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  await expect(create('lamps', allow('iot:Connect'), { tags })).rejects.toThrow(/at most 50 tags/);
  expect(cloud.context.policies.find('lamps')).toBeUndefined();
});

test('A policy has five versions at most, and numbers are not used again.', async () => {
  await create('lamps');
  for (const version of ['2', '3', '4', '5']) {
    const made = await createVersion('lamps', allow(`iot:Publish`));
    expect(made).toMatchObject({ policyVersionId: version, isDefaultVersion: false });
  }
  await expect(createVersion('lamps', allow('iot:Publish'))).rejects.toMatchObject({
    name: 'VersionsLimitExceededException',
    message: 'The policy lamps already has the maximum number of versions (5)',
    $metadata: { httpStatusCode: 409 },
  });
  await cloud.client.send(new DeletePolicyVersionCommand({ policyName: 'lamps', policyVersionId: '5' }));
  expect((await createVersion('lamps', allow('iot:Publish'))).policyVersionId).toBe('6');
});

test('The default version is what GetPolicy answers, and it cannot be deleted.', async () => {
  const newer = allow('iot:Publish');
  await create('lamps');
  cloud.clock.advance(1_000);
  await createVersion('lamps', newer, true);
  const policy = await cloud.client.send(new GetPolicyCommand({ policyName: 'lamps' }));
  expect(policy).toMatchObject({
    policyDocument: newer,
    defaultVersionId: '2',
    creationDate: new Date(cloud.clock.now() - 1_000),
    lastModifiedDate: new Date(cloud.clock.now()),
  });
  const second = { policyName: 'lamps', policyVersionId: '2' };
  await expect(cloud.client.send(new DeletePolicyVersionCommand(second))).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: 'Cannot delete the default version of a policy',
  });
  const first = { policyName: 'lamps', policyVersionId: '1' };
  await cloud.client.send(new SetDefaultPolicyVersionCommand(first));
  await cloud.client.send(new DeletePolicyVersionCommand(second));
  const { policyVersions } = await cloud.client.send(new ListPolicyVersionsCommand({ policyName: 'lamps' }));
  expect(policyVersions).toEqual([
    { versionId: '1', isDefaultVersion: true, createDate: new Date(cloud.clock.now() - 1_000) },
  ]);
  await expect(cloud.client.send(new GetPolicyVersionCommand(second))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(await cloud.client.send(new GetPolicyVersionCommand(first))).toMatchObject({
    policyName: 'lamps',
    policyVersionId: '1',
    isDefaultVersion: true,
    policyDocument: allow('iot:Connect'),
  });
});

test('A policy is deleted once it has one version and no targets.', async () => {
  const target = certificateArn(newCertificate());
  const remove = () => cloud.client.send(new DeletePolicyCommand({ policyName: 'lamps' }));
  await create('lamps', allow('iot:Connect'), { tags: [{ Key: 'a', Value: 'b' }] });
  await createVersion('lamps', allow('iot:Publish'));
  await attach('lamps', target);
  await expect(remove()).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: expect.stringContaining('attached to one or more principals'),
  });
  await detach('lamps', target);
  await expect(remove()).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: expect.stringContaining('one or more policy versions'),
  });
  await cloud.client.send(new DeletePolicyVersionCommand({ policyName: 'lamps', policyVersionId: '2' }));
  await remove();
  await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(cloud.context.tags.of(policyArn('lamps'))).toEqual([]);
  const versions = cloud.context.database.statement('SELECT count(*) AS n FROM policy_versions');
  expect(versions.get()).toEqual({ n: 0 });
  expect((await create('lamps')).policyVersionId).toBe('1');
});

test('Policies are listed in pages, in both directions.', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `policy-${index}`);
  for (const name of names) await create(name);
  async function list(ascendingOrder: boolean): Promise<(string | undefined)[]> {
    const first = await cloud.client.send(new ListPoliciesCommand({ ascendingOrder }));
    const marker = first.nextMarker;
    expect(marker).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(first.policies).toHaveLength(25);
    const second = await cloud.client.send(new ListPoliciesCommand({ ascendingOrder, marker }));
    expect(second.nextMarker).toBeUndefined();
    return [...(first.policies ?? []), ...(second.policies ?? [])].map(({ policyName }) => policyName);
  }
  expect(await list(true)).toEqual(names);
  expect(await list(false)).toEqual(names.toReversed());
});

test('A certificate has ten policies at most, and to attach one again is no error.', async () => {
  const target = certificateArn(newCertificate());
  for (let count = 1; count <= 10; count += 1) {
    await create(`p${count}`);
    await attach(`p${count}`, target);
  }
  await create('p11');
  await attach('p10', target);
  await expect(attach('p11', target)).rejects.toMatchObject({
    name: 'LimitExceededException',
    $metadata: { httpStatusCode: 410 },
  });
  await detach('p1', target);
  await detach('p1', target);
  await attach('p11', target);
  expect(await attachedTo(target)).toEqual(['p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11']);
});

test('A thing group has two policies at most, and recursion climbs to the groups above.', async () => {
  cloud.things.parents.set('lamps', 'north').set('north', 'plant').set('plant', undefined);
  for (const name of ['a', 'b', 'c']) await create(name);
  await attach('a', groupArn('lamps'));
  await attach('b', groupArn('lamps'));
  await expect(attach('c', groupArn('lamps'))).rejects.toMatchObject({ name: 'LimitExceededException' });
  await attach('c', groupArn('plant'));
  await attach('a', groupArn('plant'));
  expect(await attachedTo(groupArn('lamps'))).toEqual(['a', 'b']);
  expect(await attachedTo(groupArn('lamps'), true)).toEqual(['a', 'b', 'c']);
  expect(await attachedTo(groupArn('north'), true)).toEqual(['c', 'a']);
});

test.each([
  ['a certificate that is not there', certificateArn('0'.repeat(64)), 'ResourceNotFoundException'],
  ['a group that is not there', groupArn('nowhere'), 'ResourceNotFoundException'],
  ['a thing', `arn:aws:iot:${REGION}:${ACCOUNT_ID}:thing/lamp`, 'InvalidRequestException'],
  [
    'a certificate elsewhere',
    `arn:aws:iot:us-east-1:${ACCOUNT_ID}:cert/${'0'.repeat(64)}`,
    'InvalidRequestException',
  ],
  ['a Cognito identity', `${REGION}:2f1c8c9e-0b7d-4c52-8f5e-3e4b1d8c0a11`, 'InvalidRequestException'],
  ['any text', 'lamp', 'InvalidRequestException'],
])('A policy cannot be attached to %s.', async (_, target, name) => {
  await create('lamps');
  await expect(attach('lamps', target)).rejects.toMatchObject({ name });
  await expect(attachedTo(target)).rejects.toMatchObject({ name });
});

test('A policy that is not there is attached to nothing and listed nowhere.', async () => {
  const target = certificateArn(newCertificate());
  const targets = new ListTargetsForPolicyCommand({ policyName: 'lamps' });
  for (const ask of [
    () => attach('lamps', target),
    () => detach('lamps', target),
    () => cloud.client.send(targets),
  ]) {
    await expect(ask()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  }
});

test('The targets of a policy are listed in pages.', async () => {
  await create('lamps');
  const targets = [newCertificate(), newCertificate(), newCertificate()].map(certificateArn);
  for (const target of targets) await attach('lamps', target);
  const list = (marker?: string) =>
    cloud.client.send(
      new ListTargetsForPolicyCommand({
        policyName: 'lamps',
        pageSize: 2,
        ...(marker === undefined ? {} : { marker }),
      }),
    );
  const first = await list();
  const second = await list(first.nextMarker);
  expect([first.targets, second.targets]).toEqual([targets.slice(0, 2), targets.slice(2)]);
  expect(second.nextMarker).toBeUndefined();
});

test('The older operations on principals do the same.', async () => {
  await create('a');
  await create('b');
  const principal = certificateArn(newCertificate());
  await cloud.client.send(new AttachPrincipalPolicyCommand({ policyName: 'a', principal }));
  await cloud.client.send(new AttachPrincipalPolicyCommand({ policyName: 'b', principal }));
  const { policies } = await cloud.client.send(
    new ListPrincipalPoliciesCommand({ principal, ascendingOrder: true }),
  );
  expect(policies).toEqual([
    { policyName: 'a', policyArn: policyArn('a') },
    { policyName: 'b', policyArn: policyArn('b') },
  ]);
  const { principals } = await cloud.client.send(new ListPolicyPrincipalsCommand({ policyName: 'a' }));
  expect(principals).toEqual([principal]);
  await cloud.client.send(new DetachPrincipalPolicyCommand({ policyName: 'a', principal }));
  expect(await attachedTo(principal)).toEqual(['b']);
});

test('What the gateway has read of policies holds until a policy that matters changes.', async () => {
  const versions: number[] = [];
  const certificateId = newCertificate();
  cloud.things.parents.set('lamps', 'plant').set('plant', undefined);
  cloud.identities.onPoliciesChange((version) => versions.push(version));
  await create('own');
  await create('shared');
  await createVersion('own', allow('iot:Publish'));
  expect(versions).toEqual([]);
  await attach('own', certificateArn(certificateId));
  await attach('shared', groupArn('plant'));
  expect(versions).toEqual([1, 2]);
  expect(cloud.identities.policiesVersion()).toBe(2);
  expect(cloud.identities.policiesOf(certificateId, [])).toEqual([
    { policyName: 'own', policyDocument: allow('iot:Connect') },
  ]);
  expect(cloud.identities.policiesOf(certificateId, ['lamps', 'plant', 'gone'])).toEqual([
    { policyName: 'own', policyDocument: allow('iot:Connect') },
    { policyName: 'shared', policyDocument: allow('iot:Connect') },
  ]);
  await cloud.client.send(new SetDefaultPolicyVersionCommand({ policyName: 'own', policyVersionId: '2' }));
  expect(cloud.identities.policiesOf(certificateId, [])).toEqual([
    { policyName: 'own', policyDocument: allow('iot:Publish') },
  ]);
  await detach('own', certificateArn(certificateId));
  expect(cloud.identities.policiesOf(certificateId, [])).toEqual([]);
  expect(versions).toEqual([1, 2, 3, 4]);
  cloud.context.database.reset();
  expect(cloud.identities.policiesOf(certificateId, ['lamps'])).toEqual([]);
  expect(versions).toEqual([1, 2, 3, 4, 5]);
});
