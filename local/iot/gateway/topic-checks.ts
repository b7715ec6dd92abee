import { readSharedFilter, topicFilterProblem } from '../topics/topic-filter.ts';
import { readBasicIngest, topicNameProblem } from '../topics/topic-name.ts';
import { clientError, forbidden } from './verdict.ts';
import type { Verdict } from './verdict.ts';

const rulesLevels = '$aws/rules';

/** Topics that begin with `$` belong to the service. */
export function isReserved(topic: string): boolean {
  return topic.startsWith('$');
}

/** Whether a message goes to a rule only, past the subscribers. */
export function isBasicIngest(topic: string): boolean {
  return readBasicIngest(topic) !== undefined;
}

/** Why a client may not publish on this topic. Of the reserved ones, only `$aws/rules/<ruleName>/…` is taken. */
export function publishFault(topic: string): Verdict {
  const problem = topicNameProblem(topic);
  if (problem !== undefined) return clientError(`the topic ${shown(topic)} ${problem}`);
  if (!isReserved(topic) || isBasicIngest(topic)) return undefined;
  return forbidden(
    `the topic ${topic} is reserved: of those with $, clients publish on ${rulesLevels}/… only`,
  );
}

/** Why a client may not subscribe to this filter. */
export function subscribeFault(filter: string): Verdict {
  const problem = topicFilterProblem(filter);
  if (problem !== undefined) return clientError(`the topic filter ${shown(filter)} ${problem}`);
  const { filter: own } = readSharedFilter(filter) ?? { filter };
  if (own !== rulesLevels && !own.startsWith(`${rulesLevels}/`)) return undefined;
  return forbidden(`nobody can subscribe to ${rulesLevels}/…, where messages go to a rule only`);
}

/** Whether a filter deals messages out among a group, which this gateway does not do. */
export function isShared(filter: string): boolean {
  return readSharedFilter(filter) !== undefined;
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** A refused topic may be 64 KB long. */
function shown(topic: string): string {
  return topic.length <= 80 ? topic : `${topic.slice(0, 80)}…`;
}
