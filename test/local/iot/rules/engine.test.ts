import { expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import type { IotMessage } from '../../../../local/iot/message.ts';
import {
  type ActionServices,
  createRulesEngine,
  readTopicRule,
  type RulesEngine,
  type RuleTraceEvent,
} from '../../../../local/iot/rules/index.ts';
import { messageOn } from './message.ts';

const RoleArn = 'role';
const lambda = { Lambda: { FunctionArn: 'score' } };
const sqs = { Sqs: { QueueUrl: 'queue', RoleArn } };
const errorQueue = { Sqs: { QueueUrl: 'errors', RoleArn } };

interface Call {
  readonly service: string;
  readonly target: string;
  readonly value: unknown;
}

interface Bench {
  readonly engine: RulesEngine;
  readonly calls: Call[];
  readonly events: RuleTraceEvent[];
  readonly send: (message: IotMessage) => Promise<void>;
}

/** An engine whose services write down what they are asked for. */
function bench(
  rules: Readonly<Record<string, Record<string, unknown>>>,
  changes: Partial<ActionServices> = {},
  basicIngestFrom?: 'ignored' | 'applied',
): Bench {
  const calls: Call[] = [];
  const events: RuleTraceEvent[] = [];
  const note = async (service: string, target: string, value: unknown): Promise<void> => {
    calls.push({ service, target, value });
  };
  const engine = createRulesEngine({
    rules: Object.entries(rules).map(([ruleName, payload]) =>
      readTopicRule({ ruleName, payload: { Actions: [lambda], ...payload } }),
    ),
    clock: { ...systemClock, now: () => 1_700_000_000_000 },
    account: '000000000000',
    region: 'eu-west-1',
    log: (event) => events.push(event),
    ...(basicIngestFrom === undefined ? {} : { basicIngestFrom }),
    services: {
      invokeAsync: (functionArn, event) => note('lambda', functionArn, event),
      publish: (message) => calls.push({ service: 'publish', target: message.topic, value: message }),
      putObject: ({ bucket, ...object }) => note('s3', bucket, object),
      sendMessage: ({ queueUrl, body }) => note('sqs', queueUrl, body),
      putItem: ({ tableName, item }) => note('dynamodb', tableName, item),
      ...changes,
    },
  });
  const send = async (message: IotMessage): Promise<void> => {
    engine.evaluate(message);
    await engine.drained();
  };
  return { engine, calls, events, send };
}

const { publisher } = messageOn('a/b', '');
const trace = { topic: 'a/b', traceId: 'trace-1', publisher, atMs: 1_700_000_000_000 };

test('A message runs every rule that matches, and no other.', async () => {
  const { calls, events, send } = bench({
    One: { Sql: "SELECT * FROM 'a/+'" },
    Two: { Sql: "SELECT x AS y FROM 'a/#' WHERE x > 1" },
    Filtered: { Sql: "SELECT * FROM 'a/#' WHERE x > 2" },
    Elsewhere: { Sql: "SELECT * FROM 'b/#'" },
    Off: { Sql: "SELECT * FROM '#'", RuleDisabled: true },
    Unreachable: { Sql: 'SELECT *' },
  });
  await send(messageOn('a/b', { x: 2 }));
  expect(calls.map(({ value }) => value)).toEqual(expect.arrayContaining([{ x: 2 }, { y: 2 }]));
  expect(calls).toHaveLength(2);
  const matched = events.filter((event) => event.eventType === 'RuleMatch');
  const byName = matched.toSorted((a, b) => (a.ruleName < b.ruleName ? -1 : 1));
  expect(byName.map(({ ruleName, hasPassed, actions }) => [ruleName, hasPassed, actions])).toEqual([
    ['Filtered', false, []],
    ['One', true, ['LambdaAction']],
    ['Two', true, ['LambdaAction']],
  ]);
  const two = matched.find(({ ruleName }) => ruleName === 'Two');
  expect(two).toMatchObject({ ruleArn: 'arn:aws:iot:eu-west-1:000000000000:rule/Two', ...trace });
  expect(two?.evaluation?.result?.json()).toEqual({ y: 2 });
  expect(two?.evaluation?.context.payload.json()).toEqual({ x: 2 });
  expect(events.filter(({ eventType }) => eventType === 'ActionSuccess')).toHaveLength(2);
});

test('Each action gets the result in its own form.', async () => {
  const { calls, send } = bench({
    All: {
      Sql: "SELECT x, topic(2) AS device FROM 'a/+'",
      Actions: [
        lambda,
        { Republish: { Topic: '$$aws/${x}/out', Qos: 1, RoleArn } },
        { S3: { BucketName: 'bucket', Key: '${topic(1)}/${x}-${timestamp()}.json', RoleArn } },
        sqs,
        { Sqs: { QueueUrl: 'base64', UseBase64: true, RoleArn } },
        { DynamoDBv2: { PutItem: { TableName: 'table' }, RoleArn } },
      ],
    },
  });
  await send(messageOn('a/b', { x: 1 }));
  const value = { x: 1, device: 'b' };
  const body = Buffer.from(JSON.stringify(value));
  expect(calls).toEqual(
    expect.arrayContaining([
      { service: 'lambda', target: 'score', value },
      {
        service: 'publish',
        target: '$aws/1/out',
        value: {
          topic: '$aws/1/out',
          payload: body,
          qos: 1,
          retain: false,
          publisher: { protocol: 'RULE' },
          traceId: 'trace-1',
          republishes: 1,
        },
      },
      {
        service: 's3',
        target: 'bucket',
        value: { key: 'a/1-1700000000000.json', body, contentType: 'application/json' },
      },
      { service: 'sqs', target: 'queue', value: body.toString() },
      { service: 'sqs', target: 'base64', value: body.toString('base64') },
      { service: 'dynamodb', target: 'table', value },
    ]),
  );
  expect(calls).toHaveLength(6);
});

test('A payload that is not JSON reaches the actions that take bytes and fails the others.', async () => {
  const bytes = new Uint8Array([0, 255]);
  const { calls, events, send } = bench({
    Raw: {
      Sql: "SELECT * FROM 'a/+'",
      Actions: [
        lambda,
        { S3: { BucketName: 'bucket', Key: 'k', RoleArn } },
        sqs,
        { Sqs: { QueueUrl: 'base64', UseBase64: true, RoleArn } },
        { DynamoDBv2: { PutItem: { TableName: 'table' }, RoleArn } },
      ],
    },
  });
  await send(messageOn('a/b', bytes));
  expect(calls).toEqual([
    {
      service: 's3',
      target: 'bucket',
      value: { key: 'k', body: bytes, contentType: 'application/octet-stream' },
    },
    { service: 'sqs', target: 'base64', value: 'AP8=' },
  ]);
  const failed = events.filter((event) => event.eventType === 'ActionFailure');
  expect(failed.map(({ failedAction }) => failedAction)).toEqual(
    expect.arrayContaining(['LambdaAction', 'SqsAction', 'DynamoDBv2Action']),
  );
});

test('Failed actions go together into one message for the error action, and stop no other action.', async () => {
  const { calls, events, send } = bench(
    {
      Failing: {
        Sql: "SELECT x FROM 'a/+'",
        Actions: [lambda, { S3: { BucketName: 'bucket-${x}', Key: '${missing}', RoleArn } }, sqs],
        ErrorAction: errorQueue,
      },
    },
    {
      invokeAsync: async () => {
        throw new Error('no such function');
      },
    },
  );
  await send(messageOn('a/b', { x: 1 }));
  expect(calls.map(({ target }) => target)).toEqual(['queue', 'errors']);
  expect(JSON.parse(String(calls[1]?.value))).toEqual({
    ruleName: 'Failing',
    topic: 'a/b',
    cloudwatchTraceId: 'trace-1',
    clientId: 'device-1',
    base64OriginalPayload: Buffer.from('{"x":1}').toString('base64'),
    failures: [
      { failedAction: 'LambdaAction', failedResource: 'score', errorMessage: 'no such function' },
      {
        failedAction: 'S3Action',
        failedResource: 'bucket-1',
        errorMessage: 'the key "${missing}" is empty for this message',
      },
    ],
  });
  expect(events.at(-1)).toMatchObject({
    eventType: 'ActionSuccess',
    action: 'SqsAction',
    resource: 'errors',
    isErrorAction: true,
  });
});

test('A failure of the error action is told with everything that it should have told.', async () => {
  const { events, send } = bench(
    { Failing: { Sql: "SELECT * FROM 'a/+'", ErrorAction: errorQueue } },
    {
      invokeAsync: async () => {
        throw new Error('no such function');
      },
      sendMessage: () => {
        throw new Error('no such queue');
      },
    },
  );
  await send(messageOn('a/b', '{}'));
  expect(events.at(-1)).toEqual({
    eventType: 'ErrorActionFailure',
    ruleName: 'Failing',
    ruleArn: 'arn:aws:iot:eu-west-1:000000000000:rule/Failing',
    ...trace,
    isErrorAction: true,
    durationMs: expect.any(Number),
    failedAction: 'SqsAction',
    failedResource: 'errors',
    errorMessage: 'no such queue',
    failures: [{ failedAction: 'LambdaAction', failedResource: 'score', errorMessage: 'no such function' }],
    base64OriginalPayload: 'e30=',
  });
});

test('A rule whose SQL fails runs no action and no error action; other rules run.', async () => {
  const { calls, events, send } = bench({
    Fails: { Sql: "SELECT *, 1 AS x FROM 'a/+'", ErrorAction: errorQueue },
    FailsInWhere: { Sql: "SELECT * FROM 'a/+' WHERE *.x = 1", ErrorAction: errorQueue },
    Runs: { Sql: "SELECT * FROM 'a/+'", Actions: [sqs] },
  });
  await send(messageOn('a/b', 'not JSON'));
  expect(calls).toEqual([{ service: 'sqs', target: 'queue', value: 'not JSON' }]);
  const failed = events.filter((event) => event.eventType === 'RuleFailure');
  expect(failed.map(({ ruleName }) => ruleName).sort()).toEqual(['Fails', 'FailsInWhere']);
  expect(failed[0]?.errorMessage).toContain('not JSON');
});

test('Basic Ingest runs the rule that it names and no other, whatever its FROM.', async () => {
  const { calls, events, send } = bench({
    Named: { Sql: "SELECT topic() AS t FROM 'elsewhere'" },
    NoFrom: { Sql: 'SELECT topic(1) AS t' },
    Watcher: { Sql: "SELECT * FROM '$aws/rules/#'" },
    Off: { Sql: 'SELECT *', RuleDisabled: true },
  });
  await send(messageOn('$aws/rules/Named/x/y', {}));
  await send(messageOn('$aws/rules/NoFrom/x/y', {}));
  await send(messageOn('$aws/rules/Named', {}));
  expect(calls.map(({ value }) => value)).toEqual([{ t: 'x/y' }, { t: 'x' }, { t: '' }]);
  await send(messageOn('$aws/rules/Off/x', {}));
  await send(messageOn('$aws/rules/Unknown/x', {}));
  expect(calls).toHaveLength(3);
  expect(events.slice(-2)).toMatchObject([
    { eventType: 'RuleNotFound', ruleName: 'Off', topic: '$aws/rules/Off/x' },
    { eventType: 'RuleNotFound', ruleName: 'Unknown' },
  ]);
});

test('FROM decides for Basic Ingest where the switch says so.', async () => {
  const { calls, send } = bench({ Named: { Sql: "SELECT topic() AS t FROM 'x/#'" } }, {}, 'applied');
  await send(messageOn('$aws/rules/Named/y', {}));
  await send(messageOn('$aws/rules/Named/x/y', {}));
  expect(calls.map(({ value }) => value)).toEqual([{ t: 'x/y' }]);
});

test('Rules that republish in a loop are stopped, and the rule is named.', async () => {
  const { engine, calls, events, send } = bench(
    {
      Loop: {
        Sql: "SELECT * FROM 'a/+'",
        Actions: [{ Republish: { Topic: 'a/b', RoleArn } }],
        ErrorAction: errorQueue,
      },
    },
    { publish: (message) => engine.evaluate(message) },
  );
  await send(messageOn('a/b', {}));
  expect(events.filter(({ eventType }) => eventType === 'ActionSuccess')).toHaveLength(11);
  const loop = events.find((event) => event.eventType === 'ActionFailure');
  expect(loop?.errorMessage).toContain(
    'the rule Loop would republish a message that was republished 10 times',
  );
  expect(calls.map(({ target }) => target)).toEqual(['errors']);
});

test.each([
  ['$aws/things/a/shadow/update', 'write $$'],
  ['$$aws/things/a/jobs/get', 'AWS IoT Jobs'],
  ['a/${missing}/+', 'wildcard'],
  ['${missing}', 'is empty'],
])('Republishing on %s fails: %s.', async (topic, reason) => {
  const { calls, events, send } = bench({
    Republishes: { Sql: "SELECT * FROM 'a/b'", Actions: [{ Republish: { Topic: topic, RoleArn } }] },
  });
  await send(messageOn('a/b', {}));
  expect(calls).toEqual([]);
  expect(events.at(-1)).toMatchObject({
    eventType: 'ActionFailure',
    failedAction: 'RepublishAction',
    errorMessage: expect.stringContaining(reason),
  });
});

test('clientid(), principal() and traceid() tell who published, as far as there is something to tell.', async () => {
  const { calls, send } = bench({
    Who: { Sql: "SELECT clientid() AS c, principal() AS p, traceid() AS t FROM '#'" },
  });
  await send(messageOn('a/b', {}));
  await send(messageOn('a/b', {}, { publisher: { protocol: 'HTTP', principal: 'user' } }));
  expect(calls.map(({ value }) => value)).toEqual([
    { c: 'device-1', p: 'certificate-1', t: 'trace-1' },
    { c: 'n/a', p: 'user' },
  ]);
});

test('drained() waits for actions, and for the error action after them.', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended: string[] = [];
  const { engine } = bench(
    { Slow: { Sql: "SELECT * FROM '#'", ErrorAction: errorQueue } },
    {
      invokeAsync: async (_functionArn, event) => {
        if (event === 'fast') return;
        await promise;
        throw new Error('slow failure');
      },
      sendMessage: async () => {
        ended.push('error action');
      },
    },
  );
  await engine.drained();
  engine.evaluate(messageOn('a/b', {}));
  const drained = Promise.all([engine.drained(), engine.drained()]).then(() => ended.push('drained'));
  engine.evaluate(messageOn('a/b', '"fast"'));
  await new Promise((done) => setImmediate(done));
  expect(ended).toEqual([]);
  resolve();
  await drained;
  expect(ended).toEqual(['error action', 'drained']);
});

test('Two rules of one name are refused.', () => {
  const rule = readTopicRule({ ruleName: 'Twice', payload: { Sql: 'SELECT *', Actions: [] } });
  const services: ActionServices = {
    invokeAsync: async () => undefined,
    publish: () => undefined,
    putObject: async () => undefined,
    sendMessage: async () => undefined,
    putItem: async () => undefined,
  };
  expect(() =>
    createRulesEngine({
      rules: [rule, rule],
      services,
      clock: systemClock,
      account: '000000000000',
      region: 'eu-west-1',
      log: () => undefined,
    }),
  ).toThrow('Two rules have the name "Twice"');
});
