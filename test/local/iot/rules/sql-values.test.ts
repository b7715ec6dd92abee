import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  abs,
  add,
  ceil,
  divide,
  divideInts,
  floor,
  multiply,
  negate,
  remainder,
  roundHalfAwayFromZero,
  subtract,
  truncate,
} from '../../../../local/iot/rules/sql/arithmetic.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import {
  asDecimal,
  compareNumbers,
  fromBigInt,
  fromDouble,
  isInt,
  isNumber,
  numberFromText,
  numbersEqual,
  numberText,
  type SqlNumber,
  toBigInt,
  toDouble,
} from '../../../../local/iot/rules/sql/values.ts';
import type { SqlVersion } from '../../../../local/iot/rules/sql/version.ts';
import { contextOf } from './message.ts';

const SEED = 34;

/** Decimals as AWS documents them: 34 digits, an even last digit wins a tie. */
const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, minE: -999, maxE: 999 });

const digits = fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n });
const texts = fc.oneof(
  fc.integer().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(6)).map(([n, e]) => `${n}E-${e}`),
  fc.tuple(digits, fc.integer({ min: -60, max: 20 })).map(([whole, exponent]) => `${whole}E${exponent}`),
);

function texted(value: SqlNumber): string {
  return new Exact(numberText(value)).toString();
}

test('A number keeps every digit, and is a JS number exactly when that can be its shortest text.', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const value = numberFromText(text);
      const exact = new Exact(text).toSignificantDigits(34);
      expect(texted(value)).toBe(exact.toString());
      const fits = Number.isFinite(Number(text)) && new Exact(String(Number(text))).equals(exact);
      expect(typeof value === 'number').toBe(fits);
      expect(isNumber(value)).toBe(true);
      expect(isInt(value)).toBe(exact.isInteger());
      expect(Object.is(value, -0)).toBe(false);
    }),
    { numRuns: 700, seed: SEED },
  );
});

test('Arithmetic agrees with decimals of 34 digits.', () => {
  fc.assert(
    fc.property(texts, texts, (leftText, rightText) => {
      const [left, right] = [numberFromText(leftText), numberFromText(rightText)];
      const [a, b] = [new Exact(numberText(left)), new Exact(numberText(right))];
      expect(texted(add(left, right))).toBe(a.plus(b).toString());
      expect(texted(subtract(left, right))).toBe(a.minus(b).toString());
      expect(texted(multiply(left, right))).toBe(new Exact(a.times(b)).plus(0).toString());
      expect(Math.sign(compareNumbers(left, right))).toBe(a.comparedTo(b));
      expect(numbersEqual(left, right)).toBe(a.equals(b));
      expect(texted(negate(left))).toBe(new Exact(0).minus(a).toString());
      expect(texted(abs(left))).toBe(a.abs().toString());
      expect(texted(truncate(left))).toBe(a.trunc().plus(0).toString());
      expect(texted(truncate(left, 3))).toBe(a.toDecimalPlaces(3, Decimal.ROUND_DOWN).plus(0).toString());
      expect(texted(floor(left))).toBe(a.floor().plus(0).toString());
      expect(texted(ceil(left))).toBe(a.ceil().plus(0).toString());
      expect(texted(roundHalfAwayFromZero(left))).toBe(
        a.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).plus(0).toString(),
      );
      if (b.isZero()) return;
      expect(texted(divide(left, right))).toBe(a.dividedBy(b).plus(0).toString());
      expect(texted(remainder(left, right))).toBe(a.modulo(b).plus(0).toString());
      expect(texted(divideInts(truncate(left), right))).toBe(
        a.trunc().dividedToIntegerBy(b).plus(0).toString(),
      );
    }),
    { numRuns: 700, seed: SEED },
  );
});

test.each([
  ['0.1', '0.2', '0.3', '0.02', '0.5'],
  ['10', '3', '13', '30', '3.333333333333333333333333333333333'],
  ['9007199254740993', '1', '9007199254740994', '9007199254740993', '9007199254740993'],
  ['18446744073709552000', '-18446744073709550000', '2000', null, null],
  ['1234567890123456789012345678901234', '1', '1234567890123456789012345678901235', null, null],
])('%s and %s: the sum is %s, the product %s, the quotient %s.', (a, b, sum, product, quotient) => {
  const [left, right] = [numberFromText(a), numberFromText(b)];
  expect(numberText(add(left, right))).toBe(sum);
  if (product !== null) expect(numberText(multiply(left, right))).toBe(product);
  if (quotient !== null) expect(numberText(divide(left, right))).toBe(quotient);
});

test('More than 34 digits are rounded, and an even last digit wins a tie.', () => {
  expect(numberText(numberFromText(`${'1'.repeat(33)}25`))).toBe(`${'1'.repeat(33)}20`);
  expect(numberText(numberFromText(`${'1'.repeat(33)}35`))).toBe(`${'1'.repeat(33)}40`);
});

test('What is beyond an exponent of 999 fails by name, what is below it is zero.', () => {
  const largest = numberFromText('9.999E999');
  const outOfRange = expect.objectContaining({ code: 'NUMBER_OUT_OF_RANGE' });
  expect(() => numberFromText('1E1000')).toThrow(outOfRange);
  expect(() => multiply(largest, 10)).toThrow(outOfRange);
  expect(numberFromText('1E-2000')).toBe(0);
  expect(toDouble(largest)).toBe(Infinity);
  expect(numberText(largest)).toHaveLength(1_000);
});

test('Numbers are written out without an exponent.', () => {
  expect(numberText(1e25)).toBe('10000000000000000000000000');
  expect(numberText(1.5e-9)).toBe('0.0000000015');
  expect(numberText(-12)).toBe('-12');
});

test('BigInts and doubles come and go.', () => {
  expect(fromBigInt(12n)).toBe(12);
  expect(toBigInt(fromBigInt(2n ** 100n))).toBe(2n ** 100n);
  expect(toBigInt(numberFromText('-3.9'))).toBe(-3n);
  expect(toBigInt(18446744073709552000)).toBe(18446744073709552000n);
  expect([fromDouble(NaN), fromDouble(-Infinity), fromDouble(-0), fromDouble(1.5)]).toEqual([
    undefined,
    undefined,
    0,
    1.5,
  ]);
});

test('A whole Decimal of 2015-10-08 is equal to its Int, but is none.', () => {
  const five = asDecimal(5);
  expect([isInt(five), isInt(5), numbersEqual(five, 5), numberText(five)]).toEqual([
    false,
    true,
    true,
    '5.0',
  ]);
  expect(asDecimal(2.5)).toBe(2.5);
});

test.each<[string, string, string, string]>([
  ['a', '{"a":5.0}', '{"r":5.0}', '{"r":5}'],
  ['a', '{"a":1E3}', '{"r":1000.0}', '{"r":1000}'],
  ['5.0', '{}', '{"r":5.0}', '{"r":5}'],
  ['a / 2', '{"a":5.0}', '{"r":2.5}', '{"r":2}'],
  ['a / 2', '{"a":7}', '{"r":3}', '{"r":3}'],
  ['a + 2.5', '{"a":2.5}', '{"r":5.0}', '{"r":5}'],
  ['a * 2', '{"a":7.5}', '{"r":15.0}', '{"r":15}'],
  ["a - '2'", '{"a":7}', '{"r":5.0}', '{"r":5}'],
  ['-a', '{"a":5.0}', '{"r":-5.0}', '{"r":-5}'],
  ["'x' + a", '{"a":5.0}', '{"r":"x5.0"}', '{"r":"x5"}'],
  ['a = 5', '{"a":5.0}', '{"r":true}', '{"r":true}'],
  ['a > 4', '{"a":5.0}', '{"r":true}', '{"r":true}'],
  [
    'a',
    '{"a":123456789012345678901234567890.5}',
    '{"r":123456789012345678901234567890.5}',
    '{"r":123456789012345678901234567890.5}',
  ],
  ['a + 1', '{"a":9007199254740993}', '{"r":9007199254740994}', '{"r":9007199254740994}'],
])('%s of %s is %s in 2015-10-08, and %s in 2016-03-23.', (expression, payload, first, second) => {
  const text = (version: SqlVersion) => {
    const { select } = compileRule(`SELECT ${expression} AS r`, version);
    return Buffer.from(select(contextOf(payload)).bytes()).toString();
  };
  expect([text('2015-10-08'), text('2016-03-23')]).toEqual([first, second]);
});
