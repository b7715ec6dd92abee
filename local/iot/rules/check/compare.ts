import { isArray, isObject } from '../sql/conversions.ts';
import { isNumber, type SqlValue, toDouble } from '../sql/values.ts';
import type { RuleCase } from './cases.ts';

/** Functions of double precision may differ in their last digits between platforms. */
const APPROXIMATELY = 1e-12;

/**
 * Whether a result is the expected one: members in any order, numbers as doubles (5.0 is 5), within a relative
 * tolerance of 1E-12 when they are only approximate.
 */
export function isSameResult(expected: SqlValue, got: SqlValue, isApproximate: boolean): boolean {
  if (isNumber(expected))
    return isNumber(got) && isSameNumber(toDouble(expected), toDouble(got), isApproximate);
  if (isArray(expected)) {
    return (
      isArray(got) &&
      got.length === expected.length &&
      expected.every((element, index) => isSameResult(element, got[index], isApproximate))
    );
  }
  if (!isObject(expected)) return expected === got;
  if (!isObject(got)) return false;
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(got).length &&
    keys.every((key) => Object.hasOwn(got, key) && isSameResult(expected[key], got[key], isApproximate))
  );
}

function isSameNumber(expected: number, got: number, isApproximate: boolean): boolean {
  if (expected === got) return true;
  return (
    isApproximate && Math.abs(expected - got) <= APPROXIMATELY * Math.max(Math.abs(expected), Math.abs(got))
  );
}

/**
 * Whether a result keeps to patterns: each key's text to a regular expression, or its number to a range; the keys under
 * `distinct` have different values. The key `template` means the text of the template.
 */
export function keepsTo(
  patterns: NonNullable<RuleCase['match']>,
  result: SqlValue,
  template: string | undefined,
): boolean {
  const read = (key: string) => (key === 'template' ? template : isObject(result) ? result[key] : undefined);
  return Object.entries(patterns).every(([key, wanted]) => {
    if (Array.isArray(wanted)) return new Set(wanted.map(read)).size === wanted.length;
    const value = read(key);
    if (wanted.regex !== undefined) return typeof value === 'string' && new RegExp(wanted.regex).test(value);
    if (!isNumber(value)) return false;
    const number = toDouble(value);
    return number >= (wanted.min ?? -Infinity) && number <= (wanted.max ?? Infinity);
  });
}
