import { SqlEvaluationError } from '../../errors.ts';
import type { WorkBudget } from '../../work-budget.ts';
import { Kept } from '../kept.ts';
import { textLimit } from '../text-limit.ts';
import { Machine } from './machine.ts';
import { compileProgram, type Program } from './program.ts';
import { readPattern } from './reader.ts';
import { type ReplacementPart, readReplacement } from './replacement.ts';
import { InvalidPattern, type RegexSyntax } from './syntax.ts';

/** Characters of a pattern. */
const MAX_PATTERN_LENGTH = 10_000;

/** A regular expression with the syntax and the meaning of java.util.regex in Java 9 to 18. */
export class JavaRegex {
  readonly #syntax: RegexSyntax;
  readonly #program: Program;

  constructor(pattern: string) {
    this.#syntax = readPattern(pattern);
    this.#program = compileProgram(this.#syntax);
  }

  /**
   * The first match; undefined when there is none. What it costs is taken from the budget.
   *
   * @throws SqlEvaluationError PATTERN_TOO_COSTLY, TOO_MUCH_WORK
   */
  find(text: string, budget: WorkBudget): string | undefined {
    return this.#charge(text, budget, (machine) => {
      const match = machine.find(0, 0);
      return match === undefined ? undefined : text.slice(match[0], match[1]);
    });
  }

  /**
   * Replaces every match; undefined when the replacement is none.
   *
   * @throws SqlEvaluationError PATTERN_TOO_COSTLY, TOO_MUCH_WORK, VALUE_TOO_LARGE
   */
  replaceAll(text: string, replacement: string, budget: WorkBudget): string | undefined {
    const parts = validOrUndefined(() =>
      readReplacement(replacement, this.#syntax.groupCount, this.#syntax.groupNames),
    );
    if (parts === undefined) return undefined;
    return this.#charge(text, budget, (machine) => replaceMatches(machine, text, parts, budget));
  }

  #charge<Result>(text: string, budget: WorkBudget, run: (machine: Machine) => Result): Result {
    const machine = new Machine(this.#program, text);
    try {
      return run(machine);
    } finally {
      budget.spendText(machine.steps);
    }
  }
}

function replaceMatches(
  machine: Machine,
  text: string,
  parts: readonly ReplacementPart[],
  budget: WorkBudget,
): string {
  let result = '';
  let copied = 0;
  let from = 0;
  let previousEnd = 0;
  while (from <= text.length) {
    const match = machine.find(from, previousEnd);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    result += text.slice(copied, start);
    // Groups may be empty: a long replacement costs time even where the result does not grow.
    budget.spendText(parts.length);
    for (const part of parts) result += typeof part === 'string' ? part : groupText(text, match, part);
    textLimit(result.length);
    copied = end;
    previousEnd = end;
    from = end === start ? end + widthAt(text, end) : end;
  }
  return result + text.slice(copied);
}

const compiled = new Kept((pattern: string) => validOrUndefined(() => new JavaRegex(pattern)));

/**
 * Compiles a pattern, or finds it compiled; undefined when it is no regular expression.
 *
 * @throws SqlEvaluationError PATTERN_NOT_SERVED for a construct that is not served, PATTERN_TOO_COSTLY for a pattern
 *   of more than 10,000 characters
 */
export function compileJavaRegex(pattern: string): JavaRegex | undefined {
  if (pattern.length <= MAX_PATTERN_LENGTH) return compiled.of(pattern);
  throw new SqlEvaluationError(
    'PATTERN_TOO_COSTLY',
    `a regular expression of ${pattern.length} characters: ${MAX_PATTERN_LENGTH} are served`,
  );
}

function validOrUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof InvalidPattern) return undefined;
    throw thrown;
  }
}

function groupText(text: string, match: Int32Array, group: number): string {
  const start = match[2 * group] ?? -1;
  return start === -1 ? '' : text.slice(start, match[2 * group + 1]);
}

/** An empty match does not stop inside a surrogate pair. */
function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
