import type { DynamicQuery } from '../../registry/dynamic-queries.ts';
import { invalidRequest } from '../../registry/errors.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import { groupArn } from '../../registry/thing-group.ts';
import type { ThingGroups } from '../../registry/thing-groups.ts';
import type { OperationGroup } from '../operation.ts';

/** Static thing groups, and the description of both kinds. */
export const thingGroupOperations = {
  CreateThingGroup(
    { thingGroupName, parentGroupName, thingGroupProperties = {}, tags = [] },
    { thingGroups, context },
  ) {
    const { thingGroupId } = thingGroups.create({
      thingGroupName,
      parentGroupName,
      description: thingGroupProperties.thingGroupDescription,
      attributePayload: thingGroupProperties.attributePayload,
      tags,
    });
    return { thingGroupName, thingGroupArn: groupArn(context.arns, thingGroupName), thingGroupId };
  },

  DescribeThingGroup({ thingGroupName }, { thingGroups, context }) {
    const group = thingGroups.require(thingGroupName);
    const ancestors = thingGroups.ancestors(group);
    return {
      thingGroupName,
      thingGroupId: group.thingGroupId,
      thingGroupArn: groupArn(context.arns, thingGroupName),
      version: group.version,
      ...describeQuery(thingGroups.queryOf(group)),
      thingGroupProperties: {
        thingGroupDescription: group.description,
        attributePayload: { attributes: { ...group.attributes } },
      },
      thingGroupMetadata: {
        parentGroupName: ancestors.at(-1)?.thingGroupName,
        rootToParentThingGroups: ancestors.map((ancestor) => ({
          groupName: ancestor.thingGroupName,
          groupArn: groupArn(context.arns, ancestor.thingGroupName),
        })),
        creationDate: new Date(group.createdAt),
      },
    };
  },

  UpdateThingGroup({ thingGroupName, thingGroupProperties, expectedVersion }, { thingGroups }) {
    requireStatic(thingGroups, thingGroupName);
    const { version } = thingGroups.update(thingGroupName, {
      description: thingGroupProperties.thingGroupDescription,
      attributePayload: thingGroupProperties.attributePayload,
      expectedVersion,
    });
    return { version };
  },

  DeleteThingGroup({ thingGroupName, expectedVersion }, { thingGroups }) {
    requireStatic(thingGroups, thingGroupName);
    thingGroups.remove(thingGroupName, expectedVersion);
    return {};
  },

  ListThingGroups(input, { thingGroups, context }) {
    const page = thingGroups.list(input);
    return {
      thingGroups: page.items.map(({ thingGroupName }) => ({
        groupName: thingGroupName,
        groupArn: groupArn(context.arns, thingGroupName),
      })),
      ...tokenOf(page),
    };
  },
} satisfies OperationGroup<Registry>;

/** What is searched is always up to date: no group is ever still building. */
function describeQuery(query: DynamicQuery | undefined) {
  return query === undefined ? {} : { ...query, status: 'ACTIVE' as const };
}

function requireStatic(groups: ThingGroups, name: string): void {
  const group = groups.find(name);
  if (group === undefined || groups.queryOf(group) === undefined) return;
  throw invalidRequest(
    `Thing group ${name} is dynamic: use UpdateDynamicThingGroup or DeleteDynamicThingGroup for it`,
  );
}
