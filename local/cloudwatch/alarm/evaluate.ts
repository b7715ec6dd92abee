import type { AlarmStateValue } from '../alarm-states.ts';

/** What stands in for data points that are missing. */
export const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

export type Treatment = (typeof TREATMENTS)[number];

/** How an alarm judges: M of N data points. */
export interface Judgement<Point> {
  /** N. */
  readonly evaluationPeriods: number;
  /** M, at most N. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: Treatment;
  readonly isBreaching: (point: Point) => boolean;
}

export interface Verdict<Point> {
  /** Undefined: the alarm keeps the state that it has. */
  readonly state: AlarmStateValue | undefined;
  /** The data points that it rests on, at most N, the newest first. */
  readonly breaching: readonly Point[];
  readonly healthy: readonly Point[];
  /** How many data points fewer than N there were. */
  readonly missing: number;
}

/**
 * CloudWatch looks back over more periods than it judges, so that a data point that comes late or not at all does not
 * count at once. Its documentation shows five for N = 3 and says no more; an alarm of one period on AWS let go of its
 * last data point after exactly three. Both is N + 2.
 */
export const FURTHER_PERIODS = 2;

/**
 * Judges the data points of the evaluation range.
 *
 *     N data points or more ──────────▶ the N newest decide, whatever is missing
 *     fewer, `breaching` ─────────────▶ as many breaching ones as are missing are added
 *     fewer, `notBreaching` ──────────▶ as many healthy ones
 *     fewer, `missing` or `ignore`:
 *         M are breaching ────────────▶ ALARM
 *         one is healthy ─────────────▶ OK
 *         `ignore` ───────────────────▶ the state stays
 *         there is none ──────────────▶ INSUFFICIENT_DATA
 *         the first breach is M old ──▶ ALARM: it was not followed by anything healthy for as long as an alarm takes
 *         it is younger ──────────────▶ OK: the next data point may be healthy
 *
 * @param range a data point a period, the oldest first; undefined where there was no data.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate<Point>(
  judgement: Judgement<Point>,
  range: readonly (Point | undefined)[],
): Verdict<Point> {
  const { evaluationPeriods, isBreaching } = judgement;
  const judged: { readonly point: Point; readonly age: number; readonly isBreach: boolean }[] = [];
  for (let age = 1; age <= range.length && judged.length < evaluationPeriods; age += 1) {
    const point = range[range.length - age];
    if (point !== undefined) judged.push({ point, age, isBreach: isBreaching(point) });
  }
  const breaches = judged.filter(({ isBreach }) => isBreach);
  const healthy = judged.filter(({ isBreach }) => !isBreach);
  return {
    state: stateOf(judgement, breaches.length, healthy.length, breaches.at(-1)?.age ?? 0),
    breaching: breaches.map(({ point }) => point),
    healthy: healthy.map(({ point }) => point),
    missing: evaluationPeriods - judged.length,
  };
}

/** @param oldestAge of the oldest breaching data point, in periods; the newest period is 1. */
function stateOf(
  { evaluationPeriods, datapointsToAlarm, treatMissingData }: Judgement<never>,
  breaching: number,
  healthy: number,
  oldestAge: number,
): AlarmStateValue | undefined {
  const missing = evaluationPeriods - breaching - healthy;
  const filled = treatMissingData === 'breaching' ? missing : 0;
  if (breaching + filled >= datapointsToAlarm) return 'ALARM';
  const isDecided = missing === 0 || healthy > 0 || filled > 0 || treatMissingData === 'notBreaching';
  if (isDecided) return 'OK';
  if (treatMissingData === 'ignore') return undefined;
  if (breaching === 0) return 'INSUFFICIENT_DATA';
  return oldestAge >= datapointsToAlarm ? 'ALARM' : 'OK';
}
