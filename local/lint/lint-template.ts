import { dynamoDbKeys } from './checks/dynamodb-keys.ts';
import { lambdaPermission } from './checks/lambda-permission.ts';
import { neverMeet } from './checks/never-meet.ts';
import { newerSql } from './checks/newer-sql.ts';
import { noErrorAction } from './checks/no-error-action.ts';
import { reservedTopic } from './checks/reserved-topic.ts';
import { sqlInvalid } from './checks/sql-invalid.ts';
import { templateAlias } from './checks/template-alias.ts';
import { topicNotAllowed } from './checks/topic-not-allowed.ts';
import type { Check, Finding } from './finding.ts';
import { isAccepted, type LintResource, readLintTemplate } from './template.ts';

/** Every kind of trap that is looked for. A new one is a file in `checks/` and a line in here. */
export const CHECKS: readonly Check[] = [
  sqlInvalid,
  newerSql,
  reservedTopic,
  lambdaPermission,
  dynamoDbKeys,
  topicNotAllowed,
  neverMeet,
  templateAlias,
  noErrorAction,
];

/**
 * What in a template will not work on AWS, or not as it looks, although both AWS and this cloud take it. Reads the
 * resources as they are written: intrinsics need not be resolved, and what they hide is not guessed at. What a
 * resource accepts in its metadata, with a reason, is not told.
 */
export function lintTemplate(resources: Readonly<Record<string, LintResource>>): Finding[] {
  const template = readLintTemplate(resources);
  return CHECKS.flatMap((check) => {
    const { code, severity } = check;
    return check
      .find(template)
      .filter(({ logicalId }) => {
        const resource = resources[logicalId];
        return resource === undefined || !isAccepted(resource, code);
      })
      .map((found) => ({ ...found, code, severity }));
  });
}

/** A finding on one line, without where it stands. */
export function findingText({ code, severity, logicalId, message }: Finding): string {
  return `${severity} ${code}: ${logicalId}: ${message}`;
}
