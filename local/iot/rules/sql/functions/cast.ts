import { toBoolean, toText } from '../conversions.ts';
import { compareNumbers, fromDouble, isNumber, type SqlNumber, type SqlValue, toDouble } from '../values.ts';
import type { SqlVersion } from '../version.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { decimalResult, readDecimal, roundedDown } from './operands.ts';

type Cast = (value: SqlValue, site: CallSite) => SqlValue;

/** The types by their names in lower case. Source: the keyword tables of cast. */
const casts: ReadonlyMap<string, { readonly since: SqlVersion; readonly cast: Cast }> = new Map([
  ['string', { since: '2015-10-08', cast: toText }],
  ['nvarchar', { since: '2015-10-08', cast: toText }],
  ['text', { since: '2015-10-08', cast: toText }],
  ['ntext', { since: '2015-10-08', cast: toText }],
  ['varchar', { since: '2015-10-08', cast: toText }],
  ['int', { since: '2015-10-08', cast: castToInt }],
  ['integer', { since: '2015-10-08', cast: castToInt }],
  ['double', { since: '2015-10-08', cast: castToDouble }],
  ['decimal', { since: '2016-03-23', cast: castToDecimal }],
  ['bool', { since: '2016-03-23', cast: castToBoolean }],
  ['boolean', { since: '2016-03-23', cast: castToBoolean }],
]);

/** Conversions as everywhere, and between numbers and Booleans besides. */
export const castFunctions: readonly SqlFunction[] = [
  {
    name: 'cast',
    signature: 'cast(value as type)',
    minArguments: 2,
    maxArguments: 2,
    castTypes: new Map([...casts].map(([type, { since }]) => [type, since])),
    evaluate: (_context, [value, type], site) => {
      const entry = typeof type === 'string' ? casts.get(type.toLowerCase()) : undefined;
      return entry?.cast(value, site);
    },
  },
];

function castToInt(value: SqlValue, site: CallSite): SqlValue {
  const number = castToDecimal(value, site);
  return number === undefined ? undefined : roundedDown(number, site);
}

/** The reference makes 1.0 of true; an Int stays without a decimal point. */
function castToDecimal(value: SqlValue, site: CallSite): SqlNumber | undefined {
  return typeof value === 'boolean' ? decimalResult(Number(value), site) : readDecimal(value, site);
}

function castToDouble(value: SqlValue, site: CallSite): SqlValue {
  const decimal = castToDecimal(value, site);
  if (decimal === undefined || typeof decimal === 'number' || decimal.isWholeDecimal) return decimal;
  return fromDouble(toDouble(decimal));
}

function castToBoolean(value: SqlValue): SqlValue {
  return isNumber(value) ? compareNumbers(value, 0) !== 0 : toBoolean(value);
}
