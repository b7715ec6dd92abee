import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AwsApiError } from '../../../local/errors.ts';
import { readDeclaredRule } from '../../../local/eventbridge/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  ACCOUNT,
  DEAD,
  FUNCTION,
  QUEUE,
  REGION,
  startEventBridge,
  TOPIC,
  type TestEventBridge,
} from './support.ts';

let failure: Error | undefined;
let bridge: TestEventBridge;
beforeEach(async () => {
  failure = undefined;
  bridge = await startEventBridge({ failing: () => failure });
});
afterEach(() => bridge.stop());

const FROM_TEST = { EventPattern: '{"source":["test"]}' };
const MINUTE_MS = 60_000;

test('An event reaches the targets of every rule that it meets, in its envelope.', async () => {
  await bridge.rule('one', FROM_TEST, { Arn: FUNCTION });
  await bridge.rule('two', { EventPattern: '{"detail":{"size":[{"numeric":[">",1]}]}}' }, { Arn: TOPIC });
  await bridge.rule('three', { EventPattern: '{"source":["other"]}' });
  await bridge.rule('four', { ...FROM_TEST, State: 'DISABLED' });
  await bridge.put({ Detail: '{"size": 2}', Resources: ['a'], Time: 1_779_000_000 });
  const input = {
    version: '0',
    id: 'event-1',
    'detail-type': 'Tested',
    source: 'test',
    account: ACCOUNT,
    time: '2026-05-17T06:40:00Z',
    region: REGION,
    resources: ['a'],
    detail: { size: 2 },
  };
  expect(bridge.delivered).toEqual([
    { to: FUNCTION, input },
    { to: TOPIC, input },
  ]);
});

test('Without a time an event has that of its arrival, to the second.', async () => {
  await bridge.rule('one', FROM_TEST);
  bridge.clock.advance(1_999);
  await bridge.put();
  expect(bridge.delivered).toMatchObject([{ input: { time: '2026-11-21T00:00:01Z' } }]);
});

test('An event goes to the bus that it names, by name or ARN, and to no other.', async () => {
  await bridge.call('CreateEventBus', { Name: 'orders' });
  await bridge.rule('on-default', FROM_TEST, { Arn: FUNCTION });
  await bridge.rule('on-orders', { ...FROM_TEST, EventBusName: 'orders' });
  await bridge.put({ EventBusName: 'orders' });
  await bridge.put({ EventBusName: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/orders` });
  expect(bridge.delivered.map(({ to }) => to)).toEqual([QUEUE, QUEUE]);
});

test('An event for a bus that there is not is taken, as on AWS, and told.', async () => {
  await bridge.put({ EventBusName: 'none' });
  expect(bridge.logged).toMatchObject([{ message: /no such bus/, data: { bus: 'none' } }]);
});

test('Each entry is taken or refused on its own.', async () => {
  await bridge.rule('one', FROM_TEST);
  const good = { Source: 'test', DetailType: 'Tested', Detail: '{}' };
  const deep = `{"a":${'['.repeat(600)}${']'.repeat(600)}}`;
  const Entries = [
    good,
    { ...good, Source: '' },
    { Source: 'test', Detail: '{}' },
    { Source: 'test', DetailType: 'Tested' },
    { ...good, Detail: '{' },
    { ...good, Detail: '[]' },
    { ...good, Detail: '"{"' },
    { ...good, Detail: deep },
    { ...good, Source: 'aws.ec2' },
    { ...good, Time: 1e300 },
  ];
  const answer = await bridge.call('PutEvents', { Entries });
  expect(answer).toMatchObject({
    FailedEntryCount: 9,
    Entries: [
      { EventId: 'event-1' },
      { ErrorCode: 'InvalidArgument', ErrorMessage: /Parameter Source is not valid/ },
      { ErrorCode: 'InvalidArgument', ErrorMessage: /DetailType is a required argument/ },
      { ErrorCode: 'InvalidArgument', ErrorMessage: /Detail is a required argument/ },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'NotAuthorizedForSource' },
      { ErrorCode: 'InvalidArgument', ErrorMessage: /Time is not valid/ },
    ].map((entry) =>
      'ErrorMessage' in entry ? { ...entry, ErrorMessage: expect.stringMatching(entry.ErrorMessage) } : entry,
    ),
  });
  await bridge.events.drained();
  expect(bridge.delivered).toHaveLength(1);
});

test('More than ten entries, or more than 1 MB, are refused whole.', async () => {
  const entry = { Source: 'test', DetailType: 'Tested', Detail: '{}' };
  await expect(
    bridge.call('PutEvents', { Entries: Array.from({ length: 11 }, () => entry) }),
  ).rejects.toThrow(/ValidationException: .*Entries/);
  await expect(bridge.call('PutEvents', { Entries: [] })).rejects.toThrow(/ValidationException/);
  const large = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(524_288) }) };
  await expect(bridge.call('PutEvents', { Entries: [large, large] })).rejects.toThrow(/over the limit/);
  await bridge.put(large);
});

test('A target gets what its input says, with the rule and the time of arrival at hand.', async () => {
  const inputs = [
    { Input: '{"fixed":true}' },
    { InputPath: '$.detail.name' },
    { InputPath: '$.detail.missing' },
    {
      InputTransformer: {
        InputPathsMap: { name: '$.detail.name', all: '$.detail' },
        InputTemplate:
          '{"who":<name>,"text":"<name> of <aws.events.rule-name>","all":<all>,"at":<aws.events.event.ingestion-time>}',
      },
    },
  ];
  await bridge.call('PutRule', { Name: 'mine', ...FROM_TEST });
  const Targets = inputs.map((input, at) => ({ Id: String(at), Arn: QUEUE, ...input }));
  await bridge.call('PutTargets', { Rule: 'mine', Targets });
  await bridge.put({ Detail: '{"name":"Ann \\"A\\""}' });
  expect(bridge.delivered.map(({ input }) => input)).toEqual([
    { fixed: true },
    'Ann "A"',
    null,
    { who: 'Ann "A"', text: 'Ann "A" of mine', all: { name: 'Ann "A"' }, at: '2026-11-21T00:00:00.000Z' },
  ]);
});

test('What may work later is tried again after one second, two and four.', async () => {
  await bridge.rule('mine', FROM_TEST);
  failure = new AwsApiError(503, 'ServiceUnavailable', 'come back later');
  await bridge.put();
  for (const waitMs of [1_000, 2_000]) {
    bridge.clock.advance(waitMs);
    await bridge.events.drained();
  }
  expect(bridge.logged.map(({ data }) => data['waitMs'])).toEqual([1_000, 2_000, 4_000]);
  failure = undefined;
  bridge.clock.advance(3_999);
  await bridge.events.drained();
  expect(bridge.delivered).toEqual([]);
  bridge.clock.advance(1);
  await bridge.events.drained();
  expect(bridge.delivered).toHaveLength(1);
});

test('What never works goes to the dead-letter queue as it came, with what went wrong.', async () => {
  await bridge.rule('mine', FROM_TEST, { Input: '{"not":"this"}', DeadLetterConfig: { Arn: DEAD } });
  failure = new AwsApiError(400, 'QueueDoesNotExist', 'there is no such queue');
  await bridge.put({ Detail: '{"a":1}' });
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  expect(bridge.delivered).toEqual([
    {
      to: DEAD,
      input: expect.objectContaining({ source: 'test', detail: { a: 1 } }),
      attributes: {
        RULE_ARN: text(`arn:aws:events:${REGION}:${ACCOUNT}:rule/mine`),
        TARGET_ARN: text(QUEUE),
        ERROR_CODE: text('QueueDoesNotExist'),
        ERROR_MESSAGE: text('there is no such queue'),
        RETRY_ATTEMPTS: { DataType: 'Number', StringValue: '0' },
      },
    },
  ]);
});

test.each([
  [{ MaximumRetryAttempts: 1 }, 1, 'MaximumRetryAttempts'],
  [{ MaximumEventAgeInSeconds: 60 }, 5, 'MaximumEventAgeInSeconds'],
])('With %j it is given up after %d further tries.', async (RetryPolicy, retries, condition) => {
  await bridge.rule('mine', FROM_TEST, { RetryPolicy, DeadLetterConfig: { Arn: DEAD } });
  failure = new Error('the network is down');
  await bridge.put();
  for (let second = 0; second < 120; second += 1) {
    bridge.clock.advance(1_000);
    await bridge.events.drained();
  }
  expect(bridge.delivered).toMatchObject([
    {
      attributes: {
        RETRY_ATTEMPTS: { StringValue: String(retries) },
        EXHAUSTED_RETRY_CONDITION: { StringValue: condition },
      },
    },
  ]);
});

test('Without a dead-letter queue a failure is told.', async () => {
  await bridge.rule('mine', FROM_TEST);
  failure = new AwsApiError(404, 'ResourceNotFoundException', 'gone');
  await bridge.put();
  expect(bridge.logged).toMatchObject([
    { message: expect.stringContaining('is lost'), data: { error: 'gone' } },
  ]);
});

test('A schedule wakes its rule at its times, on the clock of the cloud.', async () => {
  await bridge.rule('hourly', { ScheduleExpression: 'rate(1 hour)' }, { Arn: FUNCTION });
  await bridge.rule('at-ten', { ScheduleExpression: 'cron(0 10 * * ? *)' });
  bridge.events.start();
  bridge.clock.advance(3 * 60 * MINUTE_MS);
  await bridge.events.drained();
  expect(bridge.delivered.map(({ to }) => to)).toEqual([FUNCTION, FUNCTION, FUNCTION]);
  expect(bridge.delivered[0]?.input).toEqual({
    version: '0',
    id: 'event-1',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: '2026-11-21T01:00:00Z',
    region: REGION,
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/hourly`],
    detail: {},
  });
  bridge.clock.advance(7 * 60 * MINUTE_MS);
  await bridge.events.drained();
  expect(bridge.delivered.filter(({ to }) => to === QUEUE)).toMatchObject([
    { input: { time: '2026-11-21T10:00:00Z' } },
  ]);
});

test('A schedule rests while its rule is disabled, and ends with it.', async () => {
  bridge.events.start();
  await bridge.rule('minutely', { ScheduleExpression: 'rate(1 minute)' });
  bridge.clock.advance(2 * MINUTE_MS);
  await bridge.call('DisableRule', { Name: 'minutely' });
  bridge.clock.advance(5 * MINUTE_MS);
  await bridge.call('EnableRule', { Name: 'minutely' });
  bridge.clock.advance(MINUTE_MS);
  await bridge.events.drained();
  expect(bridge.delivered).toHaveLength(3);
  await bridge.call('RemoveTargets', { Rule: 'minutely', Ids: ['t'] });
  await bridge.call('DeleteRule', { Name: 'minutely' });
  bridge.clock.advance(5 * MINUTE_MS);
  await bridge.events.drained();
  expect(bridge.delivered).toHaveLength(3);
});

test('An event of AWS’s own meets rules of the default bus.', async () => {
  await bridge.rule('alarms', { EventPattern: '{"source":["aws.cloudwatch"]}' });
  bridge.events.putAwsEvent({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    detail: { alarmName: 'hot' },
  });
  await bridge.events.drained();
  expect(bridge.delivered).toMatchObject([
    { input: { source: 'aws.cloudwatch', detail: { alarmName: 'hot' } } },
  ]);
});

test('What the API made outlives a restart, and so does the count of a rate; what the template made comes from it.', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-events-'));
  const clock = new ManualClock();
  const options = { file: path.join(folder, 'events.sqlite'), clock };
  const declared = readDeclaredRule({
    name: 'declared',
    busName: 'shop',
    eventPattern: '{"source":["test"]}',
    isEnabled: true,
    targets: [{ Id: 't', Arn: FUNCTION }],
  });
  const first = await startEventBridge(options);
  first.events.ensureBus('shop');
  first.events.ensureRule(declared);
  first.events.start();
  await first.call('CreateEventBus', { Name: 'orders', Description: 'kept' });
  await first.rule('of-api', { ...FROM_TEST, EventBusName: 'shop' });
  await first.rule('daily', { ScheduleExpression: 'rate(1 day)' });
  clock.advance(20 * 60 * MINUTE_MS);
  await first.stop();

  const second = await startEventBridge(options);
  expect(await second.call('ListEventBuses')).toMatchObject({
    EventBuses: [{ Name: 'default' }, { Name: 'orders', Description: 'kept' }],
  });
  second.events.ensureBus('shop');
  second.events.ensureRule(declared);
  second.events.start();
  await second.put({ EventBusName: 'shop' });
  expect(second.delivered.map(({ to }) => to).sort()).toEqual([FUNCTION, QUEUE].sort());
  clock.advance(4 * 60 * MINUTE_MS);
  await second.events.drained();
  expect(second.delivered).toHaveLength(3);
  expect(second.delivered[2]?.input).toMatchObject({ time: '2026-11-22T00:00:00Z' });
  await second.stop();
  rmSync(folder, { recursive: true });
});

test('A reset forgets what the API made and what waits for another try; the template is made again after it.', async () => {
  bridge.events.start();
  await bridge.call('CreateEventBus', { Name: 'orders' });
  await bridge.rule('minutely', { ScheduleExpression: 'rate(1 minute)' });
  await bridge.rule('mine', FROM_TEST);
  failure = new Error('not now');
  await bridge.put();
  failure = undefined;
  bridge.events.reset();
  const rule = {
    name: 'declared',
    busName: 'default',
    isEnabled: true,
    scheduleExpression: 'rate(2 minutes)',
  };
  bridge.events.ensureRule(readDeclaredRule({ ...rule, targets: [{ Id: 't', Arn: FUNCTION }] }));
  bridge.clock.advance(2 * MINUTE_MS);
  await bridge.events.drained();
  expect(bridge.delivered.map(({ to }) => to)).toEqual([FUNCTION]);
  expect(await bridge.call('ListEventBuses')).toMatchObject({ EventBuses: [{ Name: 'default' }] });
  expect(await bridge.call('ListRules')).toMatchObject({ Rules: [{ Name: 'declared' }] });
});

test.each<[what: object, message: RegExp]>([
  [
    { eventPattern: '{"source":[{"regex":"x"}]}' },
    /the EventBridge rule "mine" asks for .* Unrecognized match type regex/,
  ],
  [{ scheduleExpression: 'rate(1 minutes)' }, /it has to be rate\(1 minute\)/],
  [{ eventPattern: '{"a":["b"]}', targets: [{ Id: 'x', Arn: 'arn:aws:logs:x' }] }, /targets that are served/],
  [{}, /must be specified/],
  [{ name: 'x'.repeat(65), scheduleExpression: 'rate(1 day)' }, /1 to 64 letters/],
])('A rule of a template that cannot be done is refused when the cloud starts: %j.', (what, message) => {
  const rule = { name: 'mine', busName: 'default', isEnabled: true, targets: [], ...what };
  expect(() => readDeclaredRule(rule)).toThrow(message);
});

test('A rule of a template on a bus that there is not is refused.', () => {
  const rule = { name: 'mine', busName: 'none', isEnabled: true, eventPattern: '{"a":["b"]}', targets: [] };
  expect(() => bridge.events.ensureRule(readDeclaredRule(rule))).toThrow(/Event bus none does not exist/);
  expect(() => bridge.events.ensureBus('a b')).toThrow(/1 to 256 letters/);
});
