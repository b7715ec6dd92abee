import { BlockList, isIP } from 'node:net';
import { compilePattern } from './pattern.ts';
import type { FilledText } from './variables.ts';

/** A test of one value that the request has. */
export type ValueTest = (actual: string) => boolean;

/** An operator of conditions. Its negation is told apart, because it changes how several values count. */
export interface Operator {
  readonly isNegated: boolean;
  /** Why a value without variables cannot be compared with, as a clause that follows the value. */
  readonly problem: (value: string) => string | undefined;
  /** The test for equality, likeness or order; negation is applied to its result. */
  readonly compile: (value: FilledText) => ValueTest;
}

type Comparison = (actual: number, wanted: number) => boolean;

const COMPARISONS: readonly (readonly [suffix: string, isNegated: boolean, compare: Comparison])[] = [
  ['Equals', false, (actual, wanted) => actual === wanted],
  ['NotEquals', true, (actual, wanted) => actual === wanted],
  ['LessThan', false, (actual, wanted) => actual < wanted],
  ['LessThanEquals', false, (actual, wanted) => actual <= wanted],
  ['GreaterThan', false, (actual, wanted) => actual > wanted],
  ['GreaterThanEquals', false, (actual, wanted) => actual >= wanted],
];

/**
 * Every operator of IAM's condition grammar by its name, but for `BinaryEquals` (AWS IoT has no binary key)
 * and `Null`, which asks whether there is a value at all (conditions.ts).
 */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...pair('StringEquals', 'StringNotEquals', anyText, equals),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', anyText, equalsIgnoreCase),
  ...pair('StringLike', 'StringNotLike', anyText, ({ pattern }) => compilePattern(pattern)),
  // IAM makes no difference between the two: both know wildcards, part by part.
  ...pair('ArnEquals', 'ArnNotEquals', arnProblem, arnLike),
  ...pair('ArnLike', 'ArnNotLike', arnProblem, arnLike),
  ...pair('IpAddress', 'NotIpAddress', addressProblem, inRange),
  ['Bool', { isNegated: false, problem: booleanProblem, compile: equalsIgnoreCase }],
  ...comparisons('Numeric', readNumber, 'is not a number'),
  ...comparisons('Date', readDate, 'is neither a date (ISO 8601) nor seconds since the epoch'),
]);

function pair(
  name: string,
  negation: string,
  problem: Operator['problem'],
  compile: Operator['compile'],
): [string, Operator][] {
  return [
    [name, { isNegated: false, problem, compile }],
    [negation, { isNegated: true, problem, compile }],
  ];
}

function comparisons(family: string, read: (text: string) => number, wrong: string): [string, Operator][] {
  return COMPARISONS.map(([suffix, isNegated, compare]) => [
    family + suffix,
    {
      isNegated,
      problem: (value) => (Number.isNaN(read(value)) ? wrong : undefined),
      compile: ({ text }) => {
        const wanted = read(text);
        return (actual) => compare(read(actual), wanted);
      },
    },
  ]);
}

function anyText(): undefined {
  return undefined;
}

function equals({ text }: FilledText): ValueTest {
  return (actual) => actual === text;
}

function equalsIgnoreCase({ text }: FilledText): ValueTest {
  const wanted = text.toLowerCase();
  return (actual) => actual.toLowerCase() === wanted;
}

function booleanProblem(value: string): string | undefined {
  return /^(true|false)$/i.test(value) ? undefined : 'is neither true nor false';
}

function readNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function readDate(text: string): number {
  const seconds = readNumber(text);
  if (!Number.isNaN(seconds)) return seconds * 1000;
  return /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

function arnProblem(value: string): string | undefined {
  return value === '*' || arnParts(value) !== undefined ? undefined : 'is no ARN (arn:partition:service:…)';
}

/** `*` in one part of an ARN does not reach into the next: six parts, the last with all further colons. */
function arnLike({ pattern }: FilledText): ValueTest {
  if (pattern === '*') return () => true;
  const tests = arnParts(pattern)?.map(compilePattern);
  if (tests === undefined) return () => false;
  return (actual) => {
    const parts = arnParts(actual);
    return parts !== undefined && tests.every((test, index) => test(parts[index] ?? ''));
  };
}

function arnParts(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

interface Range {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefixBits: number;
}

function addressProblem(value: string): string | undefined {
  return readRange(value) === undefined ? 'is no IP address or range (203.0.113.0/24)' : undefined;
}

function inRange({ text }: FilledText): ValueTest {
  const range = readRange(text);
  if (range === undefined) return () => false;
  const list = new BlockList();
  list.addSubnet(range.address, range.prefixBits, range.family);
  return (actual) => {
    // A socket that takes both families names IPv4 peers so.
    const address = actual.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function readRange(text: string): Range | undefined {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const maxBits = version === 4 ? 32 : 128;
  const prefixBits = Number(bits ?? maxBits);
  return prefixBits > maxBits ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', prefixBits };
}
