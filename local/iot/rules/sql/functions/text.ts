import { isArray, toText } from '../conversions.ts';
import { isNumber, type SqlValue, toDouble } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { ofNumber, ofTexts, roundedDown } from './operands.ts';
import { textLimit } from './text-limit.ts';

const LAST_ASCII = 127;
const LAST_CODE_POINT = 0x10ffff;

/** Functions that make Strings of other values, or measure them. */
export const textFunctions: readonly SqlFunction[] = [
  ofNumber('chr', 'chr(Int)', (number, site) => {
    const code = toDouble(roundedDown(number, site));
    const last = site.switches.chrCodes === 'ascii' ? LAST_ASCII : LAST_CODE_POINT;
    return code < 0 || code > last ? undefined : String.fromCodePoint(code);
  }),
  {
    name: 'concat',
    signature: 'concat(value, …)',
    minArguments: 0,
    maxArguments: Infinity,
    evaluate: (_context, operands, site) => concatenate(operands, site),
  },
  {
    ...ofTexts('length', 'length(String)', ([text = ''], { switches }) =>
      switches.lengthUnits === 'utf16' ? text.length : Array.from(text).length,
    ),
    sinceVersion: '2016-03-23',
  },
  ofTexts('lower', 'lower(String)', ([text = '']) => text.toLowerCase()),
  {
    ...ofTexts('numbytes', 'numbytes(String)', ([text = '']) => Buffer.byteLength(text)),
    sinceVersion: '2016-03-23',
  },
  ofTexts('upper', 'upper(String)', ([text = '']) => text.toUpperCase()),
];

function concatenate(operands: readonly SqlValue[], { switches }: CallSite): SqlValue {
  const [first] = operands;
  if (operands.length === 0) return undefined;
  if (operands.length === 1) return switches.concatOne === 'text' ? scalarText(first) : first;
  if (operands.some(isArray)) return joinArrays(operands, switches);
  const hasText = operands.some((operand) => typeof operand === 'string');
  return hasText || switches.concatWithoutText === 'text' ? joinTexts(operands, switches) : undefined;
}

/** The example has "1" for 1; the table leaves a single argument as it is. */
function scalarText(operand: SqlValue): SqlValue {
  return isNumber(operand) || typeof operand === 'boolean' ? toText(operand) : operand;
}

/** One Array of all the arguments; the elements of those that are Arrays stand in it themselves. */
function joinArrays(operands: readonly SqlValue[], switches: CallSite['switches']): SqlValue {
  const defined = operands.filter((operand) => operand !== undefined);
  if (defined.length < operands.length && switches.concatNothing === 'undefined') return undefined;
  return defined.flatMap<SqlValue>((operand) => operand);
}

function joinTexts(operands: readonly SqlValue[], switches: CallSite['switches']): SqlValue {
  const texts = operands.map(toText).filter((text) => text !== undefined);
  if (texts.length < operands.length && switches.concatNothing === 'undefined') return undefined;
  textLimit(texts.reduce((length, text) => length + text.length, 0));
  return texts.join('');
}
