import { z } from 'zod';

const statusSchema = z.object({ functions: z.record(z.string(), z.number()) });

/** How many inputs score-anomaly has rejected since the cloud started, by its own metric. */
export async function readRejected(endpointUrl: string): Promise<number> {
  const answer = await fetch(`${endpointUrl}/_glasshouse/status`);
  const { functions } = statusSchema.parse(await answer.json());
  return functions['Glasshouse/score-anomaly/InputRejected'] ?? 0;
}
