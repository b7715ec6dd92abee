import { ANOMALY, LATE, WARMING_UP, type Series } from './series.ts';

/** Undefined: the line goes on past it. Null: the line is broken here. */
export type Cell = number | null | undefined;

/** One series as it is drawn: all arrays of one length, in order of time. */
export interface PlotData {
  /** Milliseconds since the epoch. */
  readonly times: number[];
  readonly value: Cell[];
  readonly mean: Cell[];
  readonly lower: Cell[];
  readonly upper: Cell[];
  /** Values of late readings: they were not learned from, and stand beside the line. */
  readonly late: Cell[];
  readonly z: Cell[];
  readonly probability: Cell[];
  /** Indices of the points that are anomalies. */
  readonly anomalies: number[];
  /** Spans of time in which the scorer was warming up. */
  readonly warmUps: { from: number; to: number }[];
  /** Readings, without the empty places that break the lines. */
  readonly points: number;
  readonly bandPoints: number;
  readonly gaps: number;
}

/** A gap is this many usual steps long, */
const GAP_STEPS = 5;
/** and this many times longer than nearly all steps, so that readings which come in bursts stay one line. */
const GAP_LONG_STEPS = 2;

/** Lays a series out for drawing; a line is broken where readings are missing. */
export function plotData(series: Series): PlotData {
  const [times, values, means] = [series.view('time'), series.view('value'), series.view('mean')];
  const [lowers, uppers] = [series.view('lower'), series.view('upper')];
  const [zs, probabilities, flags] = [series.view('z'), series.view('probability'), series.flags()];
  const longestStep = gapLimitMs(times, flags);
  const plot = {
    times: new Array<number>(),
    value: new Array<Cell>(),
    mean: new Array<Cell>(),
    lower: new Array<Cell>(),
    upper: new Array<Cell>(),
    late: new Array<Cell>(),
    z: new Array<Cell>(),
    probability: new Array<Cell>(),
    anomalies: new Array<number>(),
    warmUps: new Array<{ from: number; to: number }>(),
    points: times.length,
    bandPoints: 0,
    gaps: 0,
  };
  let previous: number | undefined;
  let warmUp: { from: number; to: number } | undefined;
  for (let index = 0; index < times.length; index += 1) {
    const time = times[index] ?? 0;
    const flag = flags[index] ?? 0;
    const isLate = (flag & LATE) !== 0;
    if (!isLate) {
      if (previous !== undefined && time - previous > longestStep) {
        plot.gaps += 1;
        append(plot, (previous + time) / 2, null);
        warmUp = undefined;
      }
      previous = time;
      if ((flag & WARMING_UP) === 0) warmUp = undefined;
      else if (warmUp === undefined) plot.warmUps.push((warmUp = { from: time, to: time }));
      if (warmUp !== undefined) warmUp.to = time;
    }
    if ((flag & ANOMALY) !== 0) plot.anomalies.push(plot.times.length);
    append(plot, time, undefined);
    const at = plot.times.length - 1;
    plot.z[at] = known(zs[index]);
    plot.probability[at] = known(probabilities[index]);
    if (isLate) {
      plot.late[at] = values[index];
      continue;
    }
    plot.value[at] = values[index];
    plot.mean[at] = known(means[index]);
    plot.lower[at] = known(lowers[index]);
    plot.upper[at] = known(uppers[index]);
    if (plot.lower[at] !== null && plot.upper[at] !== null) plot.bandPoints += 1;
  }
  return plot;
}

/** How far two readings may stand apart and still be joined by a line, in milliseconds. */
export function gapLimitMs(times: ArrayLike<number>, flags: ArrayLike<number>): number {
  const steps = new Float64Array(times.length);
  let count = 0;
  let previous: number | undefined;
  for (let index = 0; index < times.length; index += 1) {
    if (((flags[index] ?? 0) & LATE) !== 0) continue;
    const time = times[index] ?? 0;
    if (previous !== undefined) {
      steps[count] = time - previous;
      count += 1;
    }
    previous = time;
  }
  // Three steps are the fewest of which one can be called unusual.
  if (count < 3) return Number.POSITIVE_INFINITY;
  const sorted = steps.subarray(0, count).sort();
  const usual = sorted[Math.floor((count - 1) / 2)] ?? 0;
  const long = sorted[Math.floor((count - 1) * 0.95)] ?? 0;
  return Math.max(GAP_STEPS * usual, GAP_LONG_STEPS * long);
}

type Lines = Pick<PlotData, 'times' | 'value' | 'mean' | 'lower' | 'upper' | 'late' | 'z' | 'probability'>;

function append(plot: Lines, time: number, cell: null | undefined): void {
  plot.times.push(time);
  plot.value.push(cell);
  plot.mean.push(cell);
  plot.lower.push(cell);
  plot.upper.push(cell);
  plot.late.push(undefined);
  plot.z.push(cell);
  plot.probability.push(cell);
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
