import { compileExpression } from './compile-expression.ts';
import { compileSelect } from './compile-select.ts';
import type { MessageContext } from './context.ts';
import { toBoolean } from './conversions.ts';
import { parseStatement } from './parser.ts';
import type { SelectResult } from './result.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import type { SqlVersion } from './version.ts';

/** A rule's statement, ready to run. */
export interface CompiledRule {
  /** The functions served so far answer alike in both versions. */
  readonly version: SqlVersion;
  /** Absent for a rule that only Basic Ingest reaches. */
  readonly topicFilter?: string;
  /** Whether the message passes WHERE; absent when there is none. @throws SqlEvaluationError */
  readonly where?: (context: MessageContext) => boolean;
  /** What the actions get; called when WHERE has passed. @throws SqlEvaluationError */
  readonly select: (context: MessageContext) => SelectResult;
}

/**
 * Compiles a rule's SQL into closures.
 *
 * @throws SqlParseError when the text is not AWS IoT SQL, or uses what is not served yet.
 */
export function compileRule(
  sql: string,
  version: SqlVersion,
  switches: Switches = defaultSwitches,
): CompiledRule {
  const { items, topicFilter, where } = parseStatement(sql);
  const condition = where === undefined ? undefined : compileExpression(where, switches);
  const passes = switches.whereText === 'converted' ? toBoolean : (value: unknown) => value === true;
  return {
    version,
    select: compileSelect(items, switches),
    ...(topicFilter === undefined ? {} : { topicFilter }),
    ...(condition === undefined ? {} : { where: (context) => passes(condition(context)) === true }),
  };
}
