import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { evaluate, TREATMENTS, type Treatment } from '../../../local/cloudwatch/alarm/evaluate.ts';

const verdict = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'RETAIN']);
const { rows } = z
  .object({
    rows: z.array(
      z.object({
        evaluationPeriods: z.number(),
        datapointsToAlarm: z.number(),
        datapoints: z.string(),
        missing: verdict,
        ignore: verdict,
        breaching: verdict,
        notBreaching: verdict,
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(path.join(import.meta.dirname, '../../fixtures/cloudwatch-alarm-vectors.json'), 'utf8'),
    ),
  );

type Sample = 'X' | '0';

interface Alarm {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: Treatment;
}

function judge(alarm: Alarm, range: readonly (Sample | undefined)[]) {
  return evaluate({ ...alarm, isBreaching: (point: Sample) => point === 'X' }, range);
}

/** `0 - X` */
function rangeOf(text: string): (Sample | undefined)[] {
  return text.split(' ').map((letter) => (letter === 'X' || letter === '0' ? letter : undefined));
}

const vectors = rows.flatMap((row) => TREATMENTS.map((treatment) => ({ ...row, treatment })));

test.each(vectors)(
  '$datapoints with $datapointsToAlarm out of $evaluationPeriods and $treatment is as AWS documents it.',
  ({ treatment, datapoints, ...row }) => {
    const { state = 'RETAIN' } = judge({ ...row, treatMissingData: treatment }, rangeOf(datapoints));
    expect(state).toBe(row[treatment]);
  },
);

const treatment = fc.constantFrom(...TREATMENTS);
const sample = fc.constantFrom<Sample | undefined>('X', '0', undefined);
const alarm = fc.integer({ min: 1, max: 8 }).chain((evaluationPeriods) =>
  fc.record({
    evaluationPeriods: fc.constant(evaluationPeriods),
    datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
    treatMissingData: treatment,
  }),
);
const judged = alarm.chain((of) =>
  fc.record({
    alarm: fc.constant(of),
    range: fc.array(sample, { minLength: of.evaluationPeriods, maxLength: of.evaluationPeriods + 2 }),
  }),
);

test('Where there are N data points, the treatment of missing ones is never asked, and the newest N decide.', () => {
  fc.assert(
    fc.property(judged, treatment, ({ alarm: of, range }, other) => {
      const real = range.filter((point) => point !== undefined);
      fc.pre(real.length >= of.evaluationPeriods);
      const breaching = real.slice(-of.evaluationPeriods).filter((point) => point === 'X').length;
      const expected = breaching >= of.datapointsToAlarm ? 'ALARM' : 'OK';
      expect(judge(of, range).state).toBe(expected);
      expect(judge({ ...of, treatMissingData: other }, range).state).toBe(expected);
    }),
  );
});

test('A healthy data point that becomes a breaching one never ends an alarm.', () => {
  fc.assert(
    fc.property(judged, fc.nat(), ({ alarm: of, range }, at) => {
      const place = at % range.length;
      fc.pre(range[place] === '0' && judge(of, range).state === 'ALARM');
      const worse = range.map((point, index) => (index === place ? 'X' : point));
      expect(judge(of, worse).state).toBe('ALARM');
    }),
  );
});

test('Fewer data points to alarm never end an alarm.', () => {
  fc.assert(
    fc.property(judged, ({ alarm: of, range }) => {
      fc.pre(of.datapointsToAlarm > 1 && judge(of, range).state === 'ALARM');
      expect(judge({ ...of, datapointsToAlarm: of.datapointsToAlarm - 1 }, range).state).toBe('ALARM');
    }),
  );
});

test('N out of N needs every one: a single healthy data point among the judged ones is enough for OK.', () => {
  fc.assert(
    fc.property(judged, ({ alarm: of, range }) => {
      const every = { ...of, datapointsToAlarm: of.evaluationPeriods };
      const { healthy, state } = judge(every, range);
      fc.pre(healthy.length > 0);
      expect(state).toBe('OK');
    }),
  );
});

test('No data at all leaves each treatment its own state, and only `missing` knows of insufficient data.', () => {
  fc.assert(
    fc.property(judged, ({ alarm: of, range }) => {
      const { state, breaching, healthy } = judge(of, range);
      const isEmpty = breaching.length + healthy.length === 0;
      const empty = {
        missing: 'INSUFFICIENT_DATA',
        ignore: undefined,
        breaching: 'ALARM',
        notBreaching: 'OK',
      };
      if (isEmpty) expect(state).toBe(empty[of.treatMissingData]);
      else expect(state).not.toBe('INSUFFICIENT_DATA');
    }),
  );
});

test('At most N data points are judged, the newest first, and with those that are missing they are N.', () => {
  fc.assert(
    fc.property(judged, ({ alarm: of, range }) => {
      const numbered = range.map((point, index) => (point === undefined ? undefined : { point, index }));
      const isBreaching = ({ point }: { point: Sample }) => point === 'X';
      const { breaching, healthy, missing } = evaluate({ ...of, isBreaching }, numbered);
      expect(breaching.length + healthy.length + missing).toBe(of.evaluationPeriods);
      for (const points of [breaching, healthy]) {
        const places = points.map(({ index }) => index);
        expect(places).toEqual(places.toSorted((a, b) => b - a));
      }
    }),
  );
});
