import type { AlarmDefinition } from './definition.ts';
import type { Verdict } from './evaluate.ts';
import { instantText } from './java-text.ts';
import type { AlarmPoint } from './reason.ts';

/** The most characters of a StateReasonData. */
const MAX_CHARACTERS = 4_000;

/**
 * What an evaluation rested on, as JSON in the form of CloudWatch's StateReasonData. Of very many data points the
 * newest are told.
 *
 * @param range the data points of the evaluation range, the oldest first; undefined where there was no data.
 */
export function reasonData(
  definition: AlarmDefinition,
  verdict: Verdict<AlarmPoint>,
  atMs: number,
  endSecond: number,
): string {
  const points = [...verdict.breaching, ...verdict.healthy].sort((a, b) => b.startSecond - a.startSecond);
  const evaluated = evaluatedDatapoints(definition, points, endSecond);
  for (let count = Math.max(points.length, evaluated.length); ; count = Math.floor(count / 2)) {
    const text = render(definition, points.slice(0, count), evaluated.slice(0, count), atMs);
    if (text.length <= MAX_CHARACTERS || count === 0) return text;
  }
}

/** Those that were there, and of the newest periods so many that were missing that there are N, the newest first. */
function evaluatedDatapoints(
  { periodSeconds, evaluationPeriods }: AlarmDefinition,
  points: readonly AlarmPoint[],
  endSecond: number,
): object[] {
  const known = new Map(points.map((point) => [point.startSecond, point]));
  let missing = evaluationPeriods - points.length;
  const evaluated: object[] = [];
  for (let start = endSecond - periodSeconds; evaluated.length < evaluationPeriods; start -= periodSeconds) {
    const point = known.get(start);
    if (point === undefined && missing <= 0 && !points.some(({ startSecond }) => startSecond < start)) break;
    const timestamp = instantText(start * 1_000);
    if (point !== undefined) {
      evaluated.push({ timestamp, sampleCount: point.sampleCount, value: point.value });
    } else if (missing > 0) {
      missing -= 1;
      evaluated.push({ timestamp });
    }
  }
  return evaluated;
}

function render(
  { unit, statistic, periodSeconds, threshold }: AlarmDefinition,
  points: readonly AlarmPoint[],
  evaluatedDatapoints: readonly object[],
  atMs: number,
): string {
  const oldest = points.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: instantText(atMs),
    ...(oldest === undefined ? {} : { startDate: instantText(oldest.startSecond * 1_000) }),
    ...(unit === undefined ? {} : { unit }),
    statistic,
    period: periodSeconds,
    recentDatapoints: points.map(({ value }) => value).toReversed(),
    threshold,
    evaluatedDatapoints,
  });
}
