import { createReadStream } from 'node:fs';
import { readCsv, type CsvRow } from '../csv.ts';
import { CommandError } from '../errors.ts';
import { quoted } from '../terminal.ts';
import { fileFailure } from '../file-failure.ts';
import type { OnboardResult } from './onboard.ts';
import { readHeader, readRow, type Header, type WantedDevice } from './read-plan.ts';

/** More are onboarded in parts: all rows are in memory, and a day's worth of throttled calls. */
const MAX_ROWS = 100_000;

/**
 * Reads the whole file before anything is done: a column that is not known must not come to light half way.
 *
 * @returns the devices that it asks for, and the rows that cannot be used
 * @throws CommandError ONBOARD_COLUMNS, FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_LONG
 */
export async function readPlanFile(file: string) {
  const wanted: WantedDevice[] = [];
  const unusable: OnboardResult[] = [];
  let header: Header | undefined;
  try {
    for await (const rows of readCsv(createReadStream(file, { encoding: 'utf8' }))) {
      for (const row of rows) {
        if (header === undefined) header = readHeader(row);
        else take(readRow(header, row), row);
      }
    }
  } catch (error) {
    if (error instanceof CommandError) {
      throw new CommandError(error.code, `${quoted(file, 200)}: ${error.message}`, { cause: error });
    }
    throw new CommandError('FILE_UNREADABLE', `${quoted(file, 200)} cannot be read: ${fileFailure(error)}`, {
      cause: error,
    });
  }
  if (header === undefined) throw new CommandError('FILE_EMPTY', `${quoted(file, 200)} is empty`);
  return { wanted, unusable };

  function take(read: WantedDevice | string, { line }: CsvRow): void {
    if (typeof read === 'string')
      unusable.push({ line, outcome: 'failed', certificateFile: '', reason: read });
    else wanted.push(read);
    if (wanted.length + unusable.length > MAX_ROWS) {
      throw new CommandError('FILE_TOO_LONG', `it has more than ${MAX_ROWS} rows: divide it`);
    }
  }
}
