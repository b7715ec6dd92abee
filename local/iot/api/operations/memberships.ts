import { nameOrArn } from '../../registry/arns.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import { groupArn, type ThingGroup } from '../../registry/thing-group.ts';
import type { Thing } from '../../registry/thing.ts';
import type { OperationGroup } from '../operation.ts';

/** Which things are in which thing groups. */
export const membershipOperations = {
  AddThingToThingGroup(input, registry) {
    registry.memberships.add(thingOf(registry, input), groupOf(registry, input));
    return {};
  },

  RemoveThingFromThingGroup(input, registry) {
    registry.memberships.remove(thingOf(registry, input), groupOf(registry, input));
    return {};
  },

  UpdateThingGroupsForThing({ thingName, thingGroupsToAdd = [], thingGroupsToRemove = [] }, registry) {
    const { memberships, thingGroups, context } = registry;
    const thing = thingOf(registry, { thingName });
    const removed = thingGroupsToRemove.map((name) => thingGroups.require(name));
    const added = thingGroupsToAdd.map((name) => thingGroups.require(name));
    context.database.transaction(() => {
      for (const group of removed) memberships.remove(thing, group);
      for (const group of added) memberships.add(thing, group);
    });
    return {};
  },

  ListThingGroupsForThing({ thingName, ...request }, { things, dynamicGroups, context }) {
    const page = dynamicGroups.groupsOf(things.require(thingName), request);
    return {
      thingGroups: page.items.map(({ thingGroupName }) => ({
        groupName: thingGroupName,
        groupArn: groupArn(context.arns, thingGroupName),
      })),
      ...tokenOf(page),
    };
  },

  ListThingsInThingGroup({ thingGroupName, recursive = false, ...request }, registry) {
    const { thingGroups, dynamicGroups, memberships } = registry;
    const group = thingGroups.require(thingGroupName);
    const page = dynamicGroups.thingsIn(group, request) ?? memberships.thingsIn(group, recursive, request);
    return { things: [...page.items], ...tokenOf(page) };
  },
} satisfies OperationGroup<Registry>;

interface Named {
  readonly thingName?: string | undefined;
  readonly thingArn?: string | undefined;
  readonly thingGroupName?: string | undefined;
  readonly thingGroupArn?: string | undefined;
}

function thingOf({ things, context }: Registry, { thingName: name, thingArn: arn }: Named): Thing {
  return things.require(nameOrArn(context.arns, 'thing', { label: 'thing', name, arn }));
}

function groupOf({ thingGroups, context }: Registry, named: Named): ThingGroup {
  const { thingGroupName: name, thingGroupArn: arn } = named;
  return thingGroups.require(nameOrArn(context.arns, 'thinggroup', { label: 'thingGroup', name, arn }));
}
