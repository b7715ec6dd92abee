import {
  ConfirmTopicRuleDestinationCommand,
  CreateTopicRuleCommand,
  CreateTopicRuleDestinationCommand,
  DeleteTopicRuleCommand,
  DeleteTopicRuleDestinationCommand,
  DisableTopicRuleCommand,
  EnableTopicRuleCommand,
  GetTopicRuleCommand,
  GetTopicRuleDestinationCommand,
  ListTagsForResourceCommand,
  ListTopicRuleDestinationsCommand,
  ListTopicRulesCommand,
  ReplaceTopicRuleCommand,
  UpdateTopicRuleDestinationCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiRulePayload } from '../../../../local/iot/registry/index.ts';
import { arn, startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane({ limits: { topicRules: 3 } });
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const payload = (topicFilter: string) => ({
  sql: `SELECT * FROM '${topicFilter}'`,
  actions: [{ republish: { topic: 'out', roleArn: 'arn:aws:iam::1:role/r', qos: 1 } }],
  errorAction: { sqs: { queueUrl: 'q', roleArn: 'arn:aws:iam::1:role/r', useBase64: false } },
});
const create = (ruleName: string, topicFilter = 'a/+') =>
  client.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: payload(topicFilter) }));
const list = async (input: ConstructorParameters<typeof ListTopicRulesCommand>[0] = {}) => {
  const { rules = [] } = await client.send(new ListTopicRulesCommand(input));
  return rules.map(({ ruleName }) => ruleName);
};

test('A rule runs from its creation to its deletion, and is told as it was given.', async () => {
  const topicRulePayload = { ...payload('a/+'), description: 'all of a' };
  const tags = 'team=lights%20on&empty=';
  await client.send(new CreateTopicRuleCommand({ ruleName: 'one', topicRulePayload, tags }));
  expect(plane.rules.running.get('one')).toEqual({ ruleName: 'one', payload: topicRulePayload });
  expect(await client.send(new GetTopicRuleCommand({ ruleName: 'one' }))).toMatchObject({
    ruleArn: arn('rule/one'),
    rule: {
      ...topicRulePayload,
      ruleName: 'one',
      ruleDisabled: false,
      awsIotSqlVersion: '2015-10-08',
      createdAt: new Date(plane.clock.now()),
    },
  });
  const found = await client.send(new ListTagsForResourceCommand({ resourceArn: arn('rule/one') }));
  expect(found.tags).toEqual([
    { Key: 'empty', Value: '' },
    { Key: 'team', Value: 'lights on' },
  ]);
  await client.send(new DeleteTopicRuleCommand({ ruleName: 'one' }));
  expect(plane.rules.running.size).toBe(0);
});

test('What is asked of a rule that is not there is denied, as AWS does.', async () => {
  const topicRulePayload = payload('a');
  for (const asked of [
    client.send(new GetTopicRuleCommand({ ruleName: 'none' })),
    client.send(new ReplaceTopicRuleCommand({ ruleName: 'none', topicRulePayload })),
    client.send(new EnableTopicRuleCommand({ ruleName: 'none' })),
    client.send(new DisableTopicRuleCommand({ ruleName: 'none' })),
    client.send(new DeleteTopicRuleCommand({ ruleName: 'none' })),
  ]) {
    await expect(asked).rejects.toMatchObject({
      name: 'UnauthorizedException',
      $metadata: { httpStatusCode: 401 },
    });
  }
});

test('A rule is replaced, disabled and enabled, and the engine has it as it is.', async () => {
  await create('one');
  await client.send(new ReplaceTopicRuleCommand({ ruleName: 'one', topicRulePayload: payload('b') }));
  await client.send(new DisableTopicRuleCommand({ ruleName: 'one' }));
  expect(plane.rules.running.get('one')?.payload).toMatchObject({
    sql: "SELECT * FROM 'b'",
    ruleDisabled: true,
  });
  expect(await list({ ruleDisabled: true })).toEqual(['one']);
  await client.send(new EnableTopicRuleCommand({ ruleName: 'one' }));
  expect(plane.rules.running.get('one')?.payload).toMatchObject({
    sql: "SELECT * FROM 'b'",
    ruleDisabled: false,
  });
  expect(await list({ ruleDisabled: true })).toEqual([]);
});

test.each([
  ['SQL that cannot be', { ...payload('a'), sql: 'CHOOSE *' }, 'SqlParseException', 400],
  [
    'an action that the engine does not serve',
    { ...payload('a'), actions: [{ salesforce: { token: 't'.repeat(40), url: 'u' } }] },
    'InvalidRequestException',
    400,
  ],
  [
    'eleven actions',
    { ...payload('a'), actions: Array(11).fill(payload('a').actions[0]) },
    'InvalidRequestException',
    400,
  ],
])('A rule with %s is refused and does not run.', async (_what, topicRulePayload, name, httpStatusCode) => {
  await expect(
    client.send(new CreateTopicRuleCommand({ ruleName: 'one', topicRulePayload })),
  ).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  expect(plane.rules.running.size).toBe(0);
  expect(await list()).toEqual([]);
});

test('Rules are listed by name and by a topic that reaches them, and their names are taken once.', async () => {
  await create('b', 'a/+');
  await create('a', 'a/b');
  await expect(create('a')).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceArn: arn('rule/a'),
  });
  await create('c', 'c');
  await expect(create('d')).rejects.toMatchObject({ name: 'LimitExceededException' });
  expect(await list()).toEqual(['a', 'b', 'c']);
  expect(await list({ topic: 'a/b' })).toEqual(['a', 'b']);
  const { rules, nextToken } = await client.send(new ListTopicRulesCommand({ maxResults: 1 }));
  expect(rules).toEqual([
    {
      ruleArn: arn('rule/a'),
      ruleName: 'a',
      topicPattern: 'a/b',
      createdAt: new Date(plane.clock.now()),
      ruleDisabled: false,
    },
  ]);
  expect(await list({ nextToken })).toEqual(['b', 'c']);
});

test("The template's rules come with it and go with it, and those of the API stay.", async () => {
  await create('of_api');
  const { topicRules } = plane.registry;
  topicRules.takeTemplate([
    { ruleName: 'first', payload: apiRulePayload({ Sql: "SELECT * FROM 'a'", Actions: [] }) },
    { ruleName: 'second', payload: apiRulePayload({ Sql: "SELECT * FROM 'b'", Actions: [] }) },
  ]);
  expect(await list()).toEqual(['first', 'of_api', 'second']);
  plane.rules.running.clear();
  topicRules.takeTemplate([
    {
      ruleName: 'second',
      payload: apiRulePayload({ Sql: "SELECT * FROM 'c'", Actions: [], RuleDisabled: 'true' }),
    },
  ]);
  expect(await list()).toEqual(['of_api', 'second']);
  expect([...plane.rules.running.keys()].sort()).toEqual(['of_api', 'second']);
  expect(plane.rules.running.get('second')?.payload).toEqual({
    sql: "SELECT * FROM 'c'",
    actions: [],
    ruleDisabled: true,
  });
});

test('A reset ends every rule, and the template brings its own again.', async () => {
  await create('of_api');
  const ofTemplate = [
    { ruleName: 'mine', payload: apiRulePayload({ Sql: "SELECT * FROM 'a'", Actions: [] }) },
  ];
  plane.registry.topicRules.takeTemplate(ofTemplate);
  plane.registry.reset();
  expect(plane.rules.running.size).toBe(0);
  plane.registry.topicRules.takeTemplate(ofTemplate);
  expect([...plane.rules.running.keys()]).toEqual(['mine']);
  expect(await list()).toEqual(['mine']);
});

test("A template's rule is told with the names of the API; keys that are the user's own stay as they are.", () => {
  expect(
    apiRulePayload({
      Sql: 's',
      Actions: [{ Kafka: { Topic: 't', ClientProperties: { 'Bootstrap.Servers': 'x', Acks: '1' } } }],
      ErrorAction: { DynamoDBv2: { PutItem: { TableName: 'T' } } },
    }),
  ).toEqual({
    sql: 's',
    actions: [{ kafka: { topic: 't', clientProperties: { 'Bootstrap.Servers': 'x', Acks: '1' } } }],
    errorAction: { dynamoDBv2: { putItem: { tableName: 'T' } } },
  });
});

test('Destinations of rules are made, confirmed, set and deleted.', async () => {
  const configuration = (confirmationUrl: string) =>
    new CreateTopicRuleDestinationCommand({
      destinationConfiguration: { httpUrlConfiguration: { confirmationUrl } },
    });
  const { topicRuleDestination } = await client.send(configuration('http://127.0.0.1/a'));
  const destinationArn = arn('ruledestination/http/1');
  expect(topicRuleDestination).toEqual({
    arn: destinationArn,
    status: 'IN_PROGRESS',
    createdAt: new Date(plane.clock.now()),
    lastUpdatedAt: new Date(plane.clock.now()),
    httpUrlProperties: { confirmationUrl: 'http://127.0.0.1/a' },
  });
  await expect(client.send(configuration('http://127.0.0.1/a'))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    resourceArn: destinationArn,
  });
  await client.send(configuration('http://127.0.0.1/b'));
  await client.send(new ConfirmTopicRuleDestinationCommand({ confirmationToken: '1' }));
  const get = async () => {
    const found = await client.send(new GetTopicRuleDestinationCommand({ arn: destinationArn }));
    return found.topicRuleDestination?.status;
  };
  expect(await get()).toBe('ENABLED');
  await client.send(new UpdateTopicRuleDestinationCommand({ arn: destinationArn, status: 'DISABLED' }));
  expect(await get()).toBe('DISABLED');
  const { destinationSummaries, nextToken } = await client.send(
    new ListTopicRuleDestinationsCommand({ maxResults: 1 }),
  );
  expect(destinationSummaries).toMatchObject([
    { arn: destinationArn, httpUrlSummary: { confirmationUrl: 'http://127.0.0.1/a' } },
  ]);
  const rest = await client.send(new ListTopicRuleDestinationsCommand({ nextToken }));
  expect(rest.destinationSummaries).toHaveLength(1);
  await client.send(new DeleteTopicRuleDestinationCommand({ arn: destinationArn }));
  await expect(get()).rejects.toMatchObject({ name: 'UnauthorizedException' });
});

test.each([
  ['none', {}, 'InvalidRequestException'],
  [
    'a VPC',
    { vpcConfiguration: { subnetIds: [], vpcId: 'v', roleArn: 'r' } },
    'UnsupportedOperationException',
  ],
])('A destination with %s is refused.', async (_what, destinationConfiguration, name) => {
  await expect(
    client.send(new CreateTopicRuleDestinationCommand({ destinationConfiguration })),
  ).rejects.toMatchObject({ name });
});
