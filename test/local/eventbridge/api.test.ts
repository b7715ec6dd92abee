import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ACCOUNT,
  FUNCTION,
  QUEUE,
  REGION,
  startEventBridge,
  TOPIC,
  type TestEventBridge,
} from './support.ts';

let bridge: TestEventBridge;
beforeEach(async () => {
  bridge = await startEventBridge();
});
afterEach(() => bridge.stop());

const call = (operation: string, input: object = {}) => bridge.call(operation, input);

test('A bus is made, described, listed and deleted.', async () => {
  const arn = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/orders`;
  expect(await call('CreateEventBus', { Name: 'orders', Description: 'of the shop' })).toMatchObject({
    EventBusArn: arn,
  });
  await expect(call('CreateEventBus', { Name: 'orders' })).rejects.toThrow(/ResourceAlreadyExistsException/);
  expect(await call('DescribeEventBus', { Name: arn })).toEqual({
    Name: 'orders',
    Arn: arn,
    Description: 'of the shop',
  });
  expect(await call('DescribeEventBus')).toMatchObject({ Name: 'default' });
  expect(await call('ListEventBuses')).toMatchObject({
    EventBuses: [{ Name: 'default' }, { Name: 'orders' }],
  });
  expect(await call('ListEventBuses', { NamePrefix: 'o' })).toMatchObject({
    EventBuses: [{ Name: 'orders' }],
  });
  await call('DeleteEventBus', { Name: 'orders' });
  await call('DeleteEventBus', { Name: 'orders' });
  await expect(call('DescribeEventBus', { Name: 'orders' })).rejects.toThrow(
    /Event bus orders does not exist/,
  );
});

test('A rule is put, described, changed, disabled and deleted.', async () => {
  const EventPattern = '{"source":["test"]}';
  const RuleArn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/mine`;
  expect(await call('PutRule', { Name: 'mine', EventPattern, Description: 'first' })).toEqual({ RuleArn });
  const described = {
    Name: 'mine',
    Arn: RuleArn,
    EventPattern,
    State: 'ENABLED',
    Description: 'first',
    EventBusName: 'default',
    CreatedBy: ACCOUNT,
  };
  expect(await call('DescribeRule', { Name: 'mine' })).toEqual(described);
  await call('DisableRule', { Name: 'mine' });
  expect(await call('DescribeRule', { Name: 'mine' })).toEqual({ ...described, State: 'DISABLED' });
  await call('EnableRule', { Name: 'mine' });
  await call('PutRule', { Name: 'mine', ScheduleExpression: 'rate(1 hour)' });
  const changed = await call('DescribeRule', { Name: 'mine' });
  expect(changed).toMatchObject({ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' });
  expect(changed).not.toHaveProperty('EventPattern');
  await call('PutTargets', { Rule: 'mine', Targets: [{ Id: 't', Arn: QUEUE }] });
  await expect(call('DeleteRule', { Name: 'mine' })).rejects.toThrow(/can't be deleted since it has targets/);
  await call('RemoveTargets', { Rule: 'mine', Ids: ['t'] });
  await call('DeleteRule', { Name: 'mine' });
  await call('DeleteRule', { Name: 'mine' });
  await expect(call('DescribeRule', { Name: 'mine' })).rejects.toThrow(
    /ResourceNotFoundException: Rule mine does not exist on EventBus default/,
  );
});

test('A rule of another bus bears its name, and keeps the bus from being deleted.', async () => {
  await call('CreateEventBus', { Name: 'orders' });
  const rule = { Name: 'mine', EventBusName: 'orders' };
  expect(await call('PutRule', { ...rule, EventPattern: '{"source":["a"]}' })).toEqual({
    RuleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/orders/mine`,
  });
  await expect(call('DeleteEventBus', { Name: 'orders' })).rejects.toThrow(/since it has rules/);
  await expect(call('PutRule', { ...rule, ScheduleExpression: 'rate(1 day)' })).rejects.toThrow(
    /supported only on the default event bus/,
  );
});

test('Targets are put, listed and removed by their ids; the same id takes the former place.', async () => {
  await call('PutRule', { Name: 'mine', EventPattern: '{"source":["a"]}' });
  const target = { Id: 'b', Arn: FUNCTION, RetryPolicy: { MaximumRetryAttempts: 1 } };
  await call('PutTargets', {
    Rule: 'mine',
    Targets: [target, { Id: 'a', Arn: TOPIC, InputPath: '$.detail' }],
  });
  expect(await call('ListTargetsByRule', { Rule: 'mine' })).toEqual({
    Targets: [{ Id: 'a', Arn: TOPIC, InputPath: '$.detail' }, target],
  });
  await call('PutTargets', { Rule: 'mine', Targets: [{ Id: 'b', Arn: QUEUE }] });
  expect(await call('RemoveTargets', { Rule: 'mine', Ids: ['a', 'c'] })).toMatchObject({
    FailedEntryCount: 1,
    FailedEntries: [{ TargetId: 'c' }],
  });
  expect(await call('ListTargetsByRule', { Rule: 'mine' })).toEqual({ Targets: [{ Id: 'b', Arn: QUEUE }] });
  const six = Array.from({ length: 6 }, (_, at) => ({ Id: String(at), Arn: QUEUE }));
  await expect(call('PutTargets', { Rule: 'mine', Targets: six })).rejects.toThrow(
    /LimitExceededException.*5 targets/,
  );
});

test('Lists come in pieces, in the order of names.', async () => {
  for (const Name of ['c', 'a', 'd', 'b']) await call('PutRule', { Name, ScheduleExpression: 'rate(1 day)' });
  const first = await call('ListRules', { Limit: 3 });
  expect(first['Rules']).toMatchObject([{ Name: 'a' }, { Name: 'b' }, { Name: 'c' }]);
  const second = await call('ListRules', { Limit: 3, NextToken: first['NextToken'] });
  expect(second).toEqual({ Rules: [expect.objectContaining({ Name: 'd' })] });
  expect(await call('ListRules', { NamePrefix: 'b' })).toMatchObject({ Rules: [{ Name: 'b' }] });
});

test('A pattern can be tried on an event.', async () => {
  const Event = JSON.stringify({
    id: '1',
    account: ACCOUNT,
    source: 'test',
    time: '2026-11-21T00:00:00Z',
    region: REGION,
    resources: [],
    'detail-type': 'Tested',
    detail: { a: 1 },
  });
  const attempt = (pattern: object, event = Event) =>
    call('TestEventPattern', { EventPattern: JSON.stringify(pattern), Event: event });
  expect(await attempt({ detail: { a: [1] } })).toEqual({ Result: true });
  expect(await attempt({ detail: { a: [2] } })).toEqual({ Result: false });
  await expect(attempt({ source: ['a'] }, '{"id":"1"}')).rejects.toThrow(/it lacks account, source, time/);
  await expect(attempt({ source: ['a'] }, '{')).rejects.toThrow(/not JSON/);
});

test.each<[operation: string, input: object, message: RegExp]>([
  ['PutRule', { Name: 'a b', ScheduleExpression: 'rate(1 day)' }, /ValidationException: .*'Name'/],
  ['PutRule', { Name: 'a' }, /EventPattern or ScheduleExpression must be specified/],
  ['PutRule', { Name: 'a', EventPattern: '{"a":[{"regex":"x"}]}' }, /InvalidEventPatternException: .* regex/],
  ['PutRule', { Name: 'a', ScheduleExpression: 'rate(1 days)' }, /Parameter ScheduleExpression is not valid/],
  ['PutRule', { Name: 'a', EventPattern: '{}', Colour: 'red' }, /Colour/],
  [
    'PutRule',
    { Name: 'a', EventPattern: '{"a":["b"]}', EventBusName: 'none' },
    /Event bus none does not exist/,
  ],
  ['PutTargets', { Rule: 'none', Targets: [{ Id: 'a', Arn: QUEUE }] }, /Rule none does not exist/],
  ['CreateEventBus', { Name: 'default' }, /one bus called default/],
  ['CreateEventBus', { Name: 'aws.partner/x' }, /'Name'/],
  ['CreateEventBus', { Name: 'a', KmsKeyIdentifier: 'x' }, /KmsKeyIdentifier/],
  ['DeleteEventBus', { Name: 'default' }, /Cannot delete event bus default/],
  ['ListRules', { Limit: 0 }, /'Limit'/],
  ['CreateArchive', {}, /UnknownOperationException: .*CreateArchive is not served here.*PutEvents/],
])('%s %j is refused.', async (operation, input, message) => {
  await expect(call(operation, input)).rejects.toThrow(message);
});

test.each<[target: object, message: RegExp]>([
  [{ Arn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/x` }, /targets that are served here are Lambda/],
  [{ Arn: `${QUEUE}.fifo` }, /standard SQS queues/],
  [{ Arn: QUEUE, SqsParameters: { MessageGroupId: 'x' } }, /SqsParameters/],
  [{ Arn: QUEUE, Input: '{' }, /JSON syntax error in input for target t/],
  [{ Arn: QUEUE, Input: '{}', InputPath: '$' }, /Only one of Input, InputPath, or InputTransformer/],
  [{ Arn: QUEUE, InputPath: '$..x' }, /not a path of one value/],
  [{ Arn: QUEUE, InputTransformer: { InputTemplate: '{"a": <b>}' } }, /<b> is neither in InputPathsMap nor/],
  [
    { Arn: QUEUE, DeadLetterConfig: { Arn: TOPIC } },
    /DeadLetterConfig.Arn: it is not the ARN of a standard queue/,
  ],
  [{ Arn: QUEUE, RetryPolicy: { MaximumRetryAttempts: 186 } }, /MaximumRetryAttempts/],
])('The target %j is refused, and the rule keeps those that it had.', async (target, message) => {
  await bridge.rule('mine', { EventPattern: '{"source":["a"]}' });
  await expect(call('PutTargets', { Rule: 'mine', Targets: [{ Id: 't', ...target }] })).rejects.toThrow(
    message,
  );
  expect(await call('ListTargetsByRule', { Rule: 'mine' })).toEqual({ Targets: [{ Id: 't', Arn: QUEUE }] });
});
