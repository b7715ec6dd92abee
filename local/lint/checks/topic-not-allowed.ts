import { filterMeetsPattern } from '../meeting.ts';
import { cloudPatterns, devicePatterns } from '../publishers.ts';
import type { Check } from '../finding.ts';

export const topicNotAllowed: Check = {
  code: 'TOPIC_NOT_ALLOWED',
  severity: 'warning',
  explain: 'No policy of the template lets a device publish what the rule waits for.',
  find(template) {
    const devices = devicePatterns(template);
    // Without a policy in the template devices get theirs elsewhere, and nothing can be said.
    if (devices.length === 0) return [];
    const patterns = [...devices, ...cloudPatterns(template)];
    return template.rules.flatMap(({ logicalId, sql }) => {
      const filter = sql.statement?.topicFilter;
      if (filter === undefined || filter.startsWith('$')) return [];
      if (patterns.some((pattern) => filterMeetsPattern(filter, pattern))) return [];
      const allowed = devices.map((pattern) => `topic/${pattern}`).join(', ');
      return [
        {
          logicalId,
          path: ['TopicRulePayload', 'Sql'],
          message:
            `no policy of the template lets a device publish on '${filter}' (they allow ${allowed}): AWS IoT cuts ` +
            'the connection of a device that tries, and the rule never runs; allow iot:Publish on the topic, or ' +
            'mend the filter',
        },
      ];
    });
  },
};
