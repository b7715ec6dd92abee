import { z } from 'zod';
import { topicNameProblem } from '../../topics/topic-name.ts';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';
import { headersSchema, renderHeaders } from './message-headers.ts';
import { requirePermission } from './permissions.ts';

/** A message that has passed through this many republish actions goes no further: the rules form a loop. */
const MAX_REPUBLISHES = 10;

/** Publishes the SELECT result on another topic; `$$aws/…` reaches the reserved topics `$aws/…`. */
export const republish = defineAction({
  name: 'Republish',
  failedAction: 'RepublishAction',
  settings: z.strictObject({
    Topic: templateText,
    Qos: z
      .union([z.literal([0, 1]), z.literal(['0', '1']).transform((text) => (text === '1' ? 1 : 0))])
      .default(0),
    Headers: headersSchema.optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ Topic, Qos, Headers, RoleArn }) => ({
    resource: Topic,
    run: async (target, invocation, services) => {
      const { result, message, ruleName, context } = invocation;
      if (message.republishes >= MAX_REPUBLISHES) {
        throw new ActionError(
          'REPUBLISH_LOOP',
          `the rule ${ruleName} would republish a message that was republished ${message.republishes} times ` +
            'already: the rules form a loop; narrow a FROM or a WHERE',
          { ruleName, topic: message.topic },
        );
      }
      const topic = realTopic(target);
      const properties = Headers === undefined ? undefined : renderHeaders(Headers, context);
      requirePermission(services, invocation, RoleArn, 'iot:Publish', ({ region, accountId }) => {
        return `arn:aws:iot:${region}:${accountId}:topic/${topic}`;
      });
      services.publish({
        topic,
        payload: result.bytes(),
        qos: Qos,
        retain: false,
        publisher: { protocol: 'RULE' },
        traceId: message.traceId,
        republishes: message.republishes + 1,
        ...(properties === undefined ? {} : { properties }),
      });
    },
  }),
});

/** @throws ActionError REPUBLISH_TOPIC_REFUSED */
function realTopic(target: string): string {
  const topic = target.startsWith('$$') ? target.slice(1) : target;
  const problem =
    target === topic && topic.startsWith('$') ? 'is reserved: write $$ for its $' : topicProblem(topic);
  if (problem === undefined) return topic;
  throw new ActionError('REPUBLISH_TOPIC_REFUSED', `the topic "${target}" ${problem}`, { topic: target });
}

function topicProblem(topic: string): string | undefined {
  const [root, service, , feature] = topic.split('/', 4);
  if (root === '$aws' && service === 'things' && feature === 'jobs') {
    return 'belongs to AWS IoT Jobs, which takes no republished messages';
  }
  return topicNameProblem(topic);
}
