import { expect, test } from 'vitest';
import { takeEventsFromOffline } from '../../../local/template/events/index.ts';
import { planTemplate, type Plan } from '../../../local/template/plan.ts';
import { readTemplate, type Template } from '../../../local/template/template.ts';
import { testTemplate } from '../../support/cloud.ts';

const PLACE = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;
const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:test-dev-do-it';
const RULES = 'arn:aws:events:eu-west-1:000000000000:rule';

function templateWith(events: readonly unknown[], resources: Record<string, unknown> = {}): Template {
  return testTemplate({ functions: { 'do-it': { handler: 'a.b', events } }, resources });
}

function planned(events: readonly unknown[], resources: Record<string, unknown> = {}): Plan['creations'] {
  return planTemplate(templateWith(events, resources), PLACE).creations;
}

const letIn = (sourceArn: string) => ({
  kind: 'lambda-permission',
  functionName: FUNCTION,
  action: 'lambda:InvokeFunction',
  principal: 'events.amazonaws.com',
  sourceArn,
});

test('A schedule becomes a rule of EventBridge that invokes its function, and the permission to.', () => {
  expect(planned([{ schedule: 'rate(5 minutes)' }])).toEqual([
    {
      kind: 'event-rule',
      name: 'test-dev-DoDashitEventsRuleSchedule1',
      busName: 'default',
      scheduleExpression: 'rate(5 minutes)',
      isEnabled: true,
      targets: [{ Arn: FUNCTION, Id: 'do-itSchedule' }],
    },
    letIn(`${RULES}/test-dev-DoDashitEventsRuleSchedule1`),
  ]);
});

test('A schedule with several rates becomes several rules, which are counted over the events of the function.', () => {
  const rules = planned([
    { schedule: { rate: ['rate(1 hour)', 'cron(0 10 * * ? *)'], enabled: false, input: { a: 1 } } },
    { schedule: { rate: 'rate(1 day)', name: 'daily', inputPath: '$.time' } },
  ]).filter(({ kind }) => kind === 'event-rule');
  const target = { Arn: FUNCTION, Id: 'do-itSchedule' };
  expect(rules).toMatchObject([
    {
      name: 'test-dev-DoDashitEventsRuleSchedule1',
      scheduleExpression: 'rate(1 hour)',
      isEnabled: false,
      targets: [{ ...target, Input: '{"a":1}' }],
    },
    {
      name: 'test-dev-DoDashitEventsRuleSchedule2',
      scheduleExpression: 'cron(0 10 * * ? *)',
      isEnabled: false,
    },
    { name: 'daily', isEnabled: true, targets: [{ ...target, InputPath: '$.time' }] },
  ]);
});

test('The body of a schedule’s input is read as JSON, as the deployment reads it.', () => {
  const [rule] = planned([{ schedule: { rate: 'rate(1 day)', input: { body: '{"a":1}', b: 2 } } }]);
  expect(rule).toMatchObject({ targets: [{ Input: '{"body":{"a":1},"b":2}' }] });
  expect(() => planned([{ schedule: { rate: 'rate(1 day)', input: { body: '{' } } }])).toThrow(/is not JSON/);
});

test('An eventBridge event becomes a rule, and makes the bus that it names.', () => {
  const event = {
    eventBus: 'orders',
    pattern: { source: ['shop'] },
    description: 'new orders',
    inputTransformer: { inputPathsMap: { id: '$.id' }, inputTemplate: '{"id":<id>}' },
    retryPolicy: { maximumEventAge: 60, maximumRetryAttempts: 2 },
    deadLetterQueueArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
  };
  const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
  const creations = planned([{ iot: { sql: "SELECT * FROM 'a'" } }, { eventBridge: event }], { Dead: queue });
  expect(creations.filter(({ kind }) => kind === 'event-bus' || kind === 'event-rule')).toEqual([
    { kind: 'event-bus', name: 'orders' },
    {
      kind: 'event-rule',
      name: 'test-dev-do-it-rule-2',
      busName: 'orders',
      description: 'new orders',
      isEnabled: true,
      eventPattern: '{"source":["shop"]}',
      targets: [
        {
          Arn: FUNCTION,
          Id: 'test-dev-do-it-rule-2-target',
          InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: '{"id":<id>}' },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
          DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:000000000000:test-dev-Dead' },
        },
      ],
    },
  ]);
  expect(creations).toContainEqual(letIn(`${RULES}/orders/test-dev-do-it-rule-2`));
});

test.each<[bus: unknown, expected: string]>([
  [undefined, 'default'],
  ['default', 'default'],
  ['arn:aws:events:eu-west-1:000000000000:event-bus/shop', 'shop'],
  [{ Ref: 'Bus' }, 'shop'],
  [{ 'Fn::GetAtt': ['Bus', 'Name'] }, 'shop'],
])('The bus %j is %s, and no second one is made.', (eventBus, expected) => {
  const event = { ...(eventBus === undefined ? {} : { eventBus }), pattern: { source: ['a'] } };
  const bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } };
  const creations = planned([{ eventBridge: event }], { Bus: bus });
  expect(creations.filter(({ kind }) => kind === 'event-bus')).toHaveLength(1);
  expect(creations).toContainEqual(expect.objectContaining({ kind: 'event-rule', busName: expected }));
});

test('Rules and buses may stand in the resources, in any order.', () => {
  const template = testTemplate({
    functions: {
      f: {
        handler: 'a.b',
        environment: {
          ARN: { 'Fn::GetAtt': ['Rule', 'Arn'] },
          REF: { Ref: 'Rule' },
          PLAIN: { Ref: 'Plain' },
        },
      },
    },
    resources: {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['a'] }, State: 'DISABLED' },
      },
      Plain: { Type: 'AWS::Events::Rule', Properties: { Name: 'plain', ScheduleExpression: 'rate(1 day)' } },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop', Description: 'of the shop' } },
    },
  });
  const { functions, creations } = planTemplate(template, PLACE);
  expect(functions[0]?.environment).toEqual({
    ARN: `${RULES}/shop/test-dev-Rule`,
    REF: 'shop|test-dev-Rule',
    PLAIN: 'plain',
  });
  expect(creations).toEqual([
    {
      kind: 'event-rule',
      name: 'test-dev-Rule',
      busName: 'shop',
      isEnabled: false,
      eventPattern: '{"source":["a"]}',
      targets: [],
    },
    expect.objectContaining({ name: 'plain', busName: 'default', scheduleExpression: 'rate(1 day)' }),
    { kind: 'event-bus', name: 'shop', description: 'of the shop' },
  ]);
});

test('Two rules whose names would be too long do not become one.', () => {
  const rule = { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)' } };
  const id = 'X'.repeat(80);
  const names = planned([], { [`${id}1`]: rule, [`${id}2`]: rule }).flatMap((one) =>
    one.kind === 'event-rule' ? [one.name] : [],
  );
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toHaveLength(64);
});

test.each<[event: unknown, expected: string]>([
  ['GET /readings/{id}', 'GET /readings/{id}'],
  ['get /a', 'GET /a'],
  ['*', '$default'],
  [{ method: 'post', path: '/a' }, 'POST /a'],
  [{ method: '*', path: '/{proxy+}' }, 'ANY /{proxy+}'],
  [{ method: '*', path: '*' }, '$default'],
  [{ path: '*' }, '$default'],
])('The httpApi event %j is the route %s.', (event, routeKey) => {
  expect(templateWith([{ httpApi: event }]).httpApi).toEqual({
    routes: [{ routeKey, functionName: 'test-dev-do-it' }],
  });
});

function withProvider(httpApi: unknown): Template {
  return readTemplate({
    service: 'test',
    provider: { name: 'aws', stage: 'dev', region: 'eu-west-1', httpApi },
    functions: { f: { name: 'test-dev-f', handler: 'a.b', events: [{ httpApi: 'GET /a' }] } },
  });
}

test('CORS is what the provider says, filled up as the deployment does.', () => {
  expect(withProvider({ cors: true }).httpApi?.cors).toMatchObject({
    allowedOrigins: ['*'],
    allowedMethods: ['OPTIONS', 'GET'],
    allowsCredentials: false,
  });
  const cors = {
    allowedOrigins: 'http://localhost:5173',
    allowCredentials: true,
    maxAge: 10,
    exposedResponseHeaders: ['X'],
  };
  expect(withProvider({ cors }).httpApi?.cors).toMatchObject({
    allowedOrigins: ['http://localhost:5173'],
    allowsCredentials: true,
    maxAgeSeconds: 10,
    exposedHeaders: ['X'],
  });
  expect(withProvider({ cors: false, name: 'x' }).httpApi?.cors).toBeUndefined();
  expect(testTemplate({}).httpApi).toBeUndefined();
});

test.each<[events: readonly unknown[], message: RegExp]>([
  [
    [{ schedule: { rate: 'rate(1 day)', method: 'scheduler' } }],
    /function "do-it" has an event "schedule" .* EventBridge Scheduler/,
  ],
  [[{ schedule: { rate: 'rate(1 day)', colour: 'red' } }], /colour/],
  [[{ schedule: {} }], /an event "schedule" that cannot be served here/],
  [[{ eventBridge: { eventBus: 'a' } }], /neither a pattern nor a schedule/],
  [
    [{ httpApi: { method: 'get', path: '/a', authorizer: 'mine' } }],
    /authorizers are not part of this cloud/,
  ],
  [[{ iot: { sql: 1 } }], /an event "iot" that cannot be served here/],
  [
    [{ stream: 'x' }],
    /"stream", which is not served here: .* served are iot, schedule, eventBridge, sns, httpApi, http/,
  ],
])('The events %j are refused by name.', (events, message) => {
  expect(() => planned(events)).toThrow(message);
});

test.each<[httpApi: unknown, message: RegExp]>([
  [{ payload: '1.0' }, /provider.httpApi in serverless.yml asks for what cannot be done here:.*payload/s],
  [{ id: 'abc' }, /id/],
])('The API %j is refused by name.', (httpApi, message) => {
  expect(() => withProvider(httpApi)).toThrow(message);
});

test('Events that the cloud serves are taken from serverless offline; its own stay.', () => {
  const functions = {
    a: {
      handler: 'a.b',
      events: [
        { schedule: 'rate(1 day)' },
        { http: 'GET /a' },
        { httpApi: '*' },
        { iot: {} },
        { websocket: 'x' },
      ],
    },
    b: { handler: 'a.b' },
  };
  takeEventsFromOffline(functions);
  expect(functions).toEqual({
    a: { handler: 'a.b', events: [{ http: 'GET /a' }, { websocket: 'x' }] },
    b: { handler: 'a.b' },
  });
  takeEventsFromOffline(undefined);
});
