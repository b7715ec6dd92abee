import { reservedTopicProblem, type ServedTopics } from '../topics/reserved-topics.ts';
import { readSharedFilter, topicFilterProblem } from '../topics/topic-filter.ts';
import { topicNameProblem } from '../topics/topic-name.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import { refused } from './verdict.ts';
import type { End } from './verdict.ts';

const rulesLevels = '$aws/rules';

/** Why a client may not publish on this topic. */
export function publishFault(topic: string, served: ServedTopics): End | undefined {
  const problem = topicNameProblem(topic);
  if (problem !== undefined) {
    return refused('CLIENT_ERROR', `the topic ${shown(topic)} ${problem}`, reasonCodes.topicNameInvalid);
  }
  const reserved = reservedTopicProblem(topic, served);
  return reserved === undefined
    ? undefined
    : refused('FORBIDDEN_ACCESS', `the topic ${topic} ${reserved}`, reasonCodes.topicNameInvalid);
}

/** Why a client may not subscribe to this filter. */
export function subscribeFault(filter: string): End | undefined {
  const problem = topicFilterProblem(filter);
  const code = reasonCodes.topicFilterInvalid;
  if (problem !== undefined) {
    return refused('CLIENT_ERROR', `the topic filter ${shown(filter)} ${problem}`, code);
  }
  const { filter: own } = readSharedFilter(filter) ?? { filter };
  if (own !== rulesLevels && !own.startsWith(`${rulesLevels}/`)) return undefined;
  const detail = `nobody can subscribe to ${rulesLevels}/…, where messages go to a rule only`;
  return refused('FORBIDDEN_ACCESS', detail, code);
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** A refused topic may be 64 KB long. */
function shown(topic: string): string {
  return topic.length <= 80 ? topic : `${topic.slice(0, 80)}…`;
}
