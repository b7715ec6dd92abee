import { compileCidr } from './cidr.ts';
import { invalidPattern, place } from './invalid-pattern.ts';
import { compileNumeric } from './numeric.ts';
import { compileWildcard } from './wildcard.ts';

/** A value of an event that is neither an object nor a list. */
export type Leaf = string | number | boolean | null;

/** What one alternative of a pattern's list asks of a value. */
export interface ValueTest {
  readonly matches: (leaf: Leaf) => boolean;
  /** Whether it is fulfilled by there being no value at all. */
  readonly wantsAbsence: boolean;
}

type Compile = (argument: unknown, path: readonly string[]) => (leaf: Leaf) => boolean;

/** Tests of texts, which `anything-but` turns round as well. */
const TEXT_TESTS: Readonly<
  Record<string, (argument: unknown, path: readonly string[]) => (text: string) => boolean>
> = {
  prefix: (argument, path) => {
    const folded = foldedArgument(argument);
    if (folded !== undefined) return (text) => fold(text).startsWith(fold(folded));
    const wanted = textOf(argument, 'prefix', path);
    return (text) => text.startsWith(wanted);
  },
  suffix: (argument, path) => {
    const folded = foldedArgument(argument);
    if (folded !== undefined) return (text) => fold(text).endsWith(fold(folded));
    const wanted = textOf(argument, 'suffix', path);
    return (text) => text.endsWith(wanted);
  },
  'equals-ignore-case': (argument, path) => {
    const wanted = fold(textOf(argument, 'equals-ignore-case', path));
    return (text) => fold(text) === wanted;
  },
  wildcard: compileWildcard,
};

/** Every operator of event patterns, by its name. */
const OPERATORS: Readonly<Record<string, Compile>> = {
  ...Object.fromEntries(
    Object.entries(TEXT_TESTS).map(([name, compile]): [string, Compile] => [
      name,
      (argument, path) => ofText(compile(argument, path)),
    ]),
  ),
  cidr: (argument, path) => ofText(compileCidr(argument, path)),
  numeric: (argument, path) => {
    const test = compileNumeric(argument, path);
    return (leaf) => typeof leaf === 'number' && test(leaf);
  },
  'anything-but': compileAnythingBut,
};

/**
 * Compiles one alternative: a value that is met exactly, or an operator such as `{"prefix": "a"}`.
 *
 * @param path where it stands, for messages.
 * @throws AwsApiError InvalidEventPatternException for an operator that there is not, by its name.
 */
export function compileValueTest(alternative: unknown, path: readonly string[]): ValueTest {
  if (isLeaf(alternative)) {
    return { matches: (leaf) => leaf === alternative, wantsAbsence: false };
  }
  if (typeof alternative !== 'object' || Array.isArray(alternative)) {
    throw invalidPattern(`${place(path)} has a list within its list`);
  }
  const entries = Object.entries(alternative);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw invalidPattern(`a match expression at ${place(path)} has to have one operator, and only one`);
  }
  const [operator, argument] = entry;
  if (operator === 'exists') {
    if (typeof argument !== 'boolean') throw invalidPattern(`exists at ${place(path)} takes true or false`);
    return { matches: () => argument, wantsAbsence: !argument };
  }
  const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (compile === undefined) {
    throw invalidPattern(
      `unrecognized match type ${operator.slice(0, 100)} at ${place(path)}; there are exists, ` +
        Object.keys(OPERATORS).join(', '),
    );
  }
  return { matches: compile(argument, path), wantsAbsence: false };
}

/** `"a"`, `["a", "b"]`, `[1, 2]`, or a test of texts with one or several arguments: `{"prefix": ["a", "b"]}`. */
function compileAnythingBut(argument: unknown, path: readonly string[]): (leaf: Leaf) => boolean {
  const values: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const listed = new Set<unknown>(values);
  const areTexts = values.every((value) => typeof value === 'string');
  const areNumbers = values.every((value) => typeof value === 'number');
  if (values.length > 0 && (areTexts || areNumbers)) return (leaf) => !listed.has(leaf);
  const [operator = '', wanted] =
    typeof argument === 'object' && argument !== null && !Array.isArray(argument)
      ? (Object.entries(argument)[0] ?? [])
      : [];
  const compile = Object.hasOwn(TEXT_TESTS, operator) ? TEXT_TESTS[operator] : undefined;
  if (compile === undefined || Object.keys(argument ?? {}).length > 1) {
    throw invalidPattern(
      `anything-but at ${place(path)} takes a text, a number, a list of either, or one of ` +
        Object.keys(TEXT_TESTS).join(', '),
    );
  }
  const tests = (Array.isArray(wanted) ? wanted : [wanted]).map((one: unknown) => compile(one, path));
  if (tests.length === 0) throw invalidPattern(`anything-but at ${place(path)} has an empty list`);
  return (leaf) => typeof leaf !== 'string' || !tests.some((test) => test(leaf));
}

export function isLeaf(value: unknown): value is Leaf {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

function ofText(test: (text: string) => boolean): (leaf: Leaf) => boolean {
  return (leaf) => typeof leaf === 'string' && test(leaf);
}

function textOf(argument: unknown, operator: string, path: readonly string[]): string {
  if (typeof argument === 'string') return argument;
  throw invalidPattern(`${operator} at ${place(path)} takes a text, not ${JSON.stringify(argument)}`);
}

/** The text of `{"equals-ignore-case": "a"}`. */
function foldedArgument(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || Object.keys(argument).length !== 1)
    return undefined;
  const text: unknown = 'equals-ignore-case' in argument ? argument['equals-ignore-case'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function fold(text: string): string {
  return text.toLowerCase();
}
