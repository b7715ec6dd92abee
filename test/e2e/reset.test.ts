import { ScanCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateThingGroupCommand,
  CreateTopicRuleCommand,
  DisableTopicRuleCommand,
  GetIndexingConfigurationCommand,
  ListCertificatesCommand,
  ListPoliciesCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
  ListTopicRulesCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';
import {
  GetConnectionCommand,
  GetThingShadowCommand,
  ListRetainedMessagesCommand,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Binding } from '../../local/iot/api/bindings.ts';
import { loadBindings } from '../../local/iot/api/index.ts';
import { run } from '../cli/run.ts';
import { closed, DeviceFleet } from '../support/device-fleet.ts';
import { readingAt, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let fleet: DeviceFleet;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  service = await startTestService();
  fleet = new DeviceFleet(service.cloud);
  // `startTestService` has set the variables that lead there.
  sqs = new SQSClient();
  dynamodb = new DynamoDBClient();
});

afterAll(async () => {
  fleet.close();
  sqs.destroy();
  dynamodb.destroy();
  await service.stop();
});

async function names() {
  const { things = [] } = await fleet.iot.send(new ListThingsCommand({}));
  const { thingGroups = [] } = await fleet.iot.send(new ListThingGroupsCommand({}));
  const { policies = [] } = await fleet.iot.send(new ListPoliciesCommand({}));
  const { certificates = [] } = await fleet.iot.send(new ListCertificatesCommand({}));
  const { rules = [] } = await fleet.iot.send(new ListTopicRulesCommand({}));
  const { retainedTopics = [] } = await fleet.data.send(new ListRetainedMessagesCommand({}));
  const { QueueUrls: queueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { Items: items = [] } = await dynamodb.send(
    new ScanCommand({ TableName: service.resource('ScoringStateTable') }),
  );
  const { thingIndexingConfiguration } = await fleet.iot.send(new GetIndexingConfigurationCommand({}));
  return {
    things: things.map(({ thingName }) => thingName),
    groups: thingGroups.map(({ groupName }) => groupName),
    policies: policies.map(({ policyName }) => policyName),
    certificates: certificates.length,
    rules: rules.map(({ ruleName = '' }) => ruleName),
    retained: retainedTopics.map(({ topic }) => topic),
    queues: queueUrls.toSorted(),
    scored: items.map(({ key }) => key?.S),
    indexed: thingIndexingConfiguration?.thingIndexingMode,
    rejected: (await service.peek('RejectionsQueue')).length,
  };
}

test('After a reset nothing is left but what the template says, and its rules run.', async () => {
  const ofTemplate = await names();
  expect(ofTemplate).toMatchObject({ things: [], certificates: 0, retained: [] });
  expect(ofTemplate).toMatchObject({ scored: [], rejected: 0 });
  expect(ofTemplate.rules).toContain('glasshouse_dev_detect');

  await fleet.makePolicy('everything', { Effect: 'Allow', Action: 'iot:*', Resource: '*' });
  const certificate = await fleet.makeDevice({ thingName: 'kiln', policyNames: ['everything'] });
  await fleet.iot.send(new CreateThingGroupCommand({ thingGroupName: 'kilns' }));
  const republish = { topic: 'kilns/copy', roleArn: 'arn:aws:iam::000000000000:role/any' };
  await fleet.iot.send(
    new CreateTopicRuleCommand({
      ruleName: 'copy',
      topicRulePayload: { sql: "SELECT * FROM 'anom/detect'", actions: [{ republish }] },
    }),
  );
  await fleet.data.send(
    new UpdateThingShadowCommand({ thingName: 'kiln', payload: Buffer.from('{"state":{"desired":{}}}') }),
  );
  await fleet.iot.send(
    new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } }),
  );
  await sqs.send(new CreateQueueCommand({ QueueName: 'kilns' }));
  const device = await fleet.connect(certificate, 'kiln', { clean: false });
  await device.subscribeAsync('kilns/#', { qos: 1 });
  await device.publishAsync('kilns/state', 'hot', { qos: 1, retain: true });
  await service.score(readingAt('kiln', 0, 900));
  await service.publish('anom/detect', { device: 'nameless' });
  await expect.poll(names).toMatchObject({
    things: ['kiln'],
    groups: expect.arrayContaining(['kilns', ...ofTemplate.groups]),
    policies: expect.arrayContaining(['everything', ...ofTemplate.policies]),
    certificates: 1,
    rules: ['copy', ...ofTemplate.rules],
    retained: ['kilns/state'],
    queues: expect.arrayContaining([expect.stringMatching(/\/kilns$/)]),
    scored: ['kiln'],
    indexed: 'REGISTRY',
    rejected: 1,
  });
  // Rules of the template that somebody changed are as they were again.
  await fleet.iot.send(new DisableTopicRuleCommand({ ruleName: 'glasshouse_dev_detect' }));

  const gone = closed(device);
  const startedMs = performance.now();
  const reset = await run(['reset'], { env: { GLASSHOUSE_FOLDER: service.folder } });
  const tookMs = performance.now() - startedMs;
  expect(reset).toMatchObject({ code: 0, err: 'the cloud is empty\n' });
  await gone;
  expect(await names()).toEqual(ofTemplate);
  const notFound = { name: 'ResourceNotFoundException' };
  const shadow = fleet.data.send(new GetThingShadowCommand({ thingName: 'kiln' }));
  await expect(shadow).rejects.toMatchObject(notFound);
  const session = fleet.data.send(new GetConnectionCommand({ clientId: 'kiln' }));
  await expect(session).rejects.toMatchObject(notFound);
  await expect(fleet.connect(certificate, 'kiln')).rejects.toThrow("Couldn't connect");
  console.info(`a reset of a small cloud took ${tookMs.toFixed(0)} ms, its command line included`);

  const { client, received } = await fleet.watch('kilns/#', 'anom/pred');
  const again = await fleet.watch();
  await again.client.publishAsync('anom/detect', JSON.stringify(readingAt('kiln', 0, 900)), { qos: 1 });
  await expect
    .poll(() => received)
    .toMatchObject([{ topic: 'anom/pred', message: { device: 'kiln', columns: { value: { mean: null } } } }]);
  expect(client.connected).toBe(true);
  await expect.poll(async () => (await names()).scored).toEqual(['kiln']);
});

test('A reset while rules are at work leaves nothing of them behind.', async () => {
  const { client } = await fleet.watch();
  const burst = Array.from({ length: 40 }, (_, index) =>
    client.publishAsync('anom/detect', JSON.stringify(readingAt(`oven-${index}`, 0, 1)), { qos: 1 }),
  );
  // Some of them get no PUBACK, as the reset cuts their connection.
  await Promise.race([Promise.allSettled(burst), closed(client)]);
  await fetch(`${service.cloud.endpointUrl}/_glasshouse/reset`, { method: 'POST' });
  await service.settled();
  expect((await names()).scored).toEqual([]);
});

const listsSchema = z.object({ served: z.array(z.string()), notServed: z.array(z.string()) });
const errorSchema = z.object({ message: z.string() });

/** Calls an operation with nothing but an address: labels are `x`, and there is no body. */
async function callBare({ method, uri }: Binding): Promise<{ status: number; message: string }> {
  const { endpointUrl, region } = service.cloud;
  const address = uri.replaceAll(/\{[^}]+\}/g, 'x');
  const credential = `any/20260101/${region}/iot/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpointUrl + address, { method, headers: { authorization } });
  const body = errorSchema.safeParse(await response.json().catch(() => undefined));
  return { status: response.status, message: body.success ? body.data.message : '' };
}

test('`glasshouse operations` says of every operation whether it answers 501.', async () => {
  const { out } = await run(['operations', '--json']);
  const { served, notServed } = listsSchema.parse(JSON.parse(out));
  const refused: string[] = [];
  const answered: string[] = [];
  for (const binding of loadBindings().operations.values()) {
    const { status, message } = await callBare(binding);
    if (status !== 501) answered.push(binding.name);
    else {
      expect(message).toContain(`${binding.name} of AWS IoT is not served here`);
      refused.push(binding.name);
    }
  }
  expect(refused.toSorted()).toEqual(notServed.toSorted());
  expect(answered.toSorted()).toEqual(served.toSorted());
});
