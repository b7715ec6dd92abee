import type { Check } from '../finding.ts';

export const noErrorAction: Check = {
  code: 'NO_ERROR_ACTION',
  severity: 'warning',
  explain: 'What an action of the rule cannot take is lost without a trace.',
  find: ({ rules }) =>
    rules
      .filter(({ errorAction, actions }) => errorAction === undefined && actions.length > 0)
      .map(({ logicalId }) => ({
        logicalId,
        path: ['TopicRulePayload'],
        message:
          'the rule has no ErrorAction: a message that an action fails on (throttled, not permitted, not JSON) is ' +
          'gone; add an ErrorAction, for example Sqs to a queue. An iot event of a function cannot have one: write ' +
          'the rule under resources',
      })),
};
