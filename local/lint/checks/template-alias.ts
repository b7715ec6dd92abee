import { columnKey, type SelectItem } from '../../iot/rules/sql/ast.ts';
import { everythingIn } from '../../iot/rules/sql/walk.ts';
import { printExpression } from '../../iot/rules/sql/printer.ts';
import type { Check, Found } from '../finding.ts';
import { isRecord, templateOfSub } from '../references.ts';
import { templateExpressions } from '../rule-sql.ts';
import type { LintRule } from '../template.ts';

export const templateAlias: Check = {
  code: 'TEMPLATE_NAMES_ALIAS',
  severity: 'warning',
  explain: 'Substitution templates see the original message, not the columns of SELECT.',
  find: ({ rules }) =>
    rules.flatMap((rule) => rule.actions.flatMap(({ settings, path }) => inSettings(rule, settings, path))),
};

function inSettings(rule: LintRule, value: unknown, path: readonly (string | number)[]): Found[] {
  if (typeof value === 'string') return inTemplate(rule, value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => inSettings(rule, item, [...path, index]));
  if (!isRecord(value)) return [];
  const text = templateOfSub(value);
  if (text !== undefined) return inTemplate(rule, text, path);
  return Object.entries(value).flatMap(([key, item]) => inSettings(rule, item, [...path, key]));
}

function inTemplate({ logicalId, sql }: LintRule, text: string, path: readonly (string | number)[]): Found[] {
  const items = sql.statement?.selection.items ?? [];
  const names = new Set(
    templateExpressions(text)
      .flatMap(everythingIn)
      .flatMap((expression) => (expression.kind === 'attribute' ? [expression.name] : [])),
  );
  return [...names].flatMap((name) => {
    const item = items.find((one) => columnKey(one)?.[0] === name);
    if (item === undefined || isItself(item, name)) return [];
    const written = item.expression.kind === 'wildcard' ? '*' : printExpression(item.expression);
    return [
      {
        logicalId,
        path,
        message:
          `\${${name}} is the attribute "${name}" of the original message, not the column ${name} of SELECT: ` +
          `nothing is written where the message has none; write \${${written}} instead`,
      },
    ];
  });
}

/** Whether the column is the attribute of the same name, so that both are the same. */
function isItself({ expression, alias }: SelectItem, name: string): boolean {
  return expression.kind === 'attribute' && expression.name === name && (alias?.length ?? 1) === 1;
}
