import {
  type ExplainedExpression,
  type ExplainedRule,
  outcomeText,
} from '../../local/iot/rules/explain/index.ts';

/** An explained rule as JSON for programs. Values are their text, as JSON has no Undefined and no 34 digits. */
export function explainedJson(rule: ExplainedRule): string {
  const { version, payloadProblem, filter, variables, where, columns, result, templates, verdict } = rule;
  return JSON.stringify({
    runs: verdict.runs,
    ...(verdict.runs ? {} : { why: verdict.why }),
    version,
    ...(payloadProblem === undefined ? {} : { payloadProblem }),
    ...(filter === undefined ? {} : { filter }),
    variables: variables.map(({ name, explained }) => ({ name, ...plain(explained) })),
    ...(where === undefined ? {} : { where: plain(where) }),
    columns: columns.map(({ key, explained }) => ({
      ...(key === undefined ? {} : { key }),
      ...plain(explained),
    })),
    result,
    templates,
  });
}

interface PlainExpression {
  readonly sql: string;
  readonly value?: string;
  readonly failure?: string;
  readonly parts: readonly PlainExpression[];
}

function plain({ sql, outcome, parts }: ExplainedExpression): PlainExpression {
  return {
    sql,
    ...(outcome.kind === 'value' ? { value: outcomeText(outcome) } : { failure: outcome.message }),
    parts: parts.map(plain),
  };
}
