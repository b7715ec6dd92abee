import type { RuleEvaluation } from '../rules/trace.ts';

/**
 * Whether a rule that looks into the payload met one that is not JSON. AWS counts that as a ParseError; the rule goes
 * on with attributes that are Undefined. `SELECT *` alone passes any bytes on, and looks into nothing.
 */
export function hasParseError(evaluation: RuleEvaluation | undefined): boolean {
  if (evaluation === undefined) return false;
  const { variables, selection, where } = evaluation.sql.statement;
  const [only, another] = selection.items;
  const isPlain =
    only?.expression.kind === 'wildcard' &&
    only.alias === undefined &&
    another === undefined &&
    where === undefined &&
    variables.length === 0;
  return !isPlain && !evaluation.context.payload.isJson();
}
