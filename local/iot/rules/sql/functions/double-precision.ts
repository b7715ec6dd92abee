import { SqlEvaluationError } from '../errors.ts';
import { fromDouble, type SqlValue, toDouble } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { decimalResult, ofNumber, ofNumbers } from './operands.ts';

/** Functions for which the reference rounds to double precision before and after. */
export const doublePrecisionFunctions: readonly SqlFunction[] = [
  ofDouble('acos', Math.acos),
  ofDouble('asin', Math.asin),
  ofDouble('atan', Math.atan),
  ofDouble('cos', Math.cos),
  ofDouble('cosh', Math.cosh),
  ofDouble('exp', Math.exp),
  ofDouble('ln', Math.log),
  ofDouble('log', Math.log10),
  ofDouble('sin', Math.sin),
  ofDouble('sinh', Math.sinh),
  ofDouble('sqrt', Math.sqrt),
  ofDouble('tan', Math.tan),
  ofDouble('tanh', Math.tanh),
  ofDoubles('atan2', Math.atan2),
  ofDoubles('power', Math.pow),
];

function ofDouble(name: string, calculate: (value: number) => number): SqlFunction {
  return ofNumber(name, `${name}(Decimal)`, (number, site) =>
    result(calculate(toDouble(number)), name, site),
  );
}

function ofDoubles(name: string, calculate: (left: number, right: number) => number): SqlFunction {
  return ofNumbers(name, `${name}(Decimal, Decimal)`, (left, right, site) =>
    result(calculate(toDouble(left), toDouble(right)), name, site),
  );
}

/** @throws SqlEvaluationError NUMBER_OUT_OF_RANGE when the switch outsideDomain says so */
function result(value: number, name: string, site: CallSite): SqlValue {
  const number = fromDouble(value);
  if (number !== undefined) return decimalResult(number, site);
  if (site.switches.outsideDomain === 'undefined') return undefined;
  throw new SqlEvaluationError('NUMBER_OUT_OF_RANGE', `${name}() has no real, finite result here`);
}
