import type { Expression, Selection, Statement } from './ast.ts';
import { boundedError } from './bounded.ts';
import { callLimitError } from './call-limits.ts';
import type { Compilation } from './compilation.ts';
import { compileExpression, newCompilation } from './compile-expression.ts';
import { compileSelection } from './compile-select.ts';
import type { MessageContext } from './context.ts';
import { isArray, toBoolean } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import { parseStatement } from './parser.ts';
import { payloadResult, type SelectResult, valueResult } from './result.ts';
import { RuleRun } from './rule-run.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

/** A rule's statement, ready to run. */
export interface CompiledRule {
  readonly version: SqlVersion;
  /** What it was compiled from: for those who explain it. */
  readonly statement: Statement;
  /** Absent for a rule that only Basic Ingest reaches. */
  readonly topicFilter?: string;
  /** The message as this rule sees it: give this to `where`, `select` and the rule's templates. */
  readonly contextFor: (context: MessageContext) => MessageContext;
  /** Whether the message passes WHERE; absent when there is none. @throws SqlEvaluationError, PendingCall */
  readonly where?: (context: MessageContext) => boolean;
  /** What the actions get; called when WHERE has passed. @throws SqlEvaluationError, PendingCall */
  readonly select: (context: MessageContext) => SelectResult;
}

/**
 * Compiles a rule's SQL into closures.
 *
 * @throws SqlParseError when the text is not AWS IoT SQL, or uses what its version does not have.
 */
export function compileRule(
  sql: string,
  version: SqlVersion,
  switches: Switches = defaultSwitches,
): CompiledRule {
  const statement = parseStatement(sql, version, switches);
  const { variables, selection, topicFilter, where } = statement;
  const compilation = newCompilation({ version, switches });
  const evaluators = new Map(
    variables.map(({ name, value }) => [name, compileExpression(value, compilation)]),
  );
  const needsScope = version === '2015-10-08' || variables.length > 0;
  const limitError = callLimitError(statement);
  return {
    version,
    statement,
    ...(topicFilter === undefined ? {} : { topicFilter }),
    contextFor: (context) => (needsScope ? { ...context, rule: new RuleRun(version, evaluators) } : context),
    ...(where === undefined ? {} : { where: compileWhere(where, compilation, limitError) }),
    select: compileResult(selection, compilation, limitError),
  };
}

function compileWhere(
  where: Expression,
  compilation: Compilation,
  limitError: SqlEvaluationError | undefined,
): (context: MessageContext) => boolean {
  const condition = compileExpression(where, compilation);
  const converts = compilation.switches.whereText === 'converted';
  return (context) => {
    if (limitError !== undefined) throw limitError;
    compilation.budget.begin();
    try {
      const result = condition(context);
      return result === true || (converts && toBoolean(result) === true);
    } catch (thrown) {
      throw boundedError(thrown);
    }
  };
}

function compileResult(
  selection: Selection,
  compilation: Compilation,
  limitError: SqlEvaluationError | undefined,
): (context: MessageContext) => SelectResult {
  const [only, another] = selection.items;
  const { version, switches } = compilation;
  if (only?.expression.kind === 'wildcard' && only.alias === undefined && another === undefined) {
    return ({ payload }) => payloadResult(payload, version);
  }
  const evaluate = compileSelection(selection, compilation);
  return (context) => {
    if (limitError !== undefined) throw limitError;
    compilation.budget.begin();
    let value: SqlValue;
    try {
      value = evaluate(context);
    } catch (thrown) {
      throw boundedError(thrown);
    }
    if (version === '2015-10-08' && selection.isValue && isArray(value)) {
      throw new SqlEvaluationError(
        'NOT_IN_THIS_VERSION',
        'SELECT VALUE gives an Array, which 2015-10-08 cannot: set AwsIotSqlVersion to 2016-03-23',
      );
    }
    return valueResult(value, switches.textValue);
  };
}
