import type { ColumnScore } from '../../functions/score-anomaly/pewma.ts';
import { counted, quoted } from '../terminal.ts';
import type { Unscorable } from './row.ts';

/** One score of one row. */
export interface Line {
  /** Number of the data row, from 0. */
  readonly index: number;
  readonly timeMs: number | undefined;
  /** Undefined where only one column is scored. */
  readonly column: string | undefined;
  readonly score: ColumnScore;
  readonly late: boolean;
}

/** One line of NDJSON, with the numbers as they are. */
export function jsonLine({ index, timeMs, column, score, late }: Line): string {
  const { value, mean, std, lower, upper, z, probability, alpha, anomaly, warmingUp } = score;
  return JSON.stringify({
    index,
    time: isoTime(timeMs),
    ...(column === undefined ? {} : { column }),
    value,
    mean,
    std,
    lower,
    upper,
    z,
    probability,
    alpha,
    anomaly,
    warmingUp,
    ...(late ? { late } : {}),
  });
}

/**
 * A table that is printed while it is made: its widths are known before its rows. Numbers are rounded for
 * reading.
 */
export class Table {
  readonly #columnWidth: number;

  /** @param columns the names that a row is told apart by; one alone has no need of it. */
  constructor(columns: readonly string[]) {
    this.#columnWidth =
      columns.length > 1 ? Math.max('column'.length, ...columns.map((name) => name.length)) : 0;
  }

  get head(): string {
    return this.#row('index', 'time', 'column', ['value', 'mean', 'lower', 'upper', 'z', 'probability'], '');
  }

  row({ index, timeMs, column = '', score, late }: Line): string {
    const { value, mean, lower, upper, z, probability } = score;
    const numbers = [value, mean, lower, upper, z, probability].map(rounded);
    return this.#row(String(index), isoTime(timeMs) ?? '-', column, numbers, late ? 'late' : '');
  }

  #row(index: string, time: string, column: string, numbers: readonly string[], note: string): string {
    const cells = [index.padStart(9), time.padEnd(24)];
    if (this.#columnWidth > 0) cells.push(column.padEnd(this.#columnWidth));
    cells.push(...numbers.map((number) => number.padStart(11)), note);
    return cells.join('  ').trimEnd();
  }
}

/** Six digits that mean something. */
export function rounded(value: number | null): string {
  if (value === null) return '-';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) return value.toExponential(3);
  return String(Number(value.toPrecision(6)));
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}

/** Lines of skipped rows that the summary names for each reason. */
const NAMED_LINES = 5;

/** Counts what came of the rows. */
export class Tally {
  #rows = 0;
  #late = 0;
  #scores = 0;
  #anomalies = 0;
  #warmingUp = 0;
  #skipped = 0;
  readonly #reasons = new Map<string, { count: number; readonly lines: number[] }>();

  get anomalies(): number {
    return this.#anomalies;
  }

  get skipped(): number {
    return this.#skipped;
  }

  scored(scores: readonly ColumnScore[], late: boolean): void {
    this.#rows += 1;
    if (late) this.#late += 1;
    for (const { anomaly, warmingUp } of scores) {
      this.#scores += 1;
      if (anomaly) this.#anomalies += 1;
      if (warmingUp) this.#warmingUp += 1;
    }
  }

  skip(line: number, { reason }: Unscorable): void {
    this.#rows += 1;
    this.#skipped += 1;
    const entry = this.#reasons.get(reason) ?? { count: 0, lines: [] };
    this.#reasons.set(reason, entry);
    entry.count += 1;
    if (entry.lines.length < NAMED_LINES) entry.lines.push(line);
  }

  summary(): string {
    const share = this.#scores === 0 ? 0 : (100 * this.#anomalies) / this.#scores;
    const parts = [
      counted(this.#rows, 'row'),
      `${counted(this.#anomalies, 'anomaly', 'anomalies')} (${rounded(Number(share.toPrecision(3)))} %)`,
      `${this.#warmingUp.toLocaleString('en-GB')} warming up`,
    ];
    if (this.#late > 0) parts.push(`${this.#late.toLocaleString('en-GB')} late`);
    const reasons = [...this.#reasons].map(([reason, { count, lines }]) => {
      const more = count > lines.length ? ', …' : '';
      return `${reason}: line${count === 1 ? '' : 's'} ${lines.join(', ')}${more}`;
    });
    const detail = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
    parts.push(`${this.#skipped.toLocaleString('en-GB')} skipped${detail}`);
    return parts.join(', ');
  }
}

/** What is said of a row that is skipped. */
export function skipMessage(line: number, { reason, cell }: Unscorable): string {
  return `line ${line} skipped: ${reason}${cell === undefined ? '' : `: ${quoted(cell)}`}`;
}
