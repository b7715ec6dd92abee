import type { Check } from '../finding.ts';

export const sqlInvalid: Check = {
  code: 'SQL_INVALID',
  severity: 'error',
  explain: 'The text of the rule is not AWS IoT SQL, so the deployment is refused.',
  find: ({ rules }) =>
    rules.flatMap(({ logicalId, sql }) =>
      sql.problem === undefined
        ? []
        : [
            {
              logicalId,
              path: ['TopicRulePayload', 'Sql'],
              message: `AWS refuses the rule with SqlParseException: ${sql.problem}`,
            },
          ],
    ),
};
