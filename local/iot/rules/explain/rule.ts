import { errorText } from '../../../../shared/errors.ts';
import { readBasicIngest } from '../../topics/topic-name.ts';
import type { IotMessage } from '../../message.ts';
import { columnKey } from '../sql/ast.ts';
import { compileRule } from '../sql/compile-rule.ts';
import { toBoolean } from '../sql/conversions.ts';
import { contextOfMessage, type Surroundings } from '../sql/message-context.ts';
import { defaultSwitches } from '../sql/switches.ts';
import type { SqlVersion } from '../sql/version.ts';
import { type ExplainedExpression, explainExpression } from './expression.ts';
import { type ExplainedFilter, explainFilter } from './filter.ts';
import { explainAction, type ExplainedTemplate, explainTemplate } from './templates.ts';

export interface RuleToExplain {
  readonly sql: string;
  readonly version: SqlVersion;
  /** Actions, in the form of CloudFormation or of the API. */
  readonly actions?: readonly unknown[];
  /** Templates that belong to no action. */
  readonly templates?: readonly string[];
}

export interface ExplainedRule {
  readonly version: SqlVersion;
  /** Why no attribute of the payload can be read: most often, it is not JSON. */
  readonly payloadProblem?: string;
  /** Absent for a rule without FROM, and for a message of Basic Ingest, which FROM does not decide on. */
  readonly filter?: ExplainedFilter;
  /** The variables of SET, in their order. */
  readonly variables: readonly { readonly name: string; readonly explained: ExplainedExpression }[];
  readonly where?: ExplainedExpression;
  /** `key` is undefined for `*`, which adds every attribute. */
  readonly columns: readonly {
    readonly key: string | undefined;
    readonly explained: ExplainedExpression;
  }[];
  /** What the actions get, or would get. */
  readonly result: ExplainedResult;
  readonly templates: readonly ExplainedTemplate[];
  /** Whether the actions run for the message, and if not, why. */
  readonly verdict: { readonly runs: true } | { readonly runs: false; readonly why: string };
}

export type ExplainedResult =
  | { readonly kind: 'json' | 'base64'; readonly text: string }
  | { readonly kind: 'failure'; readonly message: string };

/**
 * Evaluates a rule for one message and keeps everything on the way. WHERE and SELECT are evaluated whether or not
 * the topic matches, as somebody who asks wants to see both.
 *
 * @throws SqlParseError when the SQL is not AWS IoT SQL, or uses what its version does not have
 */
export function explainRule(
  rule: RuleToExplain,
  message: IotMessage,
  surroundings: Surroundings,
): ExplainedRule {
  const { sql, version, actions = [], templates = [] } = rule;
  const compiled = compileRule(sql, version);
  const { variables, selection, topicFilter, where } = compiled.statement;
  const ingest = readBasicIngest(message.topic);
  const context = compiled.contextFor(
    contextOfMessage(message, ingest?.topic ?? message.topic, surroundings),
  );
  const dialect = { version, switches: defaultSwitches };
  const payloadProblem = payloadProblemOf(() => context.payload.json(version));
  const explained = {
    version,
    ...(payloadProblem === undefined ? {} : { payloadProblem }),
    ...(topicFilter === undefined || ingest !== undefined
      ? {}
      : { filter: explainFilter(topicFilter, message.topic) }),
    variables: variables.map(({ name, value }) => ({
      name,
      explained: explainExpression(value, context, dialect),
    })),
    ...(where === undefined ? {} : { where: explainExpression(where, context, dialect) }),
    columns: selection.items.map((item) => ({
      key: columnKey(item)?.join('.'),
      explained: explainExpression(item.expression, context, dialect),
    })),
    result: resultOf(() => compiled.select(context)),
    templates: [
      ...actions.flatMap((action) => explainAction(action, context)),
      ...templates.map((template) => explainTemplate(template, context)),
    ],
  };
  const isReached = ingest !== undefined || topicFilter !== undefined;
  return { ...explained, verdict: verdictOf(explained, isReached) };
}

function payloadProblemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (thrown) {
    return errorText(thrown);
  }
}

function resultOf(select: () => { bytes(): Uint8Array; isJson(): boolean }): ExplainedResult {
  try {
    const result = select();
    const bytes = Buffer.from(result.bytes());
    return result.isJson()
      ? { kind: 'json', text: bytes.toString() }
      : { kind: 'base64', text: bytes.toString('base64') };
  } catch (thrown) {
    return { kind: 'failure', message: errorText(thrown) };
  }
}

function verdictOf(
  { filter, where, result }: Pick<ExplainedRule, 'filter' | 'where' | 'result'>,
  isReached: boolean,
): ExplainedRule['verdict'] {
  if (!isReached) {
    return { runs: false, why: 'it has no FROM: only Basic Ingest reaches it, on $aws/rules/<its name>' };
  }
  if (filter?.matches === false) {
    return {
      runs: false,
      why: `the topic does not match the filter${filter.note === undefined ? '' : `: ${filter.note}`}`,
    };
  }
  if (where?.outcome.kind === 'failure') return { runs: false, why: `WHERE fails: ${where.outcome.message}` };
  if (where !== undefined && toBoolean(where.outcome.value) !== true)
    return { runs: false, why: 'WHERE is not true' };
  if (result.kind === 'failure') return { runs: false, why: `SELECT fails: ${result.message}` };
  return { runs: true };
}
