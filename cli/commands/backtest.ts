import { createReadStream } from 'node:fs';
import path from 'node:path';
import { errorText, GlasshouseError } from '../../shared/errors.ts';
import { Backtest } from '../backtest/backtest.ts';
import type { Command } from '../command.ts';
import { readCsv } from '../csv.ts';
import { CommandError } from '../errors.ts';
import { quoted, type Terminal } from '../terminal.ts';

export const command: Command = {
  usage: ['backtest FILE.csv [options]', 'backtest - [options] < FILE.csv'],
  description: [
    'Scores a CSV file with the code that the function score-anomaly runs, as readings of one device',
    'in the order of the file. Prints the anomalies as a table, or with --json every row.',
    '',
    'The file needs a line with the names of its columns; the delimiter (comma, semicolon or tab) is',
    'found out. Times are ISO 8601, YYYY-MM-DD hh:mm:ss (UTC), or epoch seconds or milliseconds. A row',
    'that is not newer than the last one learned is late: it is scored, and nothing is learned from it.',
    'Rows that cannot be scored are skipped, named on stderr, and counted.',
  ],
  options: {
    column: {
      type: 'string',
      multiple: true,
      short: 'c',
      value: 'NAME',
      help: 'column to score, may be given more than once\n(default: value, else the only column of numbers)',
    },
    time: {
      type: 'string',
      short: 't',
      value: 'NAME',
      help: 'column of the time, or none to take the rows as they come\n(default: timestamp, time, date or ts, if there is one)',
    },
    mode: { type: 'string', value: 'MODE', help: 'robust, or classic as published (default: robust)' },
    T: { type: 'string', value: 'N', help: 'rows to warm up over (default: 30)' },
    alpha0: { type: 'string', value: 'X', help: 'weight of the past, between 0 and 1 (default: 0.95)' },
    beta: { type: 'string', value: 'X', help: 'weight that a probable row gains, 0 to 1 (default: 0.5)' },
    threshold: {
      type: 'string',
      value: 'P',
      help: 'a row this improbable or more is an anomaly (default: 0.002)',
    },
    json: { type: 'boolean', help: 'prints every row as one line of JSON, numbers unrounded' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'prints at most N lines; all are counted' },
  },
  examples: [
    ['backtest readings.csv', 'the column "value", with the defaults'],
    ['backtest wind.csv --column speed --column gusts --threshold 0.001', 'two columns, each for itself'],
    [`backtest readings.csv --json | jq -c 'select(.anomaly)'`, 'the anomalies, unrounded'],
    ['backtest - --mode classic --T 50 < readings.csv', 'from standard input, as published'],
  ],
  exitCodes: [
    [0, 'done, also when rows were skipped'],
    [1, 'the file cannot be read'],
    [2, 'wrongly called: an unknown option or column, or a value that cannot be'],
  ],
  async run(args, terminal) {
    const [file, ...more] = args.positionals;
    if (file === undefined) throw args.wrong('backtest needs a CSV file, or - for standard input');
    if (more.length > 0) throw args.wrong(`backtest takes one file; ${quoted(more.join(' '))} is too many`);
    const backtest = new Backtest(args, terminal);
    try {
      for await (const rows of readCsv(openFile(file, terminal))) await backtest.take(rows);
      await backtest.end();
    } catch (error) {
      throw describeFailure(file, error);
    }
    return undefined;
  },
};

function openFile(file: string, { stdin, cwd }: Terminal): AsyncIterable<string> {
  if (file === '-') return stdin.setEncoding('utf8');
  return createReadStream(path.resolve(cwd, file), { encoding: 'utf8', highWaterMark: 262_144 });
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : quoted(file, 200);
}

function describeFailure(file: string, error: unknown): unknown {
  if (error instanceof CommandError) {
    return new CommandError(error.code, `${nameOf(file)}: ${error.message}`, { cause: error });
  }
  if (error instanceof GlasshouseError || !(error instanceof Error) || !('code' in error)) return error;
  const reason =
    error.code === 'ENOENT'
      ? 'there is no such file'
      : error.code === 'EISDIR'
        ? 'it is a folder: name a CSV file'
        : errorText(error);
  return new CommandError('FILE_UNREADABLE', `${nameOf(file)} cannot be read: ${reason}`, { cause: error });
}
