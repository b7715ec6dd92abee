import { z } from 'zod';
import { alphanumeric, normalise } from '../logical-ids.ts';
import { eventNotServed, functionArn, readEvent, type EventOf, type Resources } from './event-source.ts';

const topicName = z.string().regex(/^[\w-]{1,256}$/, 'it has 1 to 256 letters, digits, - and _');

const redrivePolicy = z
  .strictObject({
    deadLetterTargetArn: z.string().startsWith('arn:').optional(),
    /** The logical id of a queue. */
    deadLetterTargetRef: z.string().min(1).optional(),
  })
  .refine(
    ({ deadLetterTargetArn, deadLetterTargetRef }) =>
      (deadLetterTargetArn === undefined) !== (deadLetterTargetRef === undefined),
    { message: 'it names one queue, by deadLetterTargetArn or by deadLetterTargetRef' },
  );

const eventSchema = z
  .strictObject({
    /** An ARN, or an intrinsic. */
    arn: z.unknown().optional(),
    topicName: topicName.optional(),
    displayName: z.string().min(1).optional(),
    filterPolicy: z.record(z.string(), z.unknown()).optional(),
    filterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).optional(),
    redrivePolicy: redrivePolicy.optional(),
  })
  .refine(({ arn, topicName: name }) => arn !== undefined || name !== undefined, {
    message: 'it has neither an arn nor a topicName',
  });

/** An ARN or a name alone stands for an event that says no more. */
const schema = z.preprocess((event) => {
  if (typeof event !== 'string') return event;
  return event.startsWith('arn:') ? { arn: event } : { topicName: event };
}, eventSchema);

type SnsEvent = z.infer<typeof eventSchema>;

/** The subscription that an `sns` event stands for, and the topic, where the event names one and no ARN. */
export function resourcesOfSns(source: EventOf): Resources {
  const { definition } = source;
  const event = readEvent(schema, 'sns', source);
  const name = event.topicName ?? nameIn(event.arn);
  if (name === undefined) {
    throw eventNotServed(definition, 'sns', 'beside an arn that is no plain text a topicName is needed');
  }
  const key = normalise(definition.key);
  const suffix = alphanumeric(name);
  const topic = `SNSTopic${suffix}`;
  const topicArn = event.arn ?? { Ref: topic };
  const { filterPolicy, filterPolicyScope, displayName } = event;
  const deadLetter = deadLetterOf(event, { key, suffix, topicArn });
  return {
    ...(event.arn === undefined
      ? {
          [topic]: {
            type: 'AWS::SNS::Topic',
            properties: {
              TopicName: name,
              ...(displayName === undefined ? {} : { DisplayName: displayName }),
            },
          },
        }
      : {}),
    [`${key}SnsSubscription${suffix}`]: {
      type: 'AWS::SNS::Subscription',
      properties: {
        TopicArn: topicArn,
        Protocol: 'lambda',
        Endpoint: functionArn(definition),
        ...(filterPolicy === undefined ? {} : { FilterPolicy: filterPolicy }),
        ...(filterPolicyScope === undefined ? {} : { FilterPolicyScope: filterPolicyScope }),
        ...(deadLetter.arn === undefined ? {} : { RedrivePolicy: { deadLetterTargetArn: deadLetter.arn } }),
      },
    },
    [`${key}LambdaPermission${suffix}SNS`]: {
      type: 'AWS::Lambda::Permission',
      properties: {
        FunctionName: functionArn(definition),
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: topicArn,
      },
    },
    ...deadLetter.resources,
  };
}

/** The name at the end of an ARN. */
function nameIn(arn: unknown): string | undefined {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf(':') + 1) : undefined;
}

/** The dead-letter queue, and the policy that lets SNS put messages into it. */
function deadLetterOf(
  { redrivePolicy: policy }: SnsEvent,
  { key, suffix, topicArn }: { readonly key: string; readonly suffix: string; readonly topicArn: unknown },
): { readonly arn?: unknown; readonly resources: Resources } {
  if (policy === undefined) return { resources: {} };
  const { deadLetterTargetArn, deadLetterTargetRef } = policy;
  const arn = deadLetterTargetArn ?? { 'Fn::GetAtt': [deadLetterTargetRef, 'Arn'] };
  // The policy names queues by URL, of which the name at its end counts.
  const url = deadLetterTargetArn === undefined ? { Ref: deadLetterTargetRef } : nameIn(deadLetterTargetArn);
  const logicalId = `${suffix}To${key}DLQPolicy`;
  const document = {
    Version: '2012-10-17',
    Id: logicalId,
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  };
  return {
    arn,
    resources: {
      [logicalId]: {
        type: 'AWS::SQS::QueuePolicy',
        properties: { PolicyDocument: document, Queues: [url] },
      },
    },
  };
}
