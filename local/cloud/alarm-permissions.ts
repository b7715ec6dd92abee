import type { AlarmTargets } from '../cloudwatch/index.ts';
import { authoriserOf, createAuthoriser, type Authoriser } from '../iam/index.ts';
import { creationsOf, type Site } from './site.ts';

const PUBLISHES = 'cloudwatch.amazonaws.com';
const INVOKES = 'lambda.alarms.cloudwatch.amazonaws.com';

/**
 * Holds the actions of the template's alarms against its permissions and its topics' policies.
 *
 * A topic without a policy takes what its own account sends. One that has a policy takes only what that allows, of
 * CloudWatch as well: on AWS such an alarm rings and nobody hears of it.
 *
 * @throws ConfigurationError POLICY_NOT_SERVED, CONDITION_NOT_SERVED for the policy of a topic that an alarm publishes to
 */
export function alarmPermissions(
  site: Pick<Site, 'plan' | 'accountId' | 'region'>,
): NonNullable<AlarmTargets['authorise']> {
  const { plan, accountId, region } = site;
  const permissions = authoriserOf(plan.creations, { accountId, region });
  const topics = topicAuthorisers(site);
  return ({ kind, arn, alarmArn: sourceArn }) => {
    if (kind === 'lambda') {
      permissions.requireInvoke({ servicePrincipal: INVOKES, sourceArn, functionArn: arn });
      return;
    }
    const topic = topics.get(arn);
    topic?.requireResource({ servicePrincipal: PUBLISHES, sourceArn, action: 'sns:Publish', resource: arn });
  };
}

/** By the ARN of a topic that alarms publish to and that has a policy: what others say is not for alarms to read. */
function topicAuthorisers({
  plan,
  accountId,
  region,
}: Pick<Site, 'plan' | 'accountId' | 'region'>): ReadonlyMap<string, Authoriser> {
  const targets = new Set(
    creationsOf(plan, 'alarm').flatMap(({ definition }) => [
      ...definition.okActions,
      ...definition.alarmActions,
      ...definition.insufficientDataActions,
    ]),
  );
  const authorisers = new Map<string, Authoriser>();
  for (const { topicArns, document } of creationsOf(plan, 'topic-policy')) {
    for (const resourceArn of topicArns.filter((arn) => targets.has(arn))) {
      const resourcePolicies = [{ resourceArn, document }];
      authorisers.set(
        resourceArn,
        createAuthoriser({ accountId, region, roles: [], permissions: [], resourcePolicies }),
      );
    }
  }
  return authorisers;
}
