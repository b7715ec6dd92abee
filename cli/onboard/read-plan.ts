import type { CsvRow } from '../csv.ts';
import { CommandError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

/** One device that the file asks for. */
export interface WantedDevice {
  /** Of the file, counted from 1. */
  readonly line: number;
  /** Path of the certificate in PEM, as it is written. */
  readonly certificateFile: string;
  /** Undefined: the common name of the certificate. */
  readonly thingName: string | undefined;
  readonly thingTypeName: string | undefined;
  readonly thingGroupNames: readonly string[];
  readonly billingGroupName: string | undefined;
  readonly policyName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The columns by their names in the file. */
const COLUMNS = ['certificate', 'thing', 'type', 'group', 'billing-group', 'policy'] as const;
type Column = (typeof COLUMNS)[number];

const ATTRIBUTE = /^attribute:(.+)$/;

/** Which cell of a row is what. */
export interface Header {
  readonly columns: ReadonlyMap<Column, number>;
  readonly attributes: ReadonlyMap<string, number>;
}

/**
 * Reads the first record of the file.
 *
 * @throws CommandError ONBOARD_COLUMNS for a column that is not known, is there twice or is missing
 */
export function readHeader({ line, cells }: CsvRow): Header {
  const columns = new Map<Column, number>();
  const attributes = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim();
    const attribute = ATTRIBUTE.exec(name)?.[1];
    const column = COLUMNS.find((one) => one === name.toLowerCase());
    const isTwice =
      attribute === undefined ? column !== undefined && columns.has(column) : attributes.has(attribute);
    if (isTwice) throw wrongColumns(line, `the column ${quoted(name)} is there twice`);
    if (attribute !== undefined) attributes.set(attribute, index);
    else if (column !== undefined) columns.set(column, index);
    else {
      throw wrongColumns(
        line,
        `there is no column ${quoted(name)}${didYouMean(name, COLUMNS)}; those are ${COLUMNS.join(', ')} and attribute:NAME`,
      );
    }
  }
  if (!columns.has('certificate')) throw wrongColumns(line, 'the column "certificate" is missing');
  return { columns, attributes };
}

/**
 * Reads a row; cells that are empty say nothing. Several groups are divided by `|`.
 *
 * @returns a text where the row cannot be used: what is wrong with it
 */
export function readRow({ columns, attributes }: Header, { line, cells }: CsvRow): WantedDevice | string {
  const width = columns.size + attributes.size;
  if (cells.length !== width) return `it has ${cells.length} cells, and the header ${width}`;
  const cell = (column: Column): string | undefined => {
    const index = columns.get(column);
    return (index === undefined ? undefined : cells[index]?.trim()) || undefined;
  };
  const certificateFile = cell('certificate');
  if (certificateFile === undefined) return 'it names no certificate';
  const given = [...attributes].map(([name, index]) => [name, cells[index]?.trim() ?? ''] as const);
  return {
    line,
    certificateFile,
    thingName: cell('thing'),
    thingTypeName: cell('type'),
    thingGroupNames: (cell('group') ?? '').split('|').flatMap((name) => name.trim() || []),
    billingGroupName: cell('billing-group'),
    policyName: cell('policy'),
    attributes: Object.fromEntries(given.filter(([, value]) => value !== '')),
  };
}

function wrongColumns(line: number, why: string): CommandError {
  return new CommandError('ONBOARD_COLUMNS', `line ${line}: ${why}`);
}
