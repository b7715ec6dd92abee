import { z } from 'zod';
import { ConfigurationError } from '../../errors.ts';
import { cloudFormationBoolean, type PreparedAction } from './actions/action.ts';
import { actionKinds, notServed } from './actions/registry.ts';
import { inRule, whereIn, type RuleBeingRead } from './rule-reading.ts';
import { spelt, toCloudFormation, type RuleSpelling } from './spelling.ts';
import { type CompiledRule, compileRule } from './sql/compile-rule.ts';
import { readSqlVersion } from './sql/version.ts';

/** A rule as a template or the API defines it. */
export interface TopicRuleDefinition {
  readonly ruleName: string;
  /** The TopicRulePayload, its intrinsics resolved. */
  readonly payload: unknown;
  /** How its names are written: as AWS::IoT::TopicRule or as CreateTopicRule has them. @default 'cloudformation' */
  readonly spelling?: RuleSpelling;
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
export function readTopicRule({
  ruleName,
  payload,
  spelling = 'cloudformation',
}: TopicRuleDefinition): TopicRule {
  const rule = { ruleName, spelling };
  if (!/^[a-zA-Z0-9_]+$/.test(ruleName) || ruleName.length > MAX_RULE_NAME_LENGTH) {
    throw new ConfigurationError(
      `Rule "${ruleName}": a rule's name has 1 to ${MAX_RULE_NAME_LENGTH} letters, digits and underscores`,
      { code: 'RULE_NAME_INVALID', data: { ruleName } },
    );
  }
  const fields = inRule(rule, '', topicRulePayload, () =>
    topicRulePayload.parse(toCloudFormation(payload, spelling)),
  );
  const actions = fields.Actions.map((given, index) => readAction(rule, `Actions[${index}]`, given));
  return {
    ruleName,
    isDisabled: fields.RuleDisabled,
    sql: inRule(rule, 'Sql', topicRulePayload, () =>
      compileRule(fields.Sql, readSqlVersion(fields.AwsIotSqlVersion)),
    ),
    actions,
    ...(fields.ErrorAction === undefined
      ? {}
      : { errorAction: readAction(rule, 'ErrorAction', fields.ErrorAction) }),
  };
}

/** The URLs whose servers have to confirm before the rules may post to them: AWS makes destinations of them. */
export function confirmationUrlsOf(rules: readonly TopicRule[]): string[] {
  const urls = rules
    .flatMap(({ actions, errorAction }) => (errorAction === undefined ? actions : [...actions, errorAction]))
    .map(({ prepared }) => prepared.confirmationUrl)
    .filter((url) => url !== undefined);
  return [...new Set(urls)];
}

function readAction(
  rule: RuleBeingRead,
  place: string,
  given: Readonly<Record<string, unknown>>,
): RuleAction {
  const { ruleName, spelling } = rule;
  const served = [...actionKinds.keys()].map((kind) => spelt(kind, spelling)).join(', ');
  const [name, another] = Object.keys(given);
  if (name === undefined || another !== undefined) {
    throw new ConfigurationError(
      `${whereIn(rule, place)}: an action has exactly one field, which names its kind; served: ${served}`,
      { code: 'RULE_FIELD_INVALID', data: { ruleName, place } },
    );
  }
  const kind = actionKinds.get(name);
  if (kind === undefined) {
    const why = notServed.get(name);
    throw new ConfigurationError(
      `${whereIn(rule, place)}: the action ${spelt(name, spelling)} is not served` +
        `${why === undefined ? '' : `, because ${why}`}; served: ${served}`,
      { code: 'ACTION_NOT_SERVED', data: { ruleName, place, action: name } },
    );
  }
  const prepared = inRule(rule, `${place}.${name}`, kind.settings, () => kind.prepare(given[name]));
  return { failedAction: kind.failedAction, prepared };
}
