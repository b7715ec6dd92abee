import { toNumber } from '../conversions.ts';
import { fromBigInt, type SqlNumber, type SqlValue, toBigInt } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { ofNumbers, roundedDown } from './operands.ts';

/** Functions of the bits of Ints. Negative Ints have the bits of two's complement, without an end to the left. */
export const bitFunctions: readonly SqlFunction[] = [
  ofInts('bitand', (left, right) => left & right),
  ofInts('bitor', (left, right) => left | right),
  ofInts('bitxor', (left, right) => left ^ right),
  {
    name: 'bitnot',
    signature: 'bitnot(Int)',
    minArguments: 1,
    maxArguments: 1,
    evaluate: (_context, [operand], site) => {
      const number = toNumber(operand);
      if (number !== undefined) return complement(number, site);
      const isOther = typeof operand !== 'string' && site.switches.bitnotOther === 'unchanged';
      return isOther ? operand : undefined;
    },
  },
];

function ofInts(name: string, calculate: (left: bigint, right: bigint) => bigint): SqlFunction {
  return ofNumbers(name, `${name}(Int, Int)`, (left, right, site) =>
    fromBigInt(calculate(toBigInt(roundedDown(left, site)), toBigInt(roundedDown(right, site)))),
  );
}

/** As few bits as the Int has: 13 is 1101, and becomes 0010. A negative Int has no shortest form. */
function complement(number: SqlNumber, site: CallSite): SqlValue {
  const value = toBigInt(roundedDown(number, site));
  if (value < 0n || site.switches.bitnot === 'twosComplement') return fromBigInt(~value);
  const allOnes = (1n << BigInt(value.toString(2).length)) - 1n;
  return fromBigInt(value ^ allOnes);
}
