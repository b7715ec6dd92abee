import { parsePercentile } from '../statistic.ts';
import type { AlarmDefinition } from './definition.ts';
import type { Verdict } from './evaluate.ts';
import type { AlarmPoint } from './reason.ts';

/** A percentile is said to rest on so many samples beyond it; less what is lost by computing with fractions. */
const SAMPLES_BEYOND = 10 - 1e-6;

/**
 * Whether an alarm keeps its state because its percentile rests on too few samples: fewer than ten lie, or would lie,
 * beyond it. For p99 that is fewer than 1000 samples in the evaluation periods.
 */
export function hasFewSamples(
  { statistic, evaluateLowSampleCountPercentile }: AlarmDefinition,
  { breaching, healthy }: Verdict<AlarmPoint>,
): boolean {
  const percent = parsePercentile(statistic)?.percent;
  if (percent === undefined || evaluateLowSampleCountPercentile !== 'ignore') return false;
  const samples = [...breaching, ...healthy].reduce((sum, { sampleCount }) => sum + sampleCount, 0);
  const beyond = percent >= 50 ? 1 - percent / 100 : percent / 100;
  return samples * beyond < SAMPLES_BEYOND;
}
