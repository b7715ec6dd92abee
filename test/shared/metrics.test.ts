import { expect, test } from 'vitest';
import { FunctionMetrics } from '../../local/lambda/metrics.ts';
import { createCounter, METRICS_NAMESPACE } from '../../shared/metrics.ts';

function start() {
  const lines: string[] = [];
  const counter = createCounter(
    'probe',
    () => 1_769_853_600_000,
    (line) => lines.push(line),
  );
  return { counter, lines };
}

test("Counts leave as one line in CloudWatch's embedded metric format.", () => {
  const { counter, lines } = start();
  counter.count('Scored');
  counter.count('Late', 2);
  counter.count('Scored');
  counter.flush();
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: 1_769_853_600_000,
        CloudWatchMetrics: [
          {
            Namespace: METRICS_NAMESPACE,
            Dimensions: [['function']],
            Metrics: [
              { Name: 'Scored', Unit: 'Count' },
              { Name: 'Late', Unit: 'Count' },
            ],
          },
        ],
      },
      function: 'probe',
      Scored: 2,
      Late: 2,
    },
  ]);
});

test('What was sent is not sent again, and nothing is no line.', () => {
  const { counter, lines } = start();
  counter.flush();
  counter.count('Scored');
  counter.flush();
  counter.flush();
  expect(lines).toHaveLength(1);
});

test('The local cloud sums what the lines say, and leaves other lines to the log.', () => {
  const { counter, lines } = start();
  for (const value of [1, 4]) {
    counter.count('Scored', value);
    counter.flush();
  }
  const metrics = new FunctionMetrics();
  expect(lines.map((line) => metrics.take('probe', line))).toEqual([true, true]);
  expect(metrics.take('probe', '{"level":"INFO","message":"hello"}')).toBe(false);
  expect(metrics.take('probe', '{"_aws":{}}')).toBe(false);
  expect(metrics.sums()).toEqual({ 'Glasshouse/probe/Scored': 5 });
});
