import { CommandError } from './errors.ts';

/** One record. Its line is where it begins, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Longest record, in characters. What is longer is a quote that nobody closed. */
const MAX_RECORD_LENGTH = 1_048_576;

interface ReadRecord {
  readonly cells: string[];
  /** Where the next record begins. */
  readonly end: number;
  readonly lineBreaks: number;
  /** Whether a quote stands where RFC 4180 has none: in the middle of a cell. */
  readonly stray: boolean;
}

/**
 * Reads CSV piece by piece, in memory that does not grow with the file: RFC 4180, and what programs write
 * in spite of it (a byte order mark, LF alone, `;` or tab as the delimiter, a quote inside an unquoted
 * cell). Blank lines are no records. The delimiter is the one that splits the first record best.
 */
export class CsvParser {
  #delimiter: Delimiter | undefined;
  #text = '';
  #line = 1;
  #begun = false;

  constructor(delimiter?: Delimiter) {
    this.#delimiter = delimiter;
  }

  /**
   * Takes the next piece of the text; returns the records that it completes.
   *
   * @throws CommandError with the code CSV_RECORD_TOO_LONG
   */
  push(piece: string): CsvRow[] {
    this.#text += piece;
    return this.#read(false);
  }

  /**
   * Returns the last record, if the text does not end with a line break.
   *
   * @throws CommandError with the code CSV_QUOTE_OPEN
   */
  end(): CsvRow[] {
    return this.#read(true);
  }

  #read(ended: boolean): CsvRow[] {
    if (!this.#begun && this.#text.length > 0) {
      this.#begun = true;
      if (this.#text.startsWith('\ufeff')) this.#text = this.#text.slice(1);
    }
    const rows: CsvRow[] = [];
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const blank = blankLineEnd(text, at, ended);
      if (blank !== undefined) {
        at = blank;
        this.#line += 1;
        continue;
      }
      const record = this.#record(text, at, ended);
      if (record === undefined) break;
      rows.push({ line: this.#line, cells: record.cells });
      at = record.end;
      this.#line += record.lineBreaks;
    }
    this.#text = text.slice(at);
    if (this.#text.length > MAX_RECORD_LENGTH) {
      throw new CommandError(
        'CSV_RECORD_TOO_LONG',
        `the record that begins in line ${this.#line} is longer than a million characters: look there for a quote that is not closed`,
      );
    }
    if (ended && this.#text.length > 0) {
      throw new CommandError(
        'CSV_QUOTE_OPEN',
        `the record that begins in line ${this.#line} opens a quote that the file never closes: close it, or double it if it is text`,
      );
    }
    return rows;
  }

  #record(text: string, at: number, ended: boolean): ReadRecord | undefined {
    if (this.#delimiter === undefined) {
      const found = detectDelimiter(text, at, ended);
      if (found === undefined) return undefined;
      this.#delimiter = found;
    }
    const newline = text.indexOf('\n', at);
    if (newline !== -1) {
      const line = text.slice(at, text[newline - 1] === '\r' ? newline - 1 : newline);
      if (!line.includes('"')) {
        return { cells: line.split(this.#delimiter), end: newline + 1, lineBreaks: 1, stray: false };
      }
    }
    return readRecord(text, at, this.#delimiter, ended);
  }
}

/** Reads all records of a text that comes in pieces, a batch for each piece. */
export async function* readCsv(pieces: AsyncIterable<string>): AsyncGenerator<CsvRow[]> {
  const parser = new CsvParser();
  for await (const piece of pieces) yield parser.push(piece);
  yield parser.end();
}

/** Where the line after a blank one begins; undefined when this one is not blank, or not known to be. */
function blankLineEnd(text: string, at: number, ended: boolean): number | undefined {
  if (text[at] === '\n') return at + 1;
  if (text[at] !== '\r') return undefined;
  if (text[at + 1] === '\n') return at + 2;
  return ended && at + 1 === text.length ? at + 1 : undefined;
}

/** Undefined when the first record is not complete yet, so that nothing can be said. */
function detectDelimiter(text: string, at: number, ended: boolean): Delimiter | undefined {
  let best: { readonly delimiter: Delimiter; readonly record: ReadRecord } | undefined;
  for (const delimiter of DELIMITERS) {
    const record = readRecord(text, at, delimiter, ended);
    if (record === undefined) {
      // One that sees a quote never close is wrong, unless more of the text can close it.
      if (ended || text.length - at > MAX_RECORD_LENGTH) continue;
      return undefined;
    }
    if (best === undefined || splitsBetter(record, best.record)) best = { delimiter, record };
  }
  return best?.delimiter ?? ',';
}

function splitsBetter(one: ReadRecord, other: ReadRecord): boolean {
  if (one.stray !== other.stray) return other.stray;
  return one.cells.length > other.cells.length;
}

/** Reads one record, cell by cell; undefined when the text ends before it does. */
function readRecord(
  text: string,
  from: number,
  delimiter: Delimiter,
  ended: boolean,
): ReadRecord | undefined {
  const cells: string[] = [];
  let at = from;
  let lineBreaks = 0;
  let stray = false;
  for (;;) {
    let quotedPart = '';
    const isQuoted = text[at] === '"';
    if (isQuoted) {
      const quoted = readQuoted(text, at, ended);
      if (quoted === undefined) return undefined;
      quotedPart = quoted.content;
      lineBreaks += countLineBreaks(quotedPart);
      at = quoted.end;
    }
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at += 1;
    if (at === text.length && !ended) return undefined;
    const isLast = text[at] !== delimiter;
    let rest = text.slice(start, at);
    if (isLast && rest.endsWith('\r')) rest = rest.slice(0, -1);
    stray ||= rest.includes('"') || (isQuoted && rest !== '');
    cells.push(quotedPart + rest);
    if (isLast) {
      const breaks = at < text.length ? 1 : 0;
      return { cells, end: at + breaks, lineBreaks: lineBreaks + breaks, stray };
    }
    at += 1;
  }
}

/** Reads the quoted part of a cell, from its opening quote to behind its closing one. */
function readQuoted(
  text: string,
  open: number,
  ended: boolean,
): { content: string; end: number } | undefined {
  let content = '';
  let at = open + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return undefined;
    content += text.slice(at, quote);
    // The next piece may begin with the second half of a doubled quote.
    if (quote + 1 === text.length && !ended) return undefined;
    if (text[quote + 1] !== '"') return { content, end: quote + 1 };
    content += '"';
    at = quote + 2;
  }
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
