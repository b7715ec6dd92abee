import { abs, ceil, floor, roundHalfAwayFromZero, truncate } from '../arithmetic.ts';
import { toNumber } from '../conversions.ts';
import { asDecimal, compareNumbers, isInt, isNumber, type SqlNumber, type SqlValue } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { clamped, ofNumber, roundedDown } from './operands.ts';

/** Decimal places that are left at most. Source: the reference of trunc. */
const MAX_PLACES = 34;

/** Functions that keep or cut the digits of a number, with all 34 of them. */
export const roundingFunctions: readonly SqlFunction[] = [
  ofNumber('abs', 'abs(Decimal)', absolute),
  ofNumber('ceil', 'ceil(Decimal)', ceil),
  ofNumber('floor', 'floor(Decimal)', floor),
  ofNumber('round', 'round(Decimal)', (number, { switches }, operand) =>
    typeof operand === 'string' && switches.roundText === 'down'
      ? floor(number)
      : roundHalfAwayFromZero(number),
  ),
  ofNumber('sign', 'sign(Decimal)', (number) => compareNumbers(number, 0)),
  {
    name: 'trunc',
    signature: 'trunc(Decimal, Int)',
    minArguments: 2,
    maxArguments: 2,
    evaluate: (_context, [operand, places], site) => {
      const number = toNumber(operand);
      const kept = toPlaces(places, site);
      return number === undefined || kept === undefined ? undefined : truncate(number, kept);
    },
  },
];

/** A Decimal of 2015-10-08 stays one: 5.0 for -5.0. */
function absolute(number: SqlNumber): SqlNumber {
  return isInt(number) ? abs(number) : asDecimal(abs(number));
}

function toPlaces(places: SqlValue, site: CallSite): number | undefined {
  if (!isNumber(places) && site.switches.truncTextPlaces === 'undefined') return undefined;
  const number = toNumber(places);
  return number === undefined ? undefined : clamped(roundedDown(number, site), 0, MAX_PLACES);
}
