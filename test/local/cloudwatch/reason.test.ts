import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBreaching } from '../../../local/cloudwatch/alarm/comparison.ts';
import { readAlarm } from '../../../local/cloudwatch/alarm/definition.ts';
import { evaluate, TREATMENTS } from '../../../local/cloudwatch/alarm/evaluate.ts';
import { doubleText, timestampText } from '../../../local/cloudwatch/alarm/java-text.ts';
import { stateReason, type AlarmPoint } from '../../../local/cloudwatch/alarm/reason.ts';
import { reasonData } from '../../../local/cloudwatch/alarm/reason-data.ts';
import { SHADE_ALARM } from './support.ts';

/** Points of some minutes, told by `hh:mm` of a day. */
function pointsOf(day: string, values: Readonly<Record<string, number>>): AlarmPoint[] {
  return Object.entries(values).map(([time, value]) => ({
    startSecond: Date.parse(`${day}T${time}:00Z`) / 1_000,
    value,
    sampleCount: 1,
  }));
}

/** The reason of an alarm with so many periods for points that are all within its range. */
function reasonOf(changes: object, points: readonly (AlarmPoint | undefined)[]) {
  const definition = readAlarm({ ...SHADE_ALARM, ...changes });
  const {
    evaluationPeriods,
    datapointsToAlarm = evaluationPeriods,
    comparisonOperator,
    threshold,
  } = definition;
  const verdict = evaluate(
    {
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData: definition.treatMissingData ?? 'missing',
      isBreaching: ({ value }: AlarmPoint) => isBreaching(comparisonOperator, value, threshold),
    },
    points,
  );
  return `${verdict.state}: ${stateReason(definition, verdict)}`;
}

const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

// What CloudWatch wrote, as people have published it.
test.each<[string, object, (AlarmPoint | undefined)[]]>([
  [
    'ALARM: Threshold Crossed: 1 datapoint [1.0 (02/02/25 12:05:00)] was greater than or equal to the threshold (1.0).',
    { EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1 },
    pointsOf('2025-02-02', { '12:05': 1 }),
  ],
  [
    'OK: Threshold Crossed: 1 out of the last 1 datapoints [1.0166666666666666 (19/09/24 05:56:00)] was not greater than or ' +
      'equal to the threshold (90.0) (minimum 1 datapoint for ALARM -> OK transition).',
    {
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 90,
    },
    pointsOf('2024-09-19', { '05:56': 1.0166666666666666 }),
  ],
  [
    'ALARM: Threshold Crossed: 3 out of the last 3 datapoints [8.891518474692088 (14/07/21 23:18:00), 9.72 (14/07/21 23:17:00), ' +
      '9.18241509182415 (14/07/21 23:16:00)] were greater than or equal to the threshold (7.0) (minimum 3 datapoints for OK -> ' +
      'ALARM transition).',
    { DatapointsToAlarm: 3, ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 7 },
    pointsOf('2021-07-14', { '23:16': 9.18241509182415, '23:17': 9.72, '23:18': 8.891518474692088 }),
  ],
  [
    'OK: Threshold Crossed: 3 out of the last 5 datapoints [0.0 (21/12/21 06:45:00), 0.0 (21/12/21 06:44:00), 0.0 (21/12/21 ' +
      '06:42:00)] were not greater than the threshold (0.0) (minimum 3 datapoints for ALARM -> OK transition).',
    { EvaluationPeriods: 5, DatapointsToAlarm: 3 },
    pointsOf('2021-12-21', { '06:41': 1, '06:42': 0, '06:43': 1, '06:44': 0, '06:45': 0 }),
  ],
  [
    'ALARM: Threshold Crossed: 5 datapoints were greater than the threshold (10.0). The most recent datapoints which crossed the ' +
      'threshold: [27.5 (08/08/17 20:09:00), 27.5 (08/08/17 20:08:00), 27.5 (08/08/17 20:07:00), 27.5 (08/08/17 20:06:00), 27.5 ' +
      '(08/08/17 20:05:00)].',
    { EvaluationPeriods: 5, Threshold: 10 },
    pointsOf('2017-08-08', { '20:05': 27.5, '20:06': 27.5, '20:07': 27.5, '20:08': 27.5, '20:09': 27.5 }),
  ],
  [
    'ALARM: Threshold Crossed: 5 out of the last 5 datapoints were less than the threshold (65.0). The most recent datapoints ' +
      'which crossed the threshold: [0.0 (29/04/20 23:32:00), 0.0 (29/04/20 23:31:00), 0.0 (29/04/20 23:30:00), 0.0 (29/04/20 ' +
      '23:29:00), 0.0 (29/04/20 23:28:00)] (minimum 5 datapoints for OK -> ALARM transition).',
    { EvaluationPeriods: 5, DatapointsToAlarm: 5, ComparisonOperator: 'LessThanThreshold', Threshold: 65 },
    pointsOf('2020-04-29', { '23:28': 0, '23:29': 0, '23:30': 0, '23:31': 0, '23:32': 0 }),
  ],
  [
    'OK: Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    { EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
    none(3),
  ],
  [
    'ALARM: Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    { TreatMissingData: 'breaching' },
    none(5),
  ],
  [
    'ALARM: Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    { DatapointsToAlarm: 2, TreatMissingData: 'breaching' },
    [...none(4), ...pointsOf('2026-09-05', { '10:00': 0 })],
  ],
  [
    'ALARM: Threshold Crossed: 1 out of the last 20 datapoints [613.0 (16/03/24 12:15:00)] was greater than or equal to the ' +
      'threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
    {
      EvaluationPeriods: 20,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    },
    [...none(21), ...pointsOf('2024-03-16', { '12:15': 613 })],
  ],
  ['INSUFFICIENT_DATA: Insufficient Data: 1 datapoint was unknown.', { EvaluationPeriods: 1 }, none(3)],
  ['INSUFFICIENT_DATA: Insufficient Data: 5 datapoints were unknown.', { EvaluationPeriods: 5 }, none(7)],
])('CloudWatch says “%s”', (text, changes, points) => {
  expect(reasonOf(changes, points)).toBe(text);
});

test('One breach that nothing followed is told as what it is: fewer data points than the alarm asks for.', () => {
  const [bright] = pointsOf('2026-11-21', { '10:00': 1 });
  expect(reasonOf({ DatapointsToAlarm: 3 }, [...none(2), bright, ...none(2)])).toBe(
    'ALARM: Threshold Crossed: 1 out of the last 3 datapoints [1.0 (21/11/26 10:00:00)] was greater than the threshold (0.0) ' +
      '(minimum 3 datapoints for OK -> ALARM transition).',
  );
  expect(reasonOf({}, [...none(4), bright])).toBe(
    'OK: Threshold not crossed for long enough: 1 datapoint [1.0 (21/11/26 10:00:00)] was greater than the threshold (0.0).',
  );
});

test.each([
  [0, '0.0'],
  [-3, '-3.0'],
  [0.1, '0.1'],
  [9_999_999, '9999999.0'],
  [10_000_000, '1.0E7'],
  [12_345_678.5, '1.23456785E7'],
  [0.0005, '5.0E-4'],
  [1e-9, '1.0E-9'],
  [2 ** 360, '2.3485425827738332E108'],
])('The number %d is written %s.', (number, text) => {
  expect(doubleText(number)).toBe(text);
});

test('A number that was written is read back as itself.', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      fc.pre(!Object.is(number, -0));
      expect(Number(doubleText(number))).toBe(number);
    }),
  );
  expect(timestampText(Date.parse('2026-01-02T03:04:05Z') / 1_000)).toBe('02/01/26 03:04:05');
});

test('The data of a reason names every data point that was judged, and those that were missing.', () => {
  const definition = readAlarm({ ...SHADE_ALARM, Unit: 'Count', DatapointsToAlarm: 2 });
  const [older, newer] = pointsOf('2026-11-21', { '10:01': 2, '10:03': 4 });
  const judgement = {
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: 'missing',
    isBreaching: () => true,
  } as const;
  const verdict = evaluate(judgement, [undefined, older, undefined, newer, undefined]);
  const atMs = Date.parse('2026-11-21T10:05:00Z');
  expect(JSON.parse(reasonData(definition, verdict, atMs, atMs / 1_000))).toEqual({
    version: '1.0',
    queryDate: '2026-11-21T10:05:00.000+0000',
    startDate: '2026-11-21T10:01:00.000+0000',
    unit: 'Count',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [2, 4],
    threshold: 0,
    evaluatedDatapoints: [
      { timestamp: '2026-11-21T10:04:00.000+0000' },
      { timestamp: '2026-11-21T10:03:00.000+0000', sampleCount: 1, value: 4 },
      { timestamp: '2026-11-21T10:01:00.000+0000', sampleCount: 1, value: 2 },
    ],
  });
});

test('However many data points are judged, the reason and its data fit into what an alarm can hold.', () => {
  const range = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }), {
    minLength: 1_440,
    maxLength: 1_440,
  });
  fc.assert(
    fc.property(range, fc.constantFrom(...TREATMENTS), (values, treatMissingData) => {
      const definition = readAlarm({
        ...SHADE_ALARM,
        EvaluationPeriods: 1_438,
        DatapointsToAlarm: 700,
        TreatMissingData: treatMissingData,
      });
      const points = values.map((value, index) =>
        value === undefined ? undefined : { value, startSecond: index * 60, sampleCount: 1 },
      );
      const verdict = evaluate(
        {
          evaluationPeriods: 1_438,
          datapointsToAlarm: 700,
          treatMissingData,
          isBreaching: ({ value }: AlarmPoint) => value > 0,
        },
        points,
      );
      expect(reasonData(definition, verdict, 0, 1_440 * 60).length).toBeLessThanOrEqual(4_000);
      if (verdict.state !== undefined)
        expect(stateReason(definition, verdict).length).toBeLessThanOrEqual(1_023);
    }),
    { numRuns: 20 },
  );
});
