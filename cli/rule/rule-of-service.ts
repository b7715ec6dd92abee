import path from 'node:path';
import { isRecord, templateOfSub } from '../../local/lint/index.ts';
import { CommandError } from '../errors.ts';
import { readService } from '../lint/service.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

/** What `rule test` takes of a rule. */
export interface GivenRule {
  readonly sql: string;
  /** As it is written; undefined where it is left out. */
  readonly version: string | undefined;
  readonly actions: readonly unknown[];
}

/**
 * A rule of the service in a folder, by its logical id.
 *
 * @throws CommandError RULE_NOT_FOUND, RULE_UNREADABLE, or what reading the files throws
 */
export function ruleOfService(logicalId: string, folder: string, env: NodeJS.ProcessEnv): GivenRule {
  const { resources } = readService({ file: path.join(folder, 'serverless.yml'), env });
  const rules = Object.keys(resources).filter((id) => resources[id]?.type === 'AWS::IoT::TopicRule');
  const rule = rules.includes(logicalId) ? resources[logicalId] : undefined;
  if (rule === undefined) {
    const known = rules.length === 0 ? 'it has no rules' : `it has ${rules.join(', ')}`;
    throw new CommandError(
      'RULE_NOT_FOUND',
      `serverless.yml has no rule ${quoted(logicalId)}${didYouMean(logicalId, rules)} (${known})`,
    );
  }
  const { TopicRulePayload: payload } = rule.properties;
  const sql = isRecord(payload) ? payload['Sql'] : undefined;
  if (!isRecord(payload) || typeof sql !== 'string') {
    throw new CommandError('RULE_UNREADABLE', `the rule ${quoted(logicalId)} has no text as Sql`);
  }
  const { Actions: actions, ErrorAction: errorAction, AwsIotSqlVersion: version } = payload;
  return {
    sql,
    version: typeof version === 'string' ? version : undefined,
    actions: [
      ...(Array.isArray(actions) ? actions.map(withoutIntrinsics) : []),
      ...(errorAction === undefined ? [] : [{ ErrorAction: withoutIntrinsics(errorAction) }]),
    ],
  };
}

/** Intrinsics are CloudFormation's to fill in: of `Fn::Sub` its text stays, of the others nothing. */
function withoutIntrinsics(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIntrinsics);
  if (!isRecord(value)) return value;
  const [key = '', another] = Object.keys(value);
  if (another === undefined && (key === 'Ref' || key.startsWith('Fn::'))) return templateOfSub(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutIntrinsics(inner)]));
}
