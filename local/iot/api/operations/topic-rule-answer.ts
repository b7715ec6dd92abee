import { z } from 'zod';
import type { StoredRule } from '../../registry/topic-rules.ts';
import type { Output } from '../operation.ts';

type AnsweredRule = NonNullable<Output<'GetTopicRule'>['rule']>;
type Action = NonNullable<AnsweredRule['errorAction']>;

/** The engine checked all that stands in an action when the rule came. */
const action = z.custom<Action>((value) => typeof value === 'object' && value !== null);

const answered = z.object({
  sql: z.string(),
  description: z.string().optional(),
  actions: z.array(action),
  errorAction: action.optional(),
  ruleDisabled: z.boolean().default(false),
  awsIotSqlVersion: z.string().default('2015-10-08'),
});

/** A stored rule as GetTopicRule answers with it: as it was given, with what AWS fills in. */
export function apiRule({ ruleName, payload, createdAt }: StoredRule): AnsweredRule {
  return { ruleName, createdAt: new Date(createdAt), ...answered.parse(payload) };
}
