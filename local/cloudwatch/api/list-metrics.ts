import { z } from 'zod';
import { METRIC_ERRORS, readInput } from '../errors.ts';
import { dimensionsKey, type Metric } from '../metric.ts';
import { dimensionEntries, notServed, pageOf, readToken, type CloudWatchContext } from './context.ts';
import type { Operation } from './handler.ts';

/** How many one answer lists. */
const PAGE_SIZE = 500;

const ACTIVE_SECONDS = 3 * 3_600;
const LISTED_SECONDS = 14 * 24 * 3_600;

const inputSchema = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z
    .array(z.object({ Name: z.string(), Value: z.string().optional() }))
    .max(10, 'there are at most ten')
    .default([]),
  NextToken: z.string().optional(),
  RecentlyActive: z.literal('PT3H', { error: 'it is PT3H' }).optional(),
  IncludeLinkedAccounts: notServed('linked accounts').or(z.literal(false)),
  OwningAccount: notServed('linked accounts'),
});

export function listMetrics({ metrics, clock }: CloudWatchContext): Record<string, Operation> {
  return {
    ListMetrics(input) {
      const read = readInput(inputSchema, input, METRIC_ERRORS);
      const { Namespace, MetricName, Dimensions, RecentlyActive } = read;
      const after = readToken(read.NextToken) ?? '';
      const age = RecentlyActive === undefined ? LISTED_SECONDS : ACTIVE_SECONDS;
      const found = metrics
        .list({
          ...(Namespace === undefined ? {} : { namespace: Namespace }),
          ...(MetricName === undefined ? {} : { name: MetricName }),
          sinceSecond: Math.floor(clock.now() / 1_000) - age,
        })
        .filter(({ dimensions }) =>
          Dimensions.every(({ Name, Value }) =>
            Value === undefined ? dimensions[Name] !== undefined : dimensions[Name] === Value,
          ),
        )
        .map((metric) => ({ metric, key: keyOf(metric) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .filter(({ key }) => key > after);
      const { page, ...next } = pageOf(found, PAGE_SIZE, ({ key }) => key);
      const Metrics = page.map(({ metric: { namespace, name, dimensions } }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensionEntries(dimensions),
      }));
      return { Metrics, ...next };
    },
  };
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return `${namespace}\0${name}\0${dimensionsKey(dimensions)}`;
}
