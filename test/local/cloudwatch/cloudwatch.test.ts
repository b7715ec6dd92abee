import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { MetricDatum } from '../../../local/cloudwatch/index.ts';
import { openCloudWatch, START_MS, type TestCloudWatch } from './support.ts';

const running: TestCloudWatch[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

function open(): TestCloudWatch {
  const opened = openCloudWatch();
  running.push(opened);
  return opened;
}

const lux = { namespace: 'Greenhouse', name: 'Lux', dimensions: { Probe: 'a', Zone: '1' } };

function point(value: number, afterSeconds = 0, changes: Partial<MetricDatum> = {}): MetricDatum {
  return { ...lux, value, unit: 'None', timestampMs: START_MS + afterSeconds * 1_000, ...changes };
}

const hour = { startMs: START_MS, endMs: START_MS + 3_600_000 };

test('Points are summed up by period; a period without points is missing.', () => {
  const { cloudwatch } = open();
  for (const [value, second] of [
    [3, 0],
    [1, 0],
    [5, 59],
    [7, 120],
  ] as const) {
    cloudwatch.putMetric(point(value, second));
  }
  expect(cloudwatch.getStatistics({ ...lux, ...hour, periodSeconds: 60 })).toEqual([
    { timestampMs: START_MS, unit: 'None', sampleCount: 3, sum: 9, minimum: 1, maximum: 5, average: 3 },
    {
      timestampMs: START_MS + 120_000,
      unit: 'None',
      sampleCount: 1,
      sum: 7,
      minimum: 7,
      maximum: 7,
      average: 7,
    },
  ]);
  expect(cloudwatch.getStatistics({ ...lux, ...hour, periodSeconds: 3_600 })).toMatchObject([
    { sampleCount: 4, sum: 16 },
  ]);
  // Metrics of standard resolution are kept by the minute.
  expect(
    cloudwatch.getStatistics({ ...lux, startMs: START_MS, endMs: START_MS + 10_000, periodSeconds: 1 }),
  ).toMatchObject([{ timestampMs: START_MS, sampleCount: 3 }]);
});

test('Dimensions tell metrics apart, whatever their order; units are told apart within one.', () => {
  const { cloudwatch } = open();
  cloudwatch.putMetric(point(1, 0, { dimensions: { Zone: '1', Probe: 'a' } }));
  cloudwatch.putMetric(point(2, 0, { unit: 'Count' }));
  cloudwatch.putMetric(point(3, 0, { dimensions: { Probe: 'b' } }));
  cloudwatch.putMetric(point(4, 0, { namespace: 'AWS/IoT', dimensions: {} }));
  const query = { ...lux, ...hour, periodSeconds: 60 };
  expect(cloudwatch.getStatistics(query).map(({ unit, sum }) => [unit, sum])).toEqual([
    ['Count', 2],
    ['None', 1],
  ]);
  expect(cloudwatch.getStatistics({ ...query, unit: 'Count' })).toMatchObject([{ sum: 2 }]);
  expect(cloudwatch.getStatistics({ ...query, dimensions: {} })).toEqual([]);
  expect(cloudwatch.listMetrics({ namespace: 'Greenhouse' })).toEqual([
    { ...lux, dimensions: { Probe: 'a', Zone: '1' } },
    { ...lux, dimensions: { Probe: 'b' } },
  ]);
  expect(cloudwatch.listMetrics({ name: 'Lux' })).toHaveLength(3);
});

test('Metrics outlive a restart, and are forgotten after 15 days.', () => {
  const opened = open();
  const { clock } = opened;
  opened.cloudwatch.putMetric(point(1));
  clock.advance(1_000);
  opened.cloudwatch.putMetric(point(2));
  opened.restart();
  expect(opened.cloudwatch.getStatistics({ ...lux, ...hour, periodSeconds: 60 })).toMatchObject([
    { sampleCount: 2, sum: 3 },
  ]);
  clock.advance(16 * 24 * 3_600_000);
  opened.put(5);
  expect(opened.cloudwatch.getStatistics({ ...lux, ...hour, periodSeconds: 60 })).toEqual([]);
  expect(opened.cloudwatch.listMetrics().map(({ name }) => name)).toEqual(['ShadePosition']);
  opened.cloudwatch.putMetric(point(6, 16 * 24 * 3_600));
  expect(opened.cloudwatch.listMetrics()).toHaveLength(2);
});

test.each<[Partial<MetricDatum>, string]>([
  [{ namespace: 'a$b' }, 'Namespace'],
  [{ name: '' }, 'MetricName'],
  [{ dimensions: { Zone: '' } }, 'Dimensions'],
  [{ dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`d${n}`, 'x'])) }, 'Dimensions'],
  [{ value: Number.NaN }, 'Value'],
  [{ value: 1e200 }, 'Value'],
  [{ timestampMs: START_MS - 15 * 24 * 3_600_000 }, 'Timestamp'],
  [{ timestampMs: START_MS + 3 * 3_600_000 }, 'Timestamp'],
  [{ timestampMs: Number.NaN }, 'Timestamp'],
])('A point with %j is refused: %s.', (changes, parameter) => {
  const { cloudwatch } = open();
  expect(() => cloudwatch.putMetric(point(1, 0, changes))).toThrow(
    `The parameter ${parameter} cannot be used`,
  );
});

test.each<[object, string]>([
  [{ periodSeconds: 7 }, 'The parameter Period cannot be used: 7 is'],
  [{ periodSeconds: 90 }, 'The parameter Period cannot be used: 90 is'],
  [{ periodSeconds: 0 }, 'The parameter Period cannot be used: 0 is'],
  [{ endMs: START_MS }, 'it must lie before EndTime'],
  [{ endMs: START_MS + 86_400_000 * 2 }, 'more than 1440 periods'],
])('Statistics with %j are refused: %s.', (changes, reason) => {
  const { cloudwatch } = open();
  expect(() => cloudwatch.getStatistics({ ...lux, ...hour, periodSeconds: 60, ...changes })).toThrow(reason);
});

test('However points are put and written, each period has the statistics of its points.', () => {
  const step = fc.record({
    second: fc.integer({ min: 0, max: 599 }),
    value: fc.integer({ min: -50, max: 50 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(60, 120, 300),
      (steps, periodSeconds) => {
        const { cloudwatch, clock } = open();
        const expected = new Map<number, number[]>();
        for (const [index, { second, value }] of steps.entries()) {
          cloudwatch.putMetric(point(value, second));
          if (index % 7 === 0) clock.advance(1_000);
          const start = Math.floor(second / periodSeconds) * periodSeconds;
          expected.set(start, [...(expected.get(start) ?? []), value]);
        }
        const found = cloudwatch.getStatistics({
          ...lux,
          startMs: START_MS,
          endMs: START_MS + 600_000,
          periodSeconds,
        });
        expect(
          found.map(({ timestampMs, sampleCount, sum, minimum, maximum }) => [
            timestampMs,
            sampleCount,
            sum,
            minimum,
            maximum,
          ]),
        ).toEqual(
          [...expected]
            .sort(([one], [other]) => one - other)
            .map(([start, values]) => [
              START_MS + start * 1_000,
              values.length,
              values.reduce((sum, value) => sum + value, 0),
              Math.min(...values),
              Math.max(...values),
            ]),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('Log events are lines of their group’s file; a group that nothing made is not there.', () => {
  const { folder, cloudwatch } = open();
  cloudwatch.ensureLogGroup('/devices/log');
  const put = (logGroupName: string, count = 1) =>
    cloudwatch.putLogEvents({
      logGroupName,
      logStreamName: 'Rule',
      events: Array.from({ length: count }, (_, n) => ({ timestampMs: n, message: `line\n${n}` })),
    });
  put('/devices/log', 2);
  put('/devices/log');
  expect(readdirSync(path.join(folder, 'log-groups'))).toEqual(['%2Fdevices%2Flog.ndjson']);
  const lines = readFileSync(path.join(folder, 'log-groups', '%2Fdevices%2Flog.ndjson'), 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { timestamp: 0, logStreamName: 'Rule', message: 'line\n0' },
    { timestamp: 1, logStreamName: 'Rule', message: 'line\n1' },
    { timestamp: 0, logStreamName: 'Rule', message: 'line\n0' },
  ]);
  expect(() => put('other')).toThrow(
    'The specified log group does not exist: other. The template has: /devices/log',
  );
  expect(() => put('/devices/log', 0)).toThrow('1 to 10000 events, not 0');
  expect(() => put('/devices/log', 10_001)).toThrow('not 10001');
  expect(() => cloudwatch.ensureLogGroup('../x y')).toThrow('other characters');
  cloudwatch.ensureLogGroup('x'.repeat(512));
  put('x'.repeat(512));
  expect(readdirSync(path.join(folder, 'log-groups')).every((name) => name.length < 255)).toBe(true);
});
