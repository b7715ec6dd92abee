import { comparisonWords } from './comparison.ts';
import type { AlarmDefinition } from './definition.ts';
import type { Verdict } from './evaluate.ts';
import { doubleText, timestampText } from './java-text.ts';

/** The value of the alarm's statistic in one period. */
export interface AlarmPoint {
  readonly startSecond: number;
  readonly value: number;
  readonly sampleCount: number;
}

/** From so many on CloudWatch lists only the newest. */
const MOST_LISTED = 5;

/** Why an alarm is in a state, in the words of CloudWatch. The verdict has to be one for a state. */
export function stateReason(
  definition: AlarmDefinition,
  { state, breaching, healthy, missing }: Verdict<AlarmPoint>,
): string {
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${countOf(missing)} ${be(missing)} unknown.`;
  const { treatMissingData } = definition;
  const isFilled = missing > 0 && (treatMissingData === 'breaching' || treatMissingData === 'notBreaching');
  const filled = isFilled ? fillingText(missing, treatMissingData) : '';
  const crossing = state === 'ALARM' ? breaching : healthy;
  if (crossing.length > 0) {
    return `Threshold Crossed: ${crossingText(definition, crossing, state === 'ALARM', filled)}.`;
  }
  if (isFilled) {
    const received = breaching.length + healthy.length;
    const count = received === 0 ? 'no datapoints were' : `${countOf(received)} ${be(received)}`;
    const { evaluationPeriods: periods } = definition;
    return `Threshold Crossed: ${count} received for ${periods} period${periods === 1 ? '' : 's'}${filled}.`;
  }
  // Breaching, but not for as long as an alarm takes, and nothing healthy in between.
  const young = crossingText(definition, breaching, true, '');
  return `Threshold not crossed for long enough: ${young}.`;
}

/** `1 out of the last 3 datapoints [4.0 (21/11/26 10:00:00)] was greater than the threshold (3.0) (minimum …)` */
function crossingText(
  { evaluationPeriods, datapointsToAlarm, comparisonOperator, threshold }: AlarmDefinition,
  points: readonly AlarmPoint[],
  isAlarm: boolean,
  filled: string,
): string {
  const count = points.length;
  const ofHowMany =
    datapointsToAlarm === undefined
      ? countOf(count)
      : `${count} out of the last ${evaluationPeriods} datapoints`;
  const listed = points
    .slice(0, MOST_LISTED)
    .map(({ value, startSecond }) => `${doubleText(value)} (${timestampText(startSecond)})`)
    .join(', ');
  const isLong = count >= MOST_LISTED;
  const crossed =
    `${be(count)} ${isAlarm ? '' : 'not '}${comparisonWords(comparisonOperator)} ` +
    `the threshold (${doubleText(threshold)})${filled}`;
  const list = isLong ? `. The most recent datapoints which crossed the threshold: [${listed}]` : '';
  return (
    `${ofHowMany}${isLong ? '' : ` [${listed}]`} ${crossed}${list}` +
    (datapointsToAlarm === undefined ? '' : ` ${minimumText(evaluationPeriods, datapointsToAlarm, isAlarm)}`)
  );
}

function minimumText(periods: number, toAlarm: number, isAlarm: boolean): string {
  const minimum = isAlarm ? toAlarm : periods - toAlarm + 1;
  const change = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  return `(minimum ${minimum} datapoint${minimum === 1 ? '' : 's'} for ${change} transition)`;
}

function fillingText(missing: number, treatment: 'breaching' | 'notBreaching'): string {
  const as = treatment === 'breaching' ? 'Breaching' : 'NonBreaching';
  return ` and ${missing} missing datapoint${missing === 1 ? '' : 's'} ${be(missing)} treated as [${as}]`;
}

function countOf(count: number): string {
  return `${count} datapoint${count === 1 ? '' : 's'}`;
}

function be(count: number): string {
  return count === 1 ? 'was' : 'were';
}
