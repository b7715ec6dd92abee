import { z } from 'zod';
import { topicNameProblem } from '../../topics/topic-name.ts';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';

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
    RoleArn: roleArn,
  }),
  prepare: ({ Topic, Qos }) => ({
    resource: Topic,
    run: async (target, { result, message, ruleName }, services) => {
      if (message.republishes >= MAX_REPUBLISHES) {
        throw new ActionError(
          'REPUBLISH_LOOP',
          `the rule ${ruleName} would republish a message that was republished ${message.republishes} times ` +
            'already: the rules form a loop; narrow a FROM or a WHERE',
          { ruleName, topic: message.topic },
        );
      }
      services.publish({
        topic: realTopic(target),
        payload: result.bytes(),
        qos: Qos,
        retain: false,
        publisher: { protocol: 'RULE' },
        traceId: message.traceId,
        republishes: message.republishes + 1,
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
