import { compileCidr } from './cidr.ts';
import { comparable } from './comparable.ts';
import type { Operator, PatternDialect, TextOperator } from './dialect.ts';
import { isFields, isLeaf, type Leaf } from './fields.ts';
import { compileNumeric } from './numeric.ts';
import { PatternError } from './pattern-error.ts';
import { compileWildcard } from './wildcard.ts';

/** What one alternative of a pattern's list asks of a value. */
export interface ValueTest {
  readonly matches: (leaf: Leaf) => boolean;
  /** Whether it is fulfilled by there being no value at all. */
  readonly wantsAbsence: boolean;
}

type Path = readonly string[];
type TextTest = (text: string) => boolean;
type LeafTest = (leaf: Leaf) => boolean;

/** Tests of texts, which `anything-but` turns round as well. */
const TEXT_TESTS: Readonly<
  Record<TextOperator, (argument: unknown, path: Path, dialect: PatternDialect) => TextTest>
> = {
  prefix: (argument, path, dialect) => {
    const folded = dialect.foldsAffixes ? foldedArgument(argument) : undefined;
    if (folded !== undefined) return (text) => fold(text).startsWith(folded);
    const wanted = textOf(argument, 'prefix', path);
    return (text) => text.startsWith(wanted);
  },
  suffix: (argument, path, dialect) => {
    const folded = dialect.foldsAffixes ? foldedArgument(argument) : undefined;
    if (folded !== undefined) return (text) => fold(text).endsWith(folded);
    const wanted = textOf(argument, 'suffix', path);
    return (text) => text.endsWith(wanted);
  },
  'equals-ignore-case': (argument, path) => {
    const wanted = fold(textOf(argument, 'equals-ignore-case', path));
    return (text) => fold(text) === wanted;
  },
  wildcard: (argument, path) => compileWildcard(textOf(argument, 'wildcard', path), path),
};

/** Every operator but `exists`, which asks nothing of the value. */
const OPERATORS: Readonly<
  Record<Exclude<Operator, 'exists'>, (argument: unknown, path: Path, dialect: PatternDialect) => LeafTest>
> = {
  prefix: (...given) => ofText(TEXT_TESTS.prefix(...given)),
  suffix: (...given) => ofText(TEXT_TESTS.suffix(...given)),
  'equals-ignore-case': (...given) => ofText(TEXT_TESTS['equals-ignore-case'](...given)),
  wildcard: (...given) => ofText(TEXT_TESTS.wildcard(...given)),
  cidr: (...given) => ofText(compileCidr(...given)),
  numeric: (...given) => {
    const test = compileNumeric(...given);
    return (leaf) => typeof leaf === 'number' && test(leaf);
  },
  'anything-but': compileAnythingBut,
};

/**
 * Compiles one alternative: a value that is met exactly, or an operator such as `{"prefix": "a"}`.
 *
 * @param path where it stands, for messages.
 * @throws PatternError
 */
export function compileValueTest(alternative: unknown, path: Path, dialect: PatternDialect): ValueTest {
  if (isLeaf(alternative)) {
    return { matches: compileExact([alternative], dialect), wantsAbsence: false };
  }
  if (!isFields(alternative)) {
    throw new PatternError('Match value must be String, number, true, false, or null', path);
  }
  const entries = Object.entries(alternative);
  const [entry] = entries;
  if (entry === undefined) throw new PatternError('Empty match expression', path);
  const [name, argument] = entry;
  const operator = dialect.operators.find((one) => one === name);
  if (operator === undefined) {
    throw new PatternError(
      `Unrecognized match type ${name.slice(0, 100)}`,
      path,
      `there are ${dialect.operators.join(', ')}`,
    );
  }
  if (entries.length > 1) throw new PatternError('Only one key allowed in match expression', path);
  if (operator === 'exists') {
    if (typeof argument !== 'boolean') {
      throw new PatternError('exists match pattern must be either true or false.', path);
    }
    return { matches: () => argument, wantsAbsence: !argument };
  }
  return { matches: OPERATORS[operator](argument, path, dialect), wantsAbsence: false };
}

/** Whether a value is one of those; numbers are by what they are worth: 300 and 3.0e2 are the same. */
function compileExact(values: readonly unknown[], dialect: PatternDialect): LeafTest {
  const exact = new Set(values);
  const numbers = new Set<number>();
  for (const value of values) {
    const compared = typeof value === 'number' ? comparable(value, dialect) : undefined;
    if (compared !== undefined) numbers.add(compared);
  }
  return (leaf) => {
    if (exact.has(leaf)) return true;
    if (numbers.size === 0 || typeof leaf !== 'number') return false;
    const compared = comparable(leaf, dialect);
    return compared !== undefined && numbers.has(compared);
  };
}

/** `"a"`, `["a", "b"]`, `[1, 2]`, or a test of texts with one or several arguments: `{"prefix": ["a", "b"]}`. */
function compileAnythingBut(argument: unknown, path: Path, dialect: PatternDialect): LeafTest {
  if (isFields(argument)) return compileAnythingButText(argument, path, dialect);
  const values: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0) throw new PatternError('Empty arrays are not allowed', path);
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isNumber = (value: unknown): boolean => typeof value === 'number';
  if (!values.every((value) => isText(value) || isNumber(value))) {
    throw new PatternError('Value of anything-but must be an array or single string/number value.', path);
  }
  if (!values.every(isText) && !values.every(isNumber)) {
    throw new PatternError(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      path,
    );
  }
  const isListed = compileExact(values, dialect);
  return (leaf) => !isListed(leaf);
}

function compileAnythingButText(
  argument: Readonly<Record<string, unknown>>,
  path: Path,
  dialect: PatternDialect,
): LeafTest {
  const entries = Object.entries(argument);
  const [name = '', wanted] = entries[0] ?? [];
  const operator = dialect.anythingBut.find((one) => one === name);
  if (operator === undefined) {
    throw new PatternError(
      `Unsupported anything-but pattern: ${name.slice(0, 100)}`,
      path,
      `anything-but takes a text, a number, a list of either, or one of ${dialect.anythingBut.join(', ')}`,
    );
  }
  if (entries.length > 1) throw new PatternError('Only one key allowed in match expression', path);
  const takesList = dialect.anythingBut.length > 1;
  const wantedTexts: readonly unknown[] = takesList && Array.isArray(wanted) ? wanted : [wanted];
  if (wantedTexts.length === 0) throw new PatternError('Empty arrays are not allowed', path);
  const tests = wantedTexts.map((one) => TEXT_TESTS[operator](one, path, dialect));
  return (leaf) => typeof leaf !== 'string' || !tests.some((test) => test(leaf));
}

function ofText(test: TextTest): LeafTest {
  return (leaf) => typeof leaf === 'string' && test(leaf);
}

function textOf(argument: unknown, operator: TextOperator, path: Path): string {
  if (typeof argument === 'string') return argument;
  throw new PatternError(`${operator} match pattern must be a string`, path);
}

/** The text of `{"equals-ignore-case": "a"}`, folded. */
function foldedArgument(argument: unknown): string | undefined {
  if (!isFields(argument) || Object.keys(argument).length !== 1) return undefined;
  const text = argument['equals-ignore-case'];
  return typeof text === 'string' ? fold(text) : undefined;
}

function fold(text: string): string {
  return text.toLowerCase();
}
