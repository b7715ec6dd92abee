import type { Switches } from '../sql/switches.ts';
import type { SqlValue } from '../sql/values.ts';
import type { RuleCase } from './cases.ts';
import { isSameResult, keepsTo } from './compare.ts';
import { type CaseOutcome, runCase } from './run-case.ts';

/** Whether a case came out as expected; both sides as text for people otherwise. */
export type CaseVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly expected: string; readonly got: string };

/**
 * Runs a case and compares. A case with alternatives passes when any of them comes out.
 *
 * @param switches what AWS's documents leave open; the defaults when left out
 */
export async function checkCase(ruleCase: RuleCase, switches?: Switches): Promise<CaseVerdict> {
  const outcome = await runCase(ruleCase, switches);
  const { expected, alternatives = [] } = ruleCase;
  const isExpected = [expected, ...alternatives].some((wanted) => hasComeOut(ruleCase, wanted, outcome));
  if (isExpected && hasTemplate(ruleCase, outcome)) return { ok: true };
  return { ok: false, expected: describeExpected(ruleCase), got: describeOutcome(outcome) };
}

function hasComeOut(ruleCase: RuleCase, expected: SqlValue, outcome: CaseOutcome): boolean {
  if (expected === 'UNSPECIFIED') return true;
  if (outcome.kind === 'word') {
    const isRefusal = outcome.word !== 'NO_MATCH';
    return expected === outcome.word || (expected === 'SQL_VERSION_UNSUPPORTED' && isRefusal);
  }
  const { result, template } = outcome;
  const { compare, expectedText, match = {} } = ruleCase;
  if (compare === 'pattern') return keepsTo(match, result.json(), template);
  if (compare === 'base64') return base64(result.bytes()) === expectedText;
  if (expectedText !== undefined && expected === ruleCase.expected)
    return text(result.bytes()) === expectedText;
  return result.isJson() && isSameResult(expected, result.json(), compare === 'approx');
}

function hasTemplate({ expectedTemplate }: RuleCase, outcome: CaseOutcome): boolean {
  if (typeof expectedTemplate !== 'string') return true;
  return outcome.kind === 'result' && outcome.template === expectedTemplate;
}

function describeExpected({
  expected,
  expectedText,
  expectedTemplate,
  match,
  alternatives,
}: RuleCase): string {
  const parts = [
    expectedText ?? (match === undefined ? describe(expected) : `what keeps to ${JSON.stringify(match)}`),
    ...(alternatives ?? []).map((alternative) => `or ${describe(alternative)}`),
    ...(typeof expectedTemplate === 'string' ? [`and the template "${expectedTemplate}"`] : []),
  ];
  return parts.join(', ');
}

function describeOutcome(outcome: CaseOutcome): string {
  if (outcome.kind === 'word') return `${outcome.word} (${outcome.reason})`;
  const { result, template } = outcome;
  const written = result.isJson() ? text(result.bytes()) : `base64 ${base64(result.bytes())}`;
  return template === undefined ? written : `${written}, and the template "${template}"`;
}

function describe(expected: SqlValue): string {
  return typeof expected === 'string' ? expected : JSON.stringify(expected);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
