import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { readAlarm } from '../../../local/cloudwatch/index.ts';
import { FUNCTION, openCloudWatch, SHADE_ALARM, START_MS, TOPIC, type TestCloudWatch } from './support.ts';

const MINUTE_MS = 60_000;

const running: TestCloudWatch[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** CloudWatch that evaluates the shade's alarm with some changes. */
function open(changes: object = {}, targets: Parameters<typeof openCloudWatch>[0] = {}): TestCloudWatch {
  const opened = openCloudWatch(targets);
  running.push(opened);
  opened.cloudwatch.ensureAlarms([readAlarm({ ...SHADE_ALARM, ...changes })]);
  opened.start();
  return opened;
}

function stateOf({ cloudwatch }: TestCloudWatch) {
  const [alarm] = cloudwatch.listAlarms();
  if (alarm === undefined) throw new Error('there is no alarm');
  return alarm.state;
}

/** Puts a value in every minute, or nothing, and tells the state after each. */
function minutes(opened: TestCloudWatch, values: readonly (number | undefined)[]): string[] {
  return values.map((value) => {
    if (value !== undefined) opened.put(value, opened.clock.now() + 30_000);
    opened.clock.advance(MINUTE_MS);
    return stateOf(opened).value;
  });
}

test('A new alarm knows nothing, and has a state from the first minute with data on.', () => {
  const opened = open();
  expect(stateOf(opened)).toEqual({
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    updatedAtMs: START_MS,
  });
  expect(minutes(opened, [undefined, 0])).toEqual(['INSUFFICIENT_DATA', 'OK']);
  expect(stateOf(opened)).toMatchObject({
    reason:
      'Threshold Crossed: 1 datapoint [0.0 (21/11/26 00:01:00)] was not greater than the threshold (0.0).',
    updatedAtMs: START_MS + 2 * MINUTE_MS,
  });
});

test('An alarm of fifteen minutes rings in the fifteenth, whether the clock goes by minutes or at once.', () => {
  const step = open({ EvaluationPeriods: 15 });
  const states = minutes(
    step,
    Array.from({ length: 15 }, () => 1),
  );
  expect(states.indexOf('ALARM')).toBe(14);
  const leap = open({ EvaluationPeriods: 15 });
  for (let minute = 0; minute < 15; minute += 1) leap.put(1, START_MS + minute * MINUTE_MS + 59_999);
  leap.clock.advance(15 * MINUTE_MS);
  expect(stateOf(leap)).toEqual({ ...stateOf(step), reasonData: expect.stringContaining('"period":60') });
  expect(stateOf(leap).updatedAtMs).toBe(START_MS + 15 * MINUTE_MS);
});

test('One bright minute and then silence move the shade: an alarm that treats missing data as missing.', () => {
  const opened = open();
  expect(minutes(opened, [1, undefined, undefined, undefined, undefined, undefined])).toEqual([
    'OK',
    'OK',
    'ALARM',
    'ALARM',
    'ALARM',
    'INSUFFICIENT_DATA',
  ]);
});

test.each([
  ['notBreaching', ['OK', 'OK', 'OK', 'OK', 'OK', 'OK']],
  ['breaching', ['ALARM', 'ALARM', 'ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['ignore', ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']],
])('With missing data treated as %s one bright minute and silence make %j.', (TreatMissingData, states) => {
  const opened = open({ TreatMissingData });
  expect(minutes(opened, [1, ...Array.from({ length: states.length - 1 }, () => undefined)])).toEqual(states);
});

test('Alarms on metrics of DynamoDB ignore missing data unless they say otherwise.', () => {
  const changes = { Namespace: 'AWS/DynamoDB', EvaluationPeriods: 1 };
  const ignores = open(changes);
  const knows = open({ ...changes, TreatMissingData: 'missing' });
  for (const opened of [ignores, knows]) {
    opened.cloudwatch.setAlarmState({ alarmName: 'shade', stateValue: 'OK', stateReason: 'a test' });
    opened.clock.advance(MINUTE_MS);
  }
  expect([stateOf(ignores).value, stateOf(knows).value]).toEqual(['OK', 'INSUFFICIENT_DATA']);
});

test('An alarm of one period lets go of its last data point after three, as on AWS.', () => {
  const opened = open({ Period: 900, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
  // On AWS the data point was of 19:50:31, and the state changed in the minute of 20:36.
  opened.put(1, START_MS + 31_000);
  const states = minutes(
    opened,
    Array.from({ length: 46 }, () => undefined),
  );
  expect(states.indexOf('ALARM')).toBe(0);
  expect(states.lastIndexOf('ALARM')).toBe(44);
  expect(states.at(-1)).toBe('OK');
});

test('Long periods slide on with every minute, and do not wait for the next full one.', () => {
  const opened = open({ Period: 300, EvaluationPeriods: 1, Threshold: 5 });
  expect(minutes(opened, [1, 1, 1, 1, 1, 1, 1, 1, 4])).toEqual([
    ...Array.from({ length: 8 }, () => 'OK'),
    'ALARM',
  ]);
  expect(stateOf(opened).reason).toContain('[8.0 (21/11/26 00:04:00)]');
});

test('A sum of nothing is missing and not zero.', () => {
  const opened = open({ ComparisonOperator: 'LessThanOrEqualToThreshold' });
  expect(minutes(opened, [undefined, undefined, undefined])).toEqual([
    'INSUFFICIENT_DATA',
    'INSUFFICIENT_DATA',
    'INSUFFICIENT_DATA',
  ]);
  expect(minutes(opened, [0, 0, 0]).at(-1)).toBe('ALARM');
});

test('A data point that comes late is taken in by the next evaluation.', () => {
  const opened = open({ EvaluationPeriods: 1 });
  expect(minutes(opened, [0])).toEqual(['OK']);
  opened.put(5, START_MS + 59_000);
  expect(minutes(opened, [undefined])).toEqual(['ALARM']);
});

test('Periods below a minute are evaluated every ten seconds, the others every minute.', () => {
  const opened = open({ AlarmName: 'slow', EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
  const quick = { AlarmName: 'quick', Period: 10, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' };
  opened.cloudwatch.ensureAlarms([
    readAlarm({ ...SHADE_ALARM, ...quick }),
    readAlarm({ ...SHADE_ALARM, AlarmName: 'slow', EvaluationPeriods: 1, TreatMissingData: 'notBreaching' }),
  ]);
  const seen: string[] = [];
  for (let second = 5; second <= 60; second += 5) {
    const before = opened.states();
    opened.clock.advance(5_000);
    const after = opened.states();
    for (const name of ['quick', 'slow']) {
      if (after[name] !== before[name]) seen.push(`${name} ${after[name]} ${second}`);
    }
  }
  expect(seen).toEqual(['quick OK 10', 'slow OK 60']);
  // A metric of standard resolution has all of its minute in the first ten seconds, as on AWS.
  opened.put(1, START_MS + 109_000);
  opened.clock.advance(10_000);
  expect(opened.states()).toMatchObject({ quick: 'ALARM', slow: 'OK' });
});

test('A percentile of few samples does not change the state of an alarm that ignores those.', () => {
  const percentile = { Statistic: undefined, ExtendedStatistic: 'p90', EvaluationPeriods: 1, Threshold: 3 };
  const [evaluates, ignores] = [
    open(percentile),
    open({ ...percentile, EvaluateLowSampleCountPercentile: 'ignore' }),
  ];
  for (const opened of [evaluates, ignores]) {
    for (const value of [1, 2, 3, 4, 5]) opened.put(value);
    opened.clock.advance(MINUTE_MS);
  }
  expect(stateOf(evaluates)).toMatchObject({ value: 'ALARM', reason: expect.stringContaining('[4.6 (') });
  expect(stateOf(ignores).value).toBe('INSUFFICIENT_DATA');
  for (let sample = 0; sample < 100; sample += 1) ignores.put(sample % 10);
  ignores.clock.advance(MINUTE_MS);
  expect(stateOf(ignores).value).toBe('ALARM');
});

test('Actions are run when the state changes, and not while it stays.', async () => {
  const opened = open({ EvaluationPeriods: 1, AlarmActions: [TOPIC, FUNCTION], OKActions: [TOPIC] });
  minutes(opened, [0, 1, 1, 1, 0]);
  await opened.cloudwatch.drained();
  expect(opened.published.map(({ subject }) => subject)).toEqual([
    'OK: "shade" in EU (Ireland)',
    'ALARM: "shade" in EU (Ireland)',
    'OK: "shade" in EU (Ireland)',
  ]);
  expect(opened.invoked).toHaveLength(1);
  expect(opened.events).toHaveLength(3);
});

test('A topic is told what AWS tells it.', async () => {
  const opened = open({
    AlarmDescription: 'The shade should move.',
    Dimensions: [{ Name: 'Zone', Value: 'north' }],
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    TreatMissingData: 'breaching',
    AlarmActions: [TOPIC],
  });
  opened.clock.advance(MINUTE_MS);
  await opened.cloudwatch.drained();
  const [message] = opened.published;
  expect(message).toMatchObject({ topicArn: TOPIC, subject: 'ALARM: "shade" in EU (Ireland)' });
  expect(JSON.parse(message?.message ?? '')).toEqual({
    AlarmName: 'shade',
    AlarmDescription: 'The shade should move.',
    AWSAccountId: '000000000000',
    AlarmConfigurationUpdatedTimestamp: '2026-11-21T00:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason:
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    StateChangeTime: '2026-11-21T00:01:00.000+0000',
    Region: 'EU (Ireland)',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:shade',
    OldStateValue: 'INSUFFICIENT_DATA',
    OKActions: [],
    AlarmActions: [TOPIC],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'ShadePosition',
      Namespace: 'Greenhouse',
      StatisticType: 'Statistic',
      Statistic: 'SUM',
      Unit: null,
      Dimensions: [{ value: 'north', name: 'Zone' }],
      Period: 60,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      TreatMissingData: 'breaching',
      EvaluateLowSampleCountPercentile: '',
    },
  });
});

test('A function and EventBridge are told what AWS tells them.', async () => {
  const opened = open({ EvaluationPeriods: 1, AlarmActions: [FUNCTION], Unit: 'None' });
  minutes(opened, [1]);
  await opened.cloudwatch.drained();
  const detail = {
    alarmName: 'shade',
    state: {
      value: 'ALARM',
      reason:
        'Threshold Crossed: 1 datapoint [1.0 (21/11/26 00:00:00)] was greater than the threshold (0.0).',
      reasonData: expect.stringContaining('"recentDatapoints":[1]'),
      timestamp: '2026-11-21T00:01:00.000+0000',
    },
    previousState: {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      timestamp: '2026-11-21T00:00:00.000+0000',
    },
    configuration: {
      metrics: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
          metricStat: {
            metric: { namespace: 'Greenhouse', name: 'ShadePosition', dimensions: {} },
            period: 60,
            stat: 'Sum',
            unit: 'None',
          },
          returnData: true,
        },
      ],
    },
  };
  const alarmArn = 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:shade';
  expect(opened.invoked).toEqual([
    {
      functionArn: FUNCTION,
      event: {
        source: 'aws.cloudwatch',
        alarmArn,
        accountId: '000000000000',
        time: '2026-11-21T00:01:00.000+0000',
        region: 'eu-west-1',
        alarmData: detail,
      },
    },
  ]);
  expect(opened.events).toEqual([
    {
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarmArn],
      detail,
    },
  ]);
});

test('Alarms whose actions are switched off change their states in silence; EventBridge hears of it.', async () => {
  const opened = open({ EvaluationPeriods: 1, AlarmActions: [TOPIC], ActionsEnabled: false });
  expect(minutes(opened, [1])).toEqual(['ALARM']);
  await opened.cloudwatch.drained();
  expect([opened.published.length, opened.events.length]).toEqual([0, 1]);
});

test('An action that fails is told, and keeps neither the alarm nor its other actions.', async () => {
  const publish = () => Promise.reject(new Error('Topic does not exist'));
  const opened = open({ EvaluationPeriods: 1, AlarmActions: [TOPIC, FUNCTION] }, { publish });
  expect(minutes(opened, [1])).toEqual(['ALARM']);
  await opened.cloudwatch.drained();
  expect(opened.invoked).toHaveLength(1);
  expect(opened.logged).toEqual([
    {
      message: 'an action of an alarm failed',
      alarmName: 'shade',
      actionArn: TOPIC,
      error: 'Topic does not exist',
    },
  ]);
});

test('Alarms of a template may do what is allowed to them, and nothing else.', async () => {
  const asked: object[] = [];
  const opened = open(
    { EvaluationPeriods: 1, AlarmActions: [FUNCTION] },
    {
      authorise: (action) => {
        asked.push(action);
        throw new Error('because no resource-based policy allows it');
      },
    },
  );
  minutes(opened, [1]);
  await opened.cloudwatch.drained();
  const alarmArn = 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:shade';
  expect(asked).toEqual([{ kind: 'lambda', arn: FUNCTION, alarmArn }]);
  expect(opened.invoked).toEqual([]);
  expect(opened.logged).toMatchObject([{ error: 'because no resource-based policy allows it' }]);
});

test('States outlive a restart; a template that says the same again changes nothing, another one does.', () => {
  const opened = open({ EvaluationPeriods: 1 });
  minutes(opened, [1]);
  const before = stateOf(opened);
  opened.restart();
  const declare = (...definitions: object[]) =>
    opened.cloudwatch.ensureAlarms(
      definitions.map((one) => readAlarm({ ...SHADE_ALARM, EvaluationPeriods: 1, ...one })),
    );
  declare({});
  expect(stateOf(opened)).toEqual(before);
  expect(opened.cloudwatch.listAlarms()[0]?.configuredAtMs).toBe(START_MS);
  declare({ Threshold: 9 }, { AlarmName: 'second' });
  expect(opened.states()).toEqual({ shade: 'ALARM', second: 'INSUFFICIENT_DATA' });
  opened.start();
  opened.clock.advance(MINUTE_MS);
  expect(opened.states()).toEqual({ shade: 'OK', second: 'ALARM' });
  declare({ AlarmName: 'second' });
  expect(Object.keys(opened.states())).toEqual(['second']);
});

test('After a reset there is no alarm, and the clock is not waited for.', () => {
  const opened = open({ EvaluationPeriods: 1 });
  minutes(opened, [1]);
  opened.cloudwatch.reset();
  expect(opened.cloudwatch.listAlarms()).toEqual([]);
  opened.clock.advance(MINUTE_MS);
  opened.cloudwatch.ensureAlarms([readAlarm({ ...SHADE_ALARM, EvaluationPeriods: 1 })]);
  expect(minutes(opened, [1])).toEqual(['ALARM']);
});

test('The state of an alarm can be set, until the next minute judges.', () => {
  const opened = open({ EvaluationPeriods: 1 });
  const set = (alarmName: string, stateValue: string, stateReason = 'a test') =>
    opened.cloudwatch.setAlarmState({ alarmName, stateValue, stateReason });
  minutes(opened, [0]);
  set('shade', 'ALARM');
  expect(stateOf(opened)).toMatchObject({ value: 'ALARM', reason: 'a test' });
  expect(minutes(opened, [0])).toEqual(['OK']);
  expect(() => set('awning', 'OK')).toThrow('There is no alarm "awning"');
  expect(() => set('shade', 'WARM')).toThrow('"WARM" is none of OK, ALARM, INSUFFICIENT_DATA');
  expect(() => set('shade', 'OK', 'x'.repeat(1_024))).toThrow('StateReason');
});

test('However data comes, a state is left only for what the evaluation of that minute says, and each change is told once.', () => {
  const value = fc.option(fc.integer({ min: -2, max: 2 }), { nil: undefined, freq: 2 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('missing', 'ignore', 'breaching', 'notBreaching'),
      fc.integer({ min: 1, max: 4 }),
      (values, TreatMissingData, EvaluationPeriods) => {
        const opened = open({ TreatMissingData, EvaluationPeriods });
        const states = ['INSUFFICIENT_DATA', ...minutes(opened, values)];
        const changes = states.slice(1).filter((state, index) => state !== states[index]);
        expect(opened.events.map(({ detail }) => detail['state'])).toMatchObject(
          changes.map((state) => ({ value: state })),
        );
        // The same data put beforehand and passed over at once ends the same.
        const leap = open({ TreatMissingData, EvaluationPeriods });
        for (const [minute, one] of values.entries()) {
          if (one !== undefined) leap.put(one, START_MS + minute * MINUTE_MS + 30_000);
        }
        leap.clock.advance(values.length * MINUTE_MS);
        expect(stateOf(leap)).toEqual(stateOf(opened));
      },
    ),
    { numRuns: 25 },
  );
});
