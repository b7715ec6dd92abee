import { nameOrArn } from '../../registry/arns.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Thing } from '../../registry/thing.ts';
import type { OperationGroup } from '../operation.ts';

/** Billing groups and the things in them. */
export const billingGroupOperations = {
  CreateBillingGroup({ billingGroupName, billingGroupProperties, tags = [] }, { billingGroups, context }) {
    const description = billingGroupProperties?.billingGroupDescription;
    const { billingGroupId } = billingGroups.create(billingGroupName, description, tags);
    return {
      billingGroupName,
      billingGroupArn: context.arns.of('billinggroup', billingGroupName),
      billingGroupId,
    };
  },

  DescribeBillingGroup({ billingGroupName }, { billingGroups, context }) {
    const { billingGroupId, version, description, createdAt } = billingGroups.require(billingGroupName);
    return {
      billingGroupName,
      billingGroupId,
      billingGroupArn: context.arns.of('billinggroup', billingGroupName),
      version,
      billingGroupProperties: { billingGroupDescription: description },
      billingGroupMetadata: { creationDate: new Date(createdAt) },
    };
  },

  UpdateBillingGroup({ billingGroupName, billingGroupProperties, expectedVersion }, { billingGroups }) {
    const description = billingGroupProperties.billingGroupDescription;
    return { version: billingGroups.update(billingGroupName, description, expectedVersion).version };
  },

  DeleteBillingGroup({ billingGroupName, expectedVersion }, { billingGroups }) {
    billingGroups.remove(billingGroupName, expectedVersion);
    return {};
  },

  ListBillingGroups(input, { billingGroups, context }) {
    const page = billingGroups.list(input);
    return {
      billingGroups: page.items.map(({ billingGroupName }) => ({
        groupName: billingGroupName,
        groupArn: context.arns.of('billinggroup', billingGroupName),
      })),
      ...tokenOf(page),
    };
  },

  AddThingToBillingGroup(input, registry) {
    registry.billingGroups.assign(thingOf(registry, input), groupNameOf(registry, input));
    return {};
  },

  RemoveThingFromBillingGroup(input, registry) {
    const thing = thingOf(registry, input);
    const { billingGroupName } = registry.billingGroups.require(groupNameOf(registry, input));
    if (thing.billingGroupName === billingGroupName) registry.billingGroups.assign(thing, undefined);
    return {};
  },

  ListThingsInBillingGroup({ billingGroupName, ...request }, { billingGroups }) {
    const page = billingGroups.things(billingGroupName, request);
    return { things: [...page.items], ...tokenOf(page) };
  },
} satisfies OperationGroup<Registry>;

interface Named {
  readonly thingName?: string | undefined;
  readonly thingArn?: string | undefined;
  readonly billingGroupName?: string | undefined;
  readonly billingGroupArn?: string | undefined;
}

function thingOf({ things, context }: Registry, { thingName: name, thingArn: arn }: Named): Thing {
  return things.require(nameOrArn(context.arns, 'thing', { label: 'thing', name, arn }));
}

function groupNameOf({ context }: Registry, { billingGroupName: name, billingGroupArn: arn }: Named): string {
  return nameOrArn(context.arns, 'billinggroup', { label: 'billingGroup', name, arn });
}
