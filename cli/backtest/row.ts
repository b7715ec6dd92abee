import { MAX_MAGNITUDE } from '../../functions/score-anomaly/pewma.ts';
import { parseEventTime } from '../../shared/event-time.ts';
import { quoted } from '../terminal.ts';
import type { Columns } from './columns.ts';

/** A row that can be scored. */
export interface Reading {
  /** Milliseconds since the epoch; undefined where the file has no time. */
  readonly timeMs: number | undefined;
  /** In the order of the columns. */
  readonly values: readonly number[];
}

/** Why a row cannot be scored. */
export interface Unscorable {
  /** The same for all rows of which the same is wrong: they are counted under it. */
  readonly reason: string;
  /** The cell that is wrong, where it is a cell. */
  readonly cell?: string;
}

/** What is closer to zero than this the function scores as zero: DynamoDB cannot hold it. */
const MIN_MAGNITUDE = 1e-120;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Whether text, without space around it, is a decimal number. `0x10`, `Infinity` and `1,5` are not. */
export function isNumeric(text: string): boolean {
  return NUMBER.test(text);
}

/** Reads a row by the rules that the function reads a message by. */
export function readRow(cells: readonly string[], columns: Columns): Reading | Unscorable {
  const { width, time } = columns;
  if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '')) {
    return { reason: `it has more cells than the header, which has ${width}` };
  }
  let timeMs: number | undefined;
  if (time !== undefined) {
    const cell = cells[time.index] ?? '';
    if (cell.trim() === '') return { reason: `the time ${quoted(time.name)} is empty` };
    timeMs = parseEventTime(cell);
    if (timeMs === undefined) return { reason: `the time ${quoted(time.name)} is not one`, cell };
  }
  const values: number[] = [];
  for (const { name, index } of columns.values) {
    const cell = cells[index] ?? '';
    const text = cell.trim();
    if (text === '') return { reason: `the column ${quoted(name)} is empty` };
    if (!isNumeric(text)) return { reason: `the column ${quoted(name)} is not a number`, cell };
    const value = Number(text);
    const magnitude = Math.abs(value);
    if (magnitude > MAX_MAGNITUDE) {
      return { reason: `the column ${quoted(name)} is beyond ±${MAX_MAGNITUDE}`, cell };
    }
    values.push(magnitude < MIN_MAGNITUDE ? 0 : value);
  }
  return { timeMs, values };
}
