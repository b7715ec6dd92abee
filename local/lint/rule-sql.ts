import { errorText } from '../../shared/errors.ts';
import type { Expression, Statement } from '../iot/rules/sql/ast.ts';
import { SqlParseError } from '../iot/rules/sql/errors.ts';
import { parseStatement, parseTemplateExpression } from '../iot/rules/sql/parser.ts';

/** The SQL of a rule as checks see it. */
export interface RuleSql {
  /** Whether AwsIotSqlVersion is left out. */
  readonly isDefaultVersion: boolean;
  /** Absent when the text is not AWS IoT SQL. */
  readonly statement?: Statement;
  /** Why the text is not AWS IoT SQL, in any version. */
  readonly problem?: string;
  /** What the text uses that the version of the rule does not have yet. */
  readonly newerSyntax?: string;
}

const NEWER = '2016-03-23';
const OLDER = '2015-10-08';

export function readRuleSql(sql: string, version: unknown): RuleSql {
  const isDefaultVersion = version === undefined;
  const newer = attempt(() => parseStatement(sql, NEWER));
  if ('problem' in newer) return { isDefaultVersion, problem: newer.problem };
  const { value: statement } = newer;
  if (!isDefaultVersion && version !== OLDER) return { isDefaultVersion, statement };
  const older = attempt(() => parseStatement(sql, OLDER));
  return { isDefaultVersion, statement, ...('problem' in older ? { newerSyntax: older.problem } : {}) };
}

/** The expressions `${…}` of a template; what cannot be read ends the list: the deployment refuses it by name. */
export function templateExpressions(text: string): Expression[] {
  const found: Expression[] = [];
  let at = text.indexOf('${');
  while (at !== -1) {
    const start = at + 2;
    const parsed = attempt(() => parseTemplateExpression(text, start, NEWER));
    if ('problem' in parsed) break;
    found.push(parsed.value.expression);
    at = text.indexOf('${', parsed.value.end);
  }
  return found;
}

function attempt<Value>(read: () => Value): { readonly value: Value } | { readonly problem: string } {
  try {
    return { value: read() };
  } catch (thrown) {
    if (thrown instanceof SqlParseError) return { problem: errorText(thrown) };
    throw thrown;
  }
}
