import type { ColumnResult, ScoredResult } from '../../dashboard/result.ts';
import type { Point } from '../../dashboard/series.ts';

/** 2026-11-21T10:00:00Z. */
export const START_MS = Date.UTC(2026, 10, 21, 10);

type Changes = Partial<ColumnResult> & {
  device?: string;
  time?: string | null;
  late?: boolean;
  columns?: readonly string[];
};

/** A result of `anom/pred`, with what a test wants different. */
export function message(changes: Changes = {}): ScoredResult {
  const {
    device = 'demo',
    time = '2026-11-21T10:00:00.000Z',
    late = false,
    columns = ['value'],
    ...scores
  } = changes;
  const column: ColumnResult = {
    value: 20,
    mean: 19.5,
    std: 1,
    lower: 16.2,
    upper: 22.8,
    z: 0.5,
    probability: 0.35,
    alpha: 0.95,
    anomaly: false,
    warmingUp: false,
    ...scores,
  };
  return {
    reading: { device },
    device,
    time,
    anomaly: column.anomaly,
    late,
    settings: { T: 30, alpha0: 0.95, beta: 0.5, threshold: 0.002, mode: 'robust' },
    columns: Object.fromEntries(columns.map((name) => [name, column])),
  };
}

export function point(time: number, changes: Partial<Point> = {}): Point {
  return {
    time,
    value: 20,
    mean: 19.5,
    lower: 16.2,
    upper: 22.8,
    z: 0.5,
    probability: 0.35,
    anomaly: false,
    warmingUp: false,
    late: false,
    ...changes,
  };
}
