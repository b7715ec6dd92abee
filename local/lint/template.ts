import { type RuleSql, readRuleSql } from './rule-sql.ts';
import { isRecord } from './references.ts';

/** A resource of the template; its intrinsics are not resolved. */
export interface LintResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Its `Metadata`, where findings may be accepted: `Glasshouse: {Accepted: {CODE: why}}`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Whether the author of a resource says why a finding of this code is meant to be so. */
export function isAccepted({ metadata }: LintResource, code: string): boolean {
  const glasshouse = metadata?.['Glasshouse'];
  const accepted = isRecord(glasshouse) ? glasshouse['Accepted'] : undefined;
  const why = isRecord(accepted) ? accepted[code] : undefined;
  return typeof why === 'string' && why !== '';
}

/** A template as checks see it. */
export interface LintTemplate {
  readonly resources: Readonly<Record<string, LintResource>>;
  readonly rules: readonly LintRule[];
}

/** A topic rule of the template that is not disabled. */
export interface LintRule {
  readonly logicalId: string;
  /** Where it is a plain text. */
  readonly ruleName?: string;
  readonly sql: RuleSql;
  readonly actions: readonly LintAction[];
  readonly errorAction?: LintAction;
}

export interface LintAction {
  /** As CloudFormation names it: `Lambda`, `DynamoDBv2`, … */
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** From the resource's properties to its settings. */
  readonly path: readonly (string | number)[];
}

/** A resource whose shape is not what CloudFormation takes is left out: the deployment itself refuses it. */
export function readLintTemplate(resources: Readonly<Record<string, LintResource>>): LintTemplate {
  const rules: LintRule[] = [];
  for (const [logicalId, { type, properties }] of Object.entries(resources)) {
    if (type !== 'AWS::IoT::TopicRule') continue;
    const rule = readRule(logicalId, properties);
    if (rule !== undefined) rules.push(rule);
  }
  return { resources, rules };
}

/** The resources of one type, with their logical ids. */
export function resourcesOf({ resources }: LintTemplate, type: string): [string, LintResource][] {
  return Object.entries(resources).filter(([, resource]) => resource.type === type);
}

function readRule(logicalId: string, properties: LintResource['properties']): LintRule | undefined {
  const { TopicRulePayload: payload, RuleName: ruleName } = properties;
  if (!isRecord(payload)) return undefined;
  const { Sql: sql, AwsIotSqlVersion: version, RuleDisabled: isDisabled } = payload;
  if (typeof sql !== 'string' || isDisabled === true || isDisabled === 'true') return undefined;
  const given = Array.isArray(payload['Actions']) ? payload['Actions'] : [];
  const actions = given.flatMap((action, index) =>
    readAction(action, ['TopicRulePayload', 'Actions', index]),
  );
  const [errorAction] = readAction(payload['ErrorAction'], ['TopicRulePayload', 'ErrorAction']);
  return {
    logicalId,
    ...(typeof ruleName === 'string' ? { ruleName } : {}),
    sql: readRuleSql(sql, version),
    actions,
    ...(errorAction === undefined ? {} : { errorAction }),
  };
}

function readAction(given: unknown, path: readonly (string | number)[]): LintAction[] {
  if (!isRecord(given)) return [];
  const [kind] = Object.keys(given);
  const settings = kind === undefined ? undefined : given[kind];
  return kind === undefined || !isRecord(settings) ? [] : [{ kind, settings, path: [...path, kind] }];
}
