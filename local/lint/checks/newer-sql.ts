import type { Check } from '../finding.ts';

export const newerSql: Check = {
  code: 'NEWER_SQL_IN_OLD_VERSION',
  severity: 'error',
  explain: 'The rule uses SQL that the version it runs under does not have.',
  find: ({ rules }) =>
    rules.flatMap(({ logicalId, sql }) => {
      if (sql.newerSyntax === undefined) return [];
      const why = sql.isDefaultVersion
        ? 'the rule does not say AwsIotSqlVersion, and so runs under 2015-10-08, the default of CloudFormation'
        : 'the rule runs under 2015-10-08';
      return [
        {
          logicalId,
          path: ['TopicRulePayload', 'Sql'],
          message: `${why}, which does not have this: ${sql.newerSyntax}; set AwsIotSqlVersion to '2016-03-23'`,
        },
      ];
    }),
};
