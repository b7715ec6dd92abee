import { filtersMeet } from '../meeting.ts';
import type { Check, Found } from '../finding.ts';
import type { LintRule, LintTemplate } from '../template.ts';

/** A topic filter, or a topic that a rule republishes on, and where it stands. */
interface Named {
  readonly filter: string;
  readonly what: string;
  readonly found: Omit<Found, 'message'>;
}

export const neverMeet: Check = {
  code: 'FILTERS_NEVER_MEET',
  severity: 'warning',
  explain: 'Two topic filters look alike, and no message can match both.',
  find(template) {
    const all = namedIn(template);
    const found: Found[] = [];
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        const difference = differenceOf(one.filter, other.filter);
        if (difference === undefined || filtersMeet(one.filter, other.filter)) continue;
        found.push({
          ...one.found,
          message:
            `'${one.filter}' (${one.what}) and '${other.filter}' (${other.what}) never match the same message: ` +
            difference,
        });
      }
    }
    return found;
  },
};

function namedIn({ rules }: LintTemplate): Named[] {
  return rules.flatMap((rule) => [...filterOf(rule), ...republished(rule)]);
}

function filterOf({ logicalId, sql }: LintRule): Named[] {
  const filter = sql.statement?.topicFilter;
  if (filter === undefined) return [];
  return [{ filter, what: `FROM of ${logicalId}`, found: { logicalId, path: ['TopicRulePayload', 'Sql'] } }];
}

/** Only what no template changes can be compared. */
function republished({ logicalId, actions }: LintRule): Named[] {
  return actions.flatMap(({ kind, settings: { Topic: topic }, path }) => {
    if (kind !== 'Republish' || typeof topic !== 'string' || topic.includes('${')) return [];
    const filter = topic.startsWith('$$') ? topic.slice(1) : topic;
    return [{ filter, what: `topic of ${logicalId}`, found: { logicalId, path: [...path, 'Topic'] } }];
  });
}

/** In what two filters differ that somebody may have meant to be one; undefined when they do not look alike. */
function differenceOf(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  const bare = [one, other].map((filter) => filter.replace(/^\//, '').replace(/\/$/, ''));
  if (bare[0] === bare[1]) {
    const isLeading = one.startsWith('/') !== other.startsWith('/');
    return `a ${isLeading ? 'leading' : 'trailing'} slash makes another topic; write both with it or both without`;
  }
  const [shorter = '', longer = ''] = bare.toSorted((a, b) => a.length - b.length);
  if (longer === `${shorter}/#`) {
    return `on AWS IoT '${longer}' does not take '${shorter}' itself, unlike in the MQTT standard; match both by name, or publish one level deeper`;
  }
  if (one.toLowerCase() === other.toLowerCase()) return 'topics are case-sensitive; write both alike';
  return undefined;
}
