import type { Expression } from '../sql/ast.ts';
import type { CompiledRule } from '../sql/compile-rule.ts';
import type { MessageContext } from '../sql/context.ts';
import { toBoolean } from '../sql/conversions.ts';
import { defaultSwitches } from '../sql/switches.ts';
import { type ExplainedExpression, evaluate, explainExpression, outcomeText } from './expression.ts';

/** Nobody reads more reasons than these in one sentence. */
const MAX_REASONS = 5;
const MAX_VALUES = 5;

/**
 * Why WHERE is not true for a message, in one line: `temp > 30 is false (temp = 21)`. Of what AND joins only that
 * is told which is not true.
 *
 * @returns undefined when there is no WHERE
 */
export function explainWhere(rule: CompiledRule, context: MessageContext): string | undefined {
  const { where } = rule.statement;
  if (where === undefined) return undefined;
  const dialect = { version: rule.version, switches: defaultSwitches };
  const deciding = decidingParts(where, (part) => {
    const outcome = evaluate(part, context, dialect);
    return outcome.kind === 'value' && toBoolean(outcome.value) === true;
  });
  const told = deciding
    .slice(0, MAX_REASONS)
    .map((part) => reason(explainExpression(part, context, dialect)));
  if (deciding.length > MAX_REASONS) told.push(`and ${deciding.length - MAX_REASONS} more`);
  return told.join('; ');
}

function decidingParts(expression: Expression, isTrue: (part: Expression) => boolean): Expression[] {
  if (expression.kind !== 'binary' || (expression.operator !== 'AND' && expression.operator !== 'OR')) {
    return [expression];
  }
  const { operator, left, right } = expression;
  const parts = operator === 'AND' ? [left, right].filter((part) => !isTrue(part)) : [left, right];
  // Two operands can be true and the whole is not only where evaluating changes from time to time.
  return parts.length === 0 ? [expression] : parts.flatMap((part) => decidingParts(part, isTrue));
}

function reason({ sql, outcome, parts }: ExplainedExpression): string {
  const values = parts.flatMap(leaves).slice(0, MAX_VALUES);
  const from = [...new Set(values)].join(', ');
  const is = outcome.kind === 'value' ? `is ${outcomeText(outcome)}` : outcomeText(outcome);
  return from === '' ? `${sql} ${is}` : `${sql} ${is} (${from})`;
}

/** The smallest parts that are no literals, each with its value; a path counts as one. */
function leaves({ sql, outcome, parts }: ExplainedExpression): string[] {
  const isPath = /^[A-Za-z_@][\w.]*$/.test(sql);
  if (parts.length === 0 || isPath) return [`${sql} = ${outcomeText(outcome)}`];
  return parts.flatMap(leaves);
}
