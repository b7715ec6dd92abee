import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  checkCase,
  readEachCase,
  type RuleCase,
  type UnreadableCase,
} from '../../local/iot/rules/check/index.ts';
import { errorText } from '../../shared/errors.ts';
import { CommandError, EXIT } from '../errors.ts';
import { quoted, type Output, type Terminal, visible } from '../terminal.ts';

/** A case that did not come out as expected. */
interface Failure {
  readonly id: string;
  /** Absent where the element could not be read as a case. */
  readonly sql?: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * Runs the cases of a file, prints those that fail and how many passed. What is no case fails.
 *
 * @returns the exit code
 * @throws CommandError CASES_UNREADABLE
 */
export async function checkCases(
  file: string,
  asJson: boolean,
  { cwd, out }: Pick<Terminal, 'cwd' | 'out'>,
): Promise<number> {
  const cases = casesOf(file, cwd);
  let failed = 0;
  for (const one of cases) {
    const failure = await failureOf(one);
    if (failure === undefined) continue;
    failed += 1;
    await out.line(asJson ? JSON.stringify(failure) : failureText(failure, out));
  }
  const sum = { passed: cases.length - failed, failed };
  await out.line(asJson ? JSON.stringify(sum) : `${sum.passed} passed, ${sum.failed} failed`);
  return failed === 0 ? EXIT.done : EXIT.failed;
}

async function failureOf(one: RuleCase | UnreadableCase): Promise<Failure | undefined> {
  const { id } = one;
  if ('problem' in one) return { id, expected: 'a case', got: one.problem };
  const { sql } = one;
  try {
    const verdict = await checkCase(one);
    return verdict.ok ? undefined : { id, sql, expected: verdict.expected, got: verdict.got };
  } catch (error) {
    // Neither a result nor a refusal: the other cases are worth running all the same.
    return {
      id,
      sql,
      expected: JSON.stringify(one.expected),
      got: `a fault of this program: ${errorText(error)}`,
    };
  }
}

function failureText({ id, sql, expected, got }: Failure, out: Output): string {
  return [
    `${out.paint('red', 'FAIL')} ${visible(id)}`,
    ...(sql === undefined ? [] : [`  sql       ${visible(sql)}`]),
    `  expected  ${visible(expected)}`,
    `  got       ${visible(got)}`,
  ].join('\n');
}

function casesOf(file: string, cwd: string): readonly (RuleCase | UnreadableCase)[] {
  try {
    return readEachCase(readFileSync(path.resolve(cwd, file), 'utf8'));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? z.prettifyError(error).split('\n').slice(0, 4).join(' ')
        : errorText(error);
    throw new CommandError('CASES_UNREADABLE', `${quoted(file, 200)} holds no cases: ${why}`, {
      cause: error,
    });
  }
}
