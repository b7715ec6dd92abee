import {
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  DeleteThingCommand,
  DetachThingPrincipalCommand,
  ListPrincipalThingsCommand,
  ListPrincipalThingsV2Command,
  ListThingPrincipalsCommand,
  ListThingPrincipalsV2Command,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { arn, startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const create = (thingName: string, attributes: Record<string, string> = {}) =>
  client.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }));

test('Principals are attached to things and keep them from being deleted.', async () => {
  const { certificateArn: principal = '' } = await client.send(new CreateKeysAndCertificateCommand({}));
  await create('lamp');
  await create('door');
  const attach = (thingName: string) =>
    client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  await attach('lamp');
  await attach('lamp');
  await attach('door');
  expect((await client.send(new ListThingPrincipalsCommand({ thingName: 'lamp' }))).principals).toEqual([
    principal,
  ]);
  const first = await client.send(new ListPrincipalThingsCommand({ principal, maxResults: 1 }));
  expect(first.things).toEqual(['door']);
  const { nextToken } = first;
  expect((await client.send(new ListPrincipalThingsCommand({ principal, nextToken }))).things).toEqual([
    'lamp',
  ]);
  await expect(client.send(new DeleteThingCommand({ thingName: 'lamp' }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  const detach = () => client.send(new DetachThingPrincipalCommand({ thingName: 'lamp', principal }));
  await detach();
  await expect(detach()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new DeleteThingCommand({ thingName: 'lamp' }));
});

test('A principal that is not there cannot be attached.', async () => {
  await create('lamp');
  const principal = arn(`cert/${'0'.repeat(64)}`);
  await expect(
    client.send(new AttachThingPrincipalCommand({ thingName: 'lamp', principal })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('A principal with an exclusive thing has no other.', async () => {
  const { certificateArn: principal = '' } = await client.send(new CreateKeysAndCertificateCommand({}));
  await create('lamp');
  await create('door');
  const attach = (thingName: string, thingPrincipalType: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING') =>
    client.send(new AttachThingPrincipalCommand({ thingName, principal, thingPrincipalType }));
  const refused = { name: 'InvalidRequestException' };
  await attach('lamp', 'EXCLUSIVE_THING');
  await expect(attach('door', 'NON_EXCLUSIVE_THING')).rejects.toMatchObject(refused);
  const things = () => client.send(new ListPrincipalThingsV2Command({ principal }));
  expect((await things()).principalThingObjects).toEqual([
    { thingName: 'lamp', thingPrincipalType: 'EXCLUSIVE_THING' },
  ]);
  await attach('lamp', 'NON_EXCLUSIVE_THING');
  await attach('door', 'NON_EXCLUSIVE_THING');
  await expect(attach('door', 'EXCLUSIVE_THING')).rejects.toMatchObject(refused);
  const only = new ListThingPrincipalsV2Command({ thingName: 'lamp', thingPrincipalType: 'EXCLUSIVE_THING' });
  expect((await client.send(only)).thingPrincipalObjects).toEqual([]);
});
