import type { ScoringSettings } from '../../shared/scoring-settings.ts';
import type { Arguments } from '../arguments.ts';
import type { CsvRow } from '../csv.ts';
import { CommandError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { chooseColumns, type Columns } from './columns.ts';
import { jsonLine, skipMessage, Table, Tally, type Line } from './report.ts';
import { readRow } from './row.ts';
import { Scorer } from './scorer.ts';
import { readSettings } from './settings.ts';

/** Rows that columns are guessed from. */
const SAMPLE_ROWS = 100;

/** Skipped rows that are named one by one; the others are in the summary. */
const NAMED_SKIPS = 100;

interface Scoring {
  readonly columns: Columns;
  readonly scorer: Scorer;
  readonly table: Table;
}

/** One run over a file: its first rows tell the columns, then all are scored, one after the other. */
export class Backtest {
  readonly #args: Arguments;
  readonly #terminal: Terminal;
  readonly #settings: ScoringSettings;
  readonly #asJson: boolean;
  readonly #limit: number;
  readonly #tally = new Tally();
  #header: readonly string[] | undefined;
  #sample: CsvRow[] = [];
  #scoring: Scoring | undefined;
  #index = 0;
  #printed = 0;
  #out = '';
  #err = '';

  /** @throws UsageError when an option's value cannot be. */
  constructor(args: Arguments, terminal: Terminal) {
    this.#args = args;
    this.#terminal = terminal;
    this.#settings = readSettings(args);
    this.#asJson = args.flag('json');
    this.#limit = args.count('limit') ?? Infinity;
  }

  /** Takes the next rows, the header first; resolves when what they gave is written. */
  async take(rows: readonly CsvRow[]): Promise<void> {
    for (const row of rows) {
      if (this.#scoring !== undefined) {
        this.#score(row, this.#scoring);
      } else if (this.#header === undefined) {
        this.#header = row.cells;
      } else {
        this.#sample.push(row);
        if (this.#sample.length === SAMPLE_ROWS) this.#begin(this.#header);
      }
    }
    await this.#flush();
  }

  /** Scores what is still kept back, and sums up. */
  async end(): Promise<void> {
    if (this.#header === undefined) {
      throw new CommandError(
        'CSV_EMPTY',
        'there is nothing in it: a line with the names of its columns is needed',
      );
    }
    if (this.#scoring === undefined) this.#begin(this.#header);
    await this.#flush();
    const { out, err } = this.#terminal;
    const unnamed = this.#tally.skipped - NAMED_SKIPS;
    if (unnamed > 0) await err.line(`glasshouse: ${unnamed} more skipped`);
    if (this.#asJson) return err.line(this.#tally.summary());
    return out.line(`${this.#printed > 0 ? '\n' : ''}${this.#tally.summary()}`);
  }

  /** Chooses the columns, then scores the rows that were kept back for it. */
  #begin(header: readonly string[]): void {
    const sample = this.#sample;
    const columns = chooseColumns(
      header,
      sample.map(({ cells }) => cells),
      this.#args,
    );
    const names = columns.values.map(({ name }) => name);
    const scorer = new Scorer(names.length, this.#settings);
    const scoring: Scoring = { columns, scorer, table: new Table(names) };
    this.#scoring = scoring;
    this.#sample = [];
    for (const row of sample) this.#score(row, scoring);
  }

  #score({ line, cells }: CsvRow, { columns, scorer, table }: Scoring): void {
    const index = this.#index;
    this.#index += 1;
    const reading = readRow(cells, columns);
    if ('reason' in reading) {
      this.#tally.skip(line, reading);
      if (this.#tally.skipped <= NAMED_SKIPS) this.#err += `glasshouse: ${skipMessage(line, reading)}\n`;
      return;
    }
    const { scores, late } = scorer.score(reading);
    this.#tally.scored(scores, late);
    const { timeMs } = reading;
    for (const [at, score] of scores.entries()) {
      if (!this.#asJson && !score.anomaly) continue;
      const column = scores.length > 1 ? columns.values[at]?.name : undefined;
      this.#print({ index, timeMs, column, score, late }, table);
    }
  }

  #print(line: Line, table: Table): void {
    if (this.#printed >= this.#limit) return;
    if (!this.#asJson && this.#printed === 0)
      this.#out += `${this.#terminal.out.paint('bold', table.head)}\n`;
    this.#printed += 1;
    this.#out += `${this.#asJson ? jsonLine(line) : table.row(line)}\n`;
  }

  async #flush(): Promise<void> {
    const out = this.#out;
    const err = this.#err;
    this.#out = '';
    this.#err = '';
    if (err !== '') await this.#terminal.err.write(err);
    if (out !== '') await this.#terminal.out.write(out);
  }
}
