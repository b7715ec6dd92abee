import { z } from 'zod';
import { readInput, requireTopic, type Operation, type SnsContext } from './context.ts';
import { snsError } from './errors.ts';
import type { Topic } from './store.ts';

/** What a policy of a topic may speak of. */
const ACTIONS = [
  'AddPermission',
  'DeleteTopic',
  'GetTopicAttributes',
  'ListSubscriptionsByTopic',
  'Publish',
  'Receive',
  'RemovePermission',
  'SetTopicAttributes',
  'Subscribe',
];

const addInput = z.object({
  TopicArn: z.string(),
  Label: z.string().min(1).max(80),
  AWSAccountId: z.array(z.string().regex(/^\d{12}$/, 'it has twelve digits')).min(1),
  ActionName: z.array(z.string()).min(1),
});
const removeInput = z.object({ TopicArn: z.string(), Label: z.string() });

const policySchema = z.looseObject({
  Statement: z.union([
    z.array(z.looseObject({ Sid: z.string().optional() })),
    z.looseObject({ Sid: z.string().optional() }).transform((statement) => [statement]),
  ]),
});

/** The policy of a topic: its own, or the one that SNS gives it, by which its owner may do everything. */
export function policyOf({ arn, attributes }: Topic, accountId: string): z.output<typeof policySchema> {
  const own = attributes['Policy'];
  if (own !== undefined) return policySchema.parse(JSON.parse(own));
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  };
}

/** Operations that write a topic's policy. Nobody is held to it here: whoever reaches the endpoint is the owner. */
export function permissionOperations(context: SnsContext): Record<string, Operation> {
  const { store, accountId } = context;

  function save(topic: Topic, policy: object): void {
    store.saveTopic({ ...topic, attributes: { ...topic.attributes, Policy: JSON.stringify(policy) } });
  }

  return {
    AddPermission(input) {
      const { TopicArn, Label, AWSAccountId, ActionName } = readInput(addInput, input);
      const topic = requireTopic(context, TopicArn);
      const policy = policyOf(topic, accountId);
      if (policy.Statement.some(({ Sid }) => Sid === Label)) {
        throw snsError('InvalidParameter', 'Invalid parameter: Statement already exists');
      }
      const wrong = ActionName.find((action) => !ACTIONS.includes(action));
      if (wrong !== undefined) {
        throw snsError(
          'InvalidParameter',
          `Invalid parameter: Policy statement action out of service scope! ${wrong.slice(0, 100)} is none of ` +
            ACTIONS.join(', '),
        );
      }
      const statement = {
        Sid: Label,
        Effect: 'Allow',
        Principal: { AWS: oneOrAll(AWSAccountId.map((account) => `arn:aws:iam::${account}:root`)) },
        Action: oneOrAll(ActionName.map((action) => `SNS:${action}`)),
        Resource: topic.arn,
      };
      save(topic, { ...policy, Statement: [...policy.Statement, statement] });
      return {};
    },
    RemovePermission(input) {
      const { TopicArn, Label } = readInput(removeInput, input);
      const topic = requireTopic(context, TopicArn);
      const policy = policyOf(topic, accountId);
      save(topic, { ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== Label) });
      return {};
    },
  };
}

/** AWS writes a list of one as its element. */
function oneOrAll(items: readonly string[]): string | readonly string[] {
  const [only = ''] = items;
  return items.length === 1 ? only : items;
}
