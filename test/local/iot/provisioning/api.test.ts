import {
  CreateProvisioningTemplateCommand,
  CreateProvisioningTemplateVersionCommand,
  DeleteProvisioningTemplateCommand,
  DeleteProvisioningTemplateVersionCommand,
  DescribeProvisioningTemplateCommand,
  DescribeProvisioningTemplateVersionCommand,
  IoTClient,
  ListProvisioningTemplatesCommand,
  ListProvisioningTemplateVersionsCommand,
  RegisterThingCommand,
  UpdateProvisioningTemplateCommand,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CREDENTIALS, REGION, startEndpoint } from '../../endpoint/support.ts';
import { openProvisioning, type TestProvisioning } from './support.ts';

let cloud: TestProvisioning;
let client: IoTClient;
let close: () => Promise<void>;

beforeEach(async () => {
  cloud = openProvisioning();
  const endpoint = await startEndpoint({ iot: cloud.handler, 'execute-api': cloud.handler });
  client = new IoTClient({
    endpoint: endpoint.url,
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  close = async () => {
    client.destroy();
    await endpoint.close();
    cloud.registry.close();
  };
});
afterEach(() => close());

const bodyFor = (thingName: unknown) =>
  JSON.stringify({
    Parameters: { Name: { Type: 'String' } },
    Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: thingName } } },
  });
const provisioningRoleArn = 'arn:aws:iam::000000000000:role/provisioning';
const templateBody = bodyFor({ Ref: 'Name' });

const create = (templateName: string) =>
  client.send(
    new CreateProvisioningTemplateCommand({
      templateName,
      templateBody,
      provisioningRoleArn,
      type: 'JITP',
      enabled: true,
      description: 'lamps',
    }),
  );

test('RegisterThing makes what its template says.', async () => {
  const { resourceArns } = await client.send(
    new RegisterThingCommand({ templateBody, parameters: { Name: 'lamp-1' } }),
  );
  expect(resourceArns).toEqual({ thing: expect.stringMatching(/:thing\/lamp-1$/) });
  expect(cloud.registry.things.find('lamp-1')).toBeDefined();
  await expect(client.send(new RegisterThingCommand({ templateBody }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining('parameter Name'),
  });
  const noName = new RegisterThingCommand({ templateBody: bodyFor('a b'), parameters: { Name: 'a' } });
  await expect(client.send(noName)).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('A template is made, described, listed, updated and deleted.', async () => {
  await create('lamps');
  await create('shades');
  await expect(create('lamps')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  const describe = () => client.send(new DescribeProvisioningTemplateCommand({ templateName: 'lamps' }));
  expect(await describe()).toMatchObject({
    templateName: 'lamps',
    templateBody,
    provisioningRoleArn,
    type: 'JITP',
    enabled: true,
    description: 'lamps',
    defaultVersionId: 1,
    creationDate: new Date(cloud.clock.now()),
  });
  const { templates, nextToken } = await client.send(new ListProvisioningTemplatesCommand({ maxResults: 1 }));
  expect(templates?.map(({ templateName }) => templateName)).toEqual(['lamps']);
  const next = await client.send(new ListProvisioningTemplatesCommand({ maxResults: 1, nextToken }));
  expect(next.templates?.map(({ templateName }) => templateName)).toEqual(['shades']);
  expect(next.nextToken).toBeUndefined();
  await client.send(new UpdateProvisioningTemplateCommand({ templateName: 'lamps', enabled: false }));
  expect(await describe()).toMatchObject({ enabled: false, description: 'lamps' });
  await client.send(new DeleteProvisioningTemplateCommand({ templateName: 'lamps' }));
  await expect(describe()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('A template has at most five versions, one of them the default.', async () => {
  const templateName = 'lamps';
  await create(templateName);
  const add = (setAsDefault: boolean) =>
    client.send(
      new CreateProvisioningTemplateVersionCommand({
        templateName,
        templateBody: bodyFor('fixed'),
        setAsDefault,
      }),
    );
  expect(await add(true)).toMatchObject({ versionId: 2, isDefaultVersion: true });
  for (const versionId of [3, 4, 5]) expect(await add(false)).toMatchObject({ versionId });
  await expect(add(false)).rejects.toMatchObject({ name: 'VersionsLimitExceededException' });
  const drop = (versionId: number) =>
    client.send(new DeleteProvisioningTemplateVersionCommand({ templateName, versionId }));
  await expect(drop(2)).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await expect(client.send(new DeleteProvisioningTemplateCommand({ templateName }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
  });
  await drop(1);
  const { versions } = await client.send(new ListProvisioningTemplateVersionsCommand({ templateName }));
  expect(versions?.map(({ versionId, isDefaultVersion }) => [versionId, isDefaultVersion])).toEqual([
    [2, true],
    [3, false],
    [4, false],
    [5, false],
  ]);
  const one = new DescribeProvisioningTemplateVersionCommand({ templateName, versionId: 1 });
  await expect(client.send(one)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new UpdateProvisioningTemplateCommand({ templateName, defaultVersionId: 3 }));
  const described = await client.send(new DescribeProvisioningTemplateCommand({ templateName }));
  expect(described).toMatchObject({ defaultVersionId: 3, templateBody: bodyFor('fixed') });
});

test.each([
  ['no type, which means fleet provisioning', {}],
  ['the type FLEET_PROVISIONING', { type: 'FLEET_PROVISIONING' as const }],
  ['a hook', { type: 'JITP' as const, preProvisioningHook: { targetArn: 'arn:aws:lambda:::x' } }],
])('A template with %s is refused as not served.', async (_what, sent) => {
  const request = { templateName: 'a', templateBody, provisioningRoleArn, ...sent };
  await expect(client.send(new CreateProvisioningTemplateCommand(request))).rejects.toMatchObject({
    name: 'UnsupportedOperationException',
  });
});
