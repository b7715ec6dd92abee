import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { ConfigurationError } from '../../errors.ts';
import { cloudFormationBoolean, type PreparedAction } from './actions/action.ts';
import { actionKinds } from './actions/registry.ts';
import { type CompiledRule, compileRule } from './sql/compile-rule.ts';
import { SqlParseError } from './sql/errors.ts';
import { readSqlVersion } from './sql/version.ts';

/** A rule as CloudFormation defines it (AWS::IoT::TopicRule), its intrinsics resolved. */
export interface TopicRuleDefinition {
  readonly ruleName: string;
  /** The TopicRulePayload. */
  readonly payload: unknown;
}

/** A rule that is ready to run. */
export interface TopicRule {
  readonly ruleName: string;
  readonly isDisabled: boolean;
  readonly sql: CompiledRule;
  readonly actions: readonly RuleAction[];
  readonly errorAction?: RuleAction;
}

export interface RuleAction {
  /** As error messages name it: `LambdaAction`, … */
  readonly failedAction: string;
  readonly prepared: PreparedAction;
}

const MAX_ACTIONS = 10;
const MAX_RULE_NAME_LENGTH = 128;

const action = z.record(z.string(), z.unknown());

const topicRulePayload = z.strictObject({
  Sql: z.string(),
  Description: z.string().optional(),
  AwsIotSqlVersion: z.string().optional(),
  RuleDisabled: cloudFormationBoolean.default(false),
  Actions: z.array(action).max(MAX_ACTIONS),
  ErrorAction: action.optional(),
});

/**
 * Reads a rule, compiles its SQL and its templates.
 *
 * @throws ConfigurationError that names the rule: RULE_NAME_INVALID, RULE_FIELD_INVALID,
 *   RULE_FIELD_NOT_SERVED, ACTION_NOT_SERVED, SQL_VERSION_NOT_SERVED, or RULE_SQL_INVALID whose `cause` is the
 *   SqlParseError.
 */
export function readTopicRule({ ruleName, payload }: TopicRuleDefinition): TopicRule {
  if (!/^[a-zA-Z0-9_]+$/.test(ruleName) || ruleName.length > MAX_RULE_NAME_LENGTH) {
    throw new ConfigurationError(
      `Rule "${ruleName}": a rule's name has 1 to ${MAX_RULE_NAME_LENGTH} letters, digits and underscores`,
      { code: 'RULE_NAME_INVALID', data: { ruleName } },
    );
  }
  const fields = inRule(ruleName, '', topicRulePayload, () => topicRulePayload.parse(payload));
  const actions = fields.Actions.map((given, index) => readAction(ruleName, `Actions[${index}]`, given));
  return {
    ruleName,
    isDisabled: fields.RuleDisabled,
    sql: inRule(ruleName, 'Sql', topicRulePayload, () =>
      compileRule(fields.Sql, readSqlVersion(fields.AwsIotSqlVersion)),
    ),
    actions,
    ...(fields.ErrorAction === undefined
      ? {}
      : { errorAction: readAction(ruleName, 'ErrorAction', fields.ErrorAction) }),
  };
}

function readAction(ruleName: string, place: string, given: Readonly<Record<string, unknown>>): RuleAction {
  const served = [...actionKinds.keys()].join(', ');
  const [name, another] = Object.keys(given);
  if (name === undefined || another !== undefined) {
    throw new ConfigurationError(
      `Rule "${ruleName}", ${place}: an action has exactly one field, which names its kind; served: ${served}`,
      { code: 'RULE_FIELD_INVALID', data: { ruleName, place } },
    );
  }
  const kind = actionKinds.get(name);
  if (kind === undefined) {
    throw new ConfigurationError(
      `Rule "${ruleName}", ${place}: the action ${name} is not served; served: ${served}`,
      {
        code: 'ACTION_NOT_SERVED',
        data: { ruleName, place, action: name },
      },
    );
  }
  const prepared = inRule(ruleName, `${place}.${name}`, kind.settings, () => kind.prepare(given[name]));
  return { failedAction: kind.failedAction, prepared };
}

/** Reads a part of a rule, and says of which rule and where when that fails. */
function inRule<Part>(ruleName: string, place: string, schema: z.ZodObject, read: () => Part): Part {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof z.ZodError) throw fieldError(ruleName, place, schema, thrown);
    const code =
      thrown instanceof SqlParseError
        ? 'RULE_SQL_INVALID'
        : thrown instanceof ConfigurationError
          ? thrown.code
          : 'RULE_FIELD_INVALID';
    throw new ConfigurationError(`Rule "${ruleName}", ${place}: ${errorText(thrown)}`, {
      code,
      data: { ruleName, place },
      cause: thrown,
    });
  }
}

function fieldError(
  ruleName: string,
  place: string,
  schema: z.ZodObject,
  error: z.ZodError,
): ConfigurationError {
  const [issue] = error.issues;
  const field = [place, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  const where = field === '' ? `Rule "${ruleName}"` : `Rule "${ruleName}", ${field}`;
  if (issue?.code !== 'unrecognized_keys') {
    return new ConfigurationError(`${where}: ${issue?.message ?? 'it cannot be read'}`, {
      code: 'RULE_FIELD_INVALID',
      data: { ruleName, field },
      cause: error,
    });
  }
  const served = servedFields(schema, issue.path).join(', ');
  const fields = issue.keys.join(', ');
  return new ConfigurationError(`${where}: the field ${fields} is not served; served: ${served}`, {
    code: 'RULE_FIELD_NOT_SERVED',
    data: { ruleName, field, notServed: issue.keys },
    cause: error,
  });
}

function servedFields(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of path) at = at instanceof z.ZodObject ? at.shape[String(key)] : undefined;
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
