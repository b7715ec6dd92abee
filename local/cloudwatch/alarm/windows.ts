import { FURTHER_PERIODS } from './evaluate.ts';

/** Alarms of a minute and more are evaluated once a minute, those of shorter periods every ten seconds. */
const MINUTE_SECONDS = 60;
const SHORT_SECONDS = 10;

/** How often an alarm is evaluated. */
export function cadenceSeconds(periodSeconds: number): number {
  return periodSeconds < MINUTE_SECONDS ? SHORT_SECONDS : MINUTE_SECONDS;
}

/** The time that one evaluation looks at; seconds since the epoch. */
export interface EvaluationRange {
  readonly startSecond: number;
  /** Itself not included. */
  readonly endSecond: number;
  /** N and the further ones. */
  readonly periods: number;
}

/**
 * What an alarm looks at: its periods slide on with every evaluation. One of five minutes that is evaluated at 13:46:20
 * has the periods that begin at 13:41, 13:36, 13:31, ….
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 */
export function evaluationRange(
  { periodSeconds, evaluationPeriods }: { periodSeconds: number; evaluationPeriods: number },
  atMs: number,
): EvaluationRange {
  const cadence = cadenceSeconds(periodSeconds);
  const endSecond = Math.floor(atMs / 1_000 / cadence) * cadence;
  const periods = evaluationPeriods + FURTHER_PERIODS;
  return { startSecond: endSecond - periods * periodSeconds, endSecond, periods };
}
