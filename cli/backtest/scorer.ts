import {
  columnScore,
  EMPTY_STATE,
  Pewma,
  type ColumnScore,
  type PewmaSettings,
  type PewmaState,
} from '../../functions/score-anomaly/pewma.ts';
import type { Reading } from './row.ts';

export interface ScoredRow {
  /** In the order of the columns. */
  readonly scores: readonly ColumnScore[];
  /** Its time is not newer than one already learned: it was scored, but nothing was learned from it. */
  readonly late: boolean;
}

/** The function keeps what is closer to zero than this as zero: DynamoDB refuses it otherwise. */
const SMALLEST_STORED = 1e-130;

/**
 * Scores the rows of one device one after the other, with the function's own PEWMA and its own rules of
 * time: what is not newer than the last row learned is scored and not learned, and that last row once more
 * is held against what it was held against the first time.
 *
 * It is the function's `decide` without the objects that a store needs, which is what makes a million rows
 * a matter of seconds; the tests hold the two against each other.
 */
export class Scorer {
  readonly #settings: PewmaSettings;
  readonly #columns: Pewma[];
  #last: { readonly reading: Reading; readonly before: readonly PewmaState[] } | undefined;

  constructor(columnCount: number, settings: PewmaSettings) {
    this.#settings = settings;
    this.#columns = Array.from({ length: columnCount }, () => new Pewma(settings));
  }

  score(reading: Reading): ScoredRow {
    const { timeMs, values } = reading;
    const lastTimeMs = this.#last?.reading.timeMs;
    if (timeMs !== undefined && lastTimeMs !== undefined && timeMs <= lastTimeMs) {
      return { scores: this.#scoreOnly(reading), late: true };
    }
    const before = timeMs === undefined ? [] : this.#columns.map((pewma) => pewma.state());
    this.#last = { reading, before };
    const scores = this.#columns.map((pewma, index) => {
      const value = values[index] ?? Number.NaN;
      pewma.update(value);
      const score = columnScore(pewma, value);
      if (Math.abs(pewma.mean) < SMALLEST_STORED) pewma.mean = 0;
      if (pewma.variance < SMALLEST_STORED) pewma.variance = 0;
      return score;
    });
    return { scores, late: false };
  }

  #scoreOnly({ timeMs, values }: Reading): ColumnScore[] {
    const last = this.#last;
    const isSame =
      last?.reading.timeMs === timeMs &&
      values.every((value, index) => value === last?.reading.values[index]);
    return values.map((value, index) => {
      const state = isSame ? last?.before[index] : this.#columns[index]?.state();
      const pewma = new Pewma(this.#settings, state ?? EMPTY_STATE);
      pewma.update(value);
      return columnScore(pewma, value);
    });
  }
}
