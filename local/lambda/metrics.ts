import { z } from 'zod';

/** A count that functions wrote into their log in CloudWatch's embedded metric format. */
const lineSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({ Namespace: z.string(), Metrics: z.array(z.object({ Name: z.string() })) }),
    ),
  }),
});

/** Sums of the metrics that functions count, by `<namespace>/<function>/<name>`, since the cloud started. */
export class FunctionMetrics {
  readonly #sums = new Map<string, number>();

  /** Takes a line of a function's log. @returns whether it was a metric. */
  take(functionKey: string, line: string): boolean {
    // Every invocation writes such a line: what is none is told by its beginning.
    if (!line.startsWith('{"_aws"')) return false;
    const parsed = lineSchema.safeParse(JSON.parse(line));
    if (!parsed.success) return false;
    for (const { Namespace, Metrics } of parsed.data._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        const key = `${Namespace}/${functionKey}/${Name}`;
        const value = parsed.data[Name];
        if (typeof value === 'number') this.#sums.set(key, (this.#sums.get(key) ?? 0) + value);
      }
    }
    return true;
  }

  sums(): Record<string, number> {
    return Object.fromEntries([...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
