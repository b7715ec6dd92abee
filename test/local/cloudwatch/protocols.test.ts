import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { INPUTS } from '../../../local/cloudwatch/api/inputs.ts';
import { decodeForm, decodeJson, type Shape } from '../../../local/cloudwatch/api/shape.ts';
import { startCloudWatchUser, type CloudWatchUser } from './client.ts';
import { TOPIC } from './support.ts';

let user: CloudWatchUser;
beforeEach(async () => {
  user = await startCloudWatchUser();
});
afterEach(() => user.close());

const ALARM = {
  Action: 'PutMetricAlarm',
  AlarmName: 'shade <north>',
  Namespace: 'Greenhouse',
  MetricName: 'ShadePosition',
  Statistic: 'Sum',
  Period: '60',
  EvaluationPeriods: '3',
  Threshold: '0.5',
  ComparisonOperator: 'GreaterThanThreshold',
  ActionsEnabled: 'false',
  'AlarmActions.member.1': TOPIC,
  'Dimensions.member.1.Name': 'Zone',
  'Dimensions.member.1.Value': 'north',
  OKActions: '',
};

test('The query protocol: an alarm is put and described, its text escaped.', async () => {
  const put = await user.query(ALARM);
  expect(put.status).toBe(200);
  expect(put.text).toMatch(
    /^<\?xml [^]*<PutMetricAlarmResponse xmlns="http:\/\/monitoring.amazonaws.com\/doc\/2010-08-01\/"><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/PutMetricAlarmResponse>$/,
  );
  const { text } = await user.query({ Action: 'DescribeAlarms' });
  expect(text).toContain(
    '<DescribeAlarmsResult><MetricAlarms><member><AlarmName>shade &lt;north&gt;</AlarmName>',
  );
  expect(text).toContain('<AlarmConfigurationUpdatedTimestamp>2026-11-21T00:00:00.000Z<');
  expect(text).toContain(
    `<ActionsEnabled>false</ActionsEnabled><OKActions></OKActions><AlarmActions><member>${TOPIC}</member>`,
  );
  expect(text).toContain('<Dimensions><member><Name>Zone</Name><Value>north</Value></member></Dimensions>');
  expect(text).toContain('<Threshold>0.5</Threshold>');
});

test('The query protocol: numbers, times and maps.', async () => {
  const put = await user.query({
    Action: 'PutMetricData',
    Namespace: 'Greenhouse',
    'MetricData.member.1.MetricName': 'Lux',
    'MetricData.member.1.Timestamp': '2026-11-21T00:00:30Z',
    'MetricData.member.1.Values.member.1': '2',
    'MetricData.member.1.Values.member.2': '4e0',
    'MetricData.member.1.Counts.member.1': '1',
    'MetricData.member.1.Counts.member.2': '3',
  });
  expect(put.status).toBe(200);
  const { text } = await user.query({
    Action: 'GetMetricStatistics',
    Namespace: 'Greenhouse',
    MetricName: 'Lux',
    StartTime: '2026-11-21T01:00:00+01:00',
    EndTime: '2026-11-21T00:10:00.000Z',
    Period: '60',
    'Statistics.member.1': 'Sum',
    'ExtendedStatistics.member.1': 'p50',
  });
  expect(text).toContain(
    '<Timestamp>2026-11-21T00:00:00.000Z</Timestamp><Sum>14</Sum><Unit>None</Unit>' +
      '<ExtendedStatistics><entry><key>p50</key><value>4</value></entry></ExtendedStatistics>',
  );
});

test.each<[Record<string, string>, number, string, string]>([
  [
    { Action: 'SetAlarmState', AlarmName: 'a', StateValue: 'OK', StateReason: 'r' },
    404,
    'ResourceNotFound',
    'no alarm',
  ],
  [{ ...ALARM, Period: 'sixty' }, 400, 'ValidationError', 'Period'],
  [{ ...ALARM, ActionsEnabled: 'perhaps' }, 400, 'ValidationError', 'ActionsEnabled'],
  [{ ...ALARM, 'Metrics.member.1.Id': 'm1' }, 400, 'ValidationError', 'metric math'],
  [{ Action: 'DescribeAlarmHistory', StartDate: 'yesterday' }, 400, 'ValidationError', 'StartDate'],
  [{ Action: 'PutDashboard' }, 400, 'InvalidAction', 'PutDashboard is not served'],
  [{ Action: 'PutMetricData', Namespace: 'a' }, 400, 'MissingParameter', 'MetricData is required'],
  [
    {
      Action: 'PutMetricData',
      Namespace: 'a',
      'MetricData.member.1.MetricName': 'b',
      'MetricData.member.1.Unit': 'Lux',
    },
    400,
    'InvalidParameterValue',
    'MetricData.member.1.Unit',
  ],
])('The query protocol refuses %j with %d %s.', async (parameters, status, code, text) => {
  const answer = await user.query(parameters);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(`<Error><Type>Sender</Type><Code>${code}</Code><Message>`);
  expect(answer.text).toContain(text);
});

const target = (operation: string) => ({
  'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
  'content-type': 'application/x-amz-json-1.0',
});

test('The JSON protocol: an error says its code of both protocols.', async () => {
  const { status, headers, text } = await user.send(target('SetAlarmState'), '{"AlarmName":"a"}');
  expect(status).toBe(400);
  expect(headers.get('x-amzn-query-error')).toBe('ValidationError;Sender');
  expect(JSON.parse(text)).toEqual({
    __type: 'ValidationException',
    message: 'The parameter StateValue is required.',
  });
});

test.each<[string, Record<string, string>, string | Uint8Array<ArrayBuffer>, string]>([
  ['no JSON', {}, '{', 'The body is not JSON'],
  ['a list', {}, '[]', 'The request cannot be read'],
  ['what is packed another way', { 'content-encoding': 'br' }, '{}', 'packed as br; gzip is taken'],
  ['what is not packed', { 'content-encoding': 'gzip' }, '{}', 'cannot be unpacked'],
  [
    'what is too large unpacked',
    { 'content-encoding': 'gzip' },
    new Uint8Array(gzipSync(Buffer.alloc(2_000_000, ' '))),
    'cannot be unpacked',
  ],
])('A body that is %s is refused.', async (_what, headers, body, message) => {
  const answer = await user.send({ ...target('PutMetricData'), ...headers }, body);
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(message)]);
  expect(user.failures).toEqual([]);
});

test('RPC in CBOR is refused by name.', async () => {
  const answer = await user.send({ 'smithy-protocol': 'rpc-v2-cbor' }, 'x');
  expect([answer.status, answer.text]).toEqual([
    501,
    expect.stringContaining('rpc-v2-cbor is not spoken here'),
  ]);
});

/** A value of a shape, as it is inside, as JSON has it, and as the parameters of a form. */
interface Written {
  readonly inside: unknown;
  readonly json: unknown;
  readonly form: readonly (readonly [path: string, value: string])[];
}

function written(shape: Shape): fc.Arbitrary<Written> {
  const scalar = <T>(values: fc.Arbitrary<T>, json: (value: T) => unknown, text: (value: T) => string) =>
    values.map((value) => ({ inside: value, json: json(value), form: [['', text(value)] as const] }));
  if (shape === 'text')
    return scalar(
      fc.string({ minLength: 1 }),
      (v) => v,
      (v) => v,
    );
  if (shape === 'boolean') return scalar(fc.boolean(), (v) => v, String);
  if (shape === 'number') return scalar(fc.integer(), (v) => v, String);
  if (shape === 'time') {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => second * 1_000);
    return scalar(
      seconds,
      (ms) => ms / 1_000,
      (ms) => new Date(ms).toISOString(),
    );
  }
  if ('list' in shape) {
    return fc.array(written(shape.list), { minLength: 1, maxLength: 3 }).map((items) => ({
      inside: items.map(({ inside }) => inside),
      json: items.map(({ json }) => json),
      form: items.flatMap(({ form }, index) => below(`.member.${index + 1}`, form)),
    }));
  }
  if ('map' in shape) throw new Error('no request has a map');
  const members = Object.fromEntries(
    Object.entries(shape.members).map(([name, member]) => [name, written(member)]),
  );
  // A structure without any member cannot be told from none in a form.
  return fc.record(members, { requiredKeys: Object.keys(members).slice(0, 1) }).map((values) => {
    const entries = Object.entries(values);
    return {
      inside: Object.fromEntries(entries.map(([name, { inside }]) => [name, inside])),
      json: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
      form: entries.flatMap(([name, { form }]) => below(`.${name}`, form)),
    };
  });
}

function below(prefix: string, form: Written['form']): Written['form'] {
  return form.map(([path, value]) => [prefix + path, value] as const);
}

/** Those whose structures all have members. */
const operations = Object.entries(INPUTS).filter(([name]) => name !== 'PutMetricAlarm');

test.each(operations)('Both protocols say the same of %s.', (_name, members) => {
  fc.assert(
    fc.property(written({ members }), ({ inside, json, form }) => {
      const parameters = new URLSearchParams(
        form.map(([path, value]): [string, string] => [path.slice(1), value]),
      );
      expect(decodeForm(members, parameters)).toEqual(inside);
      expect(decodeJson({ members }, JSON.parse(JSON.stringify(json)))).toEqual(inside);
    }),
    { numRuns: 30 },
  );
});

test('Whatever JSON comes, reading it does not fail, and gives only what the operation knows.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.values(INPUTS)), (json, members) => {
      const read = decodeJson({ members }, json);
      if (typeof read !== 'object' || read === null || Array.isArray(read)) return;
      for (const name of Object.keys(read)) expect(Object.keys(members)).toContain(name);
    }),
  );
});
