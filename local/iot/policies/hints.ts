import { matches, topicFilterProblem } from '../topics/topic-filter.ts';
import type { BoundStatement } from './bound-statement.ts';
import type { NearMiss } from './explanation.ts';

interface Refused {
  readonly action: string;
  readonly resource: string;
  readonly policyNames: readonly string[];
}

/**
 * What is probably wrong, for a request that no statement allows: the mistakes that everybody makes once.
 * `candidates` are the statements that have the action.
 *
 * - no policy is attached;
 * - no statement has the action;
 * - a subscription is allowed on `topic/…` where it needs `topicfilter/…`, or the other way round;
 * - `+` and `#` are used as wildcards, which they are in topic filters and not in policies.
 */
export function hintsFor(
  { action, resource, policyNames }: Refused,
  nearMisses: readonly NearMiss[],
  candidates: readonly BoundStatement[],
): string[] {
  if (policyNames.length === 0) return ['No policy is attached: nothing is allowed without one.'];
  const hints: string[] = [];
  if (nearMisses.length === 0) hints.push(`No statement allows ${action} on anything.`);
  const swapped = swapTopicKind(resource);
  if (
    swapped !== undefined &&
    candidates.some(
      ({ compiled, matchesResource }) =>
        compiled.statement.effect === 'Allow' && matchesResource(swapped.resource),
    )
  ) {
    hints.push(`A statement names ${swapped.resource}; ${action} needs ${swapped.needed}… there.`);
  }
  for (const { statement, resource: missed } of nearMisses) {
    const wrong = statement.resources.find((text) => missed !== undefined && isFilterFor(text, resource));
    if (wrong === undefined) continue;
    hints.push(`In a policy + and # are plain characters: write * in place of them in ${wrong}.`);
    break;
  }
  return hints;
}

const TOPIC = /^(arn:[^:]*:iot:[^:]*:[^:]*:)(topic|topicfilter)\/(.*)$/s;

/** The same name as the other kind of resource. */
function swapTopicKind(resource: string): { resource: string; needed: string } | undefined {
  const [, prefix = '', kind, name = ''] = TOPIC.exec(resource) ?? [];
  if (kind === undefined) return undefined;
  const other = kind === 'topic' ? 'topicfilter' : 'topic';
  return { resource: `${prefix}${other}/${name}`, needed: `${kind}/` };
}

/** Whether a resource with `+` or `#` would match if they were the wildcards that they are in MQTT. */
function isFilterFor(text: string, resource: string): boolean {
  const [, prefix, kind, filter = ''] = TOPIC.exec(text) ?? [];
  const [, wantedPrefix, wantedKind, topic = ''] = TOPIC.exec(resource) ?? [];
  if (prefix === undefined || prefix !== wantedPrefix || kind !== wantedKind) return false;
  if (!filter.includes('+') && !filter.includes('#')) return false;
  return topicFilterProblem(filter) === undefined && matches(filter, topic);
}
