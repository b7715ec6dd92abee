import { invalidRequest, iotError } from '../../registry/errors.ts';
import { readPage, tokenOf } from '../../registry/paging.ts';
import { AwsApiError } from '../../../errors.ts';
import type { OperationGroup } from '../operation.ts';

type DestinationStatus = 'ENABLED' | 'IN_PROGRESS' | 'DISABLED' | 'ERROR' | 'DELETING';

/** An HTTP destination of rules. */
export interface RuleDestination {
  readonly arn: string;
  readonly confirmationUrl: string;
  readonly status: DestinationStatus;
  readonly statusReason: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The destinations, as the operations ask them; the rules' HTTP action keeps them. */
export interface RuleDestinations {
  /** Makes one and asks its server to confirm it. @throws AwsApiError */
  ensure(confirmationUrl: string): Promise<RuleDestination>;
  /** @throws AwsApiError for a token of none. */
  confirm(token: string): RuleDestination;
  /** @throws AwsApiError */
  setStatus(arn: string, status: string): Promise<RuleDestination>;
  find(arn: string): RuleDestination | undefined;
  list(): readonly RuleDestination[];
  remove(arn: string): void;
}

export interface RuleDestinationContext {
  readonly destinations: RuleDestinations;
}

/** Where rules may post to over HTTP. */
export const ruleDestinationOperations = {
  async CreateTopicRuleDestination({ destinationConfiguration }, { destinations }) {
    const { httpUrlConfiguration, vpcConfiguration } = destinationConfiguration;
    if (httpUrlConfiguration === undefined) {
      if (vpcConfiguration === undefined) throw invalidRequest('A destination needs an httpUrlConfiguration');
      throw new AwsApiError(501, 'UnsupportedOperationException', 'VPC destinations are not served here.');
    }
    const { confirmationUrl } = httpUrlConfiguration;
    const there = destinations.list().find((one) => one.confirmationUrl === confirmationUrl);
    if (there !== undefined) {
      throw iotError('ResourceAlreadyExistsException', `There is a destination for ${confirmationUrl}`, {
        resourceId: there.arn.slice(there.arn.lastIndexOf('/') + 1),
        resourceArn: there.arn,
      });
    }
    return { topicRuleDestination: describe(await destinations.ensure(confirmationUrl)) };
  },

  ConfirmTopicRuleDestination({ confirmationToken }, { destinations }) {
    destinations.confirm(confirmationToken);
    return {};
  },

  GetTopicRuleDestination({ arn }, { destinations }) {
    return { topicRuleDestination: describe(requireDestination(destinations, arn)) };
  },

  ListTopicRuleDestinations(input, { destinations }) {
    const page = readPage(input, {
      scope: ['ListTopicRuleDestinations'],
      defaultResults: 100,
      read: (after, limit) =>
        destinations
          .list()
          .filter(({ arn }) => arn > after)
          .toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
          .slice(0, limit),
      keyOf: ({ arn }) => arn,
    });
    return {
      destinationSummaries: page.items.map((destination) => {
        const { httpUrlProperties, ...common } = describe(destination);
        return { ...common, httpUrlSummary: httpUrlProperties };
      }),
      ...tokenOf(page),
    };
  },

  async UpdateTopicRuleDestination({ arn, status }, { destinations }) {
    requireDestination(destinations, arn);
    await destinations.setStatus(arn, status);
    return {};
  },

  DeleteTopicRuleDestination({ arn }, { destinations }) {
    requireDestination(destinations, arn);
    destinations.remove(arn);
    return {};
  },
} satisfies OperationGroup<RuleDestinationContext>;

/** @throws AwsApiError `UnauthorizedException`, which is AWS's answer for one that is not there. */
function requireDestination(destinations: RuleDestinations, arn: string): RuleDestination {
  const found = destinations.find(arn);
  if (found === undefined) {
    throw iotError('UnauthorizedException', `Access to the destination ${arn} was denied: there is none`);
  }
  return found;
}

function describe(destination: RuleDestination) {
  const { arn, status, statusReason, createdAtMs, updatedAtMs, confirmationUrl } = destination;
  return {
    arn,
    status,
    statusReason: statusReason === '' ? undefined : statusReason,
    createdAt: new Date(createdAtMs),
    lastUpdatedAt: new Date(updatedAtMs),
    httpUrlProperties: { confirmationUrl },
  };
}
