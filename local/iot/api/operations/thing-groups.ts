import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import { groupArn } from '../../registry/thing-group.ts';
import type { OperationGroup } from '../operation.ts';

/** Static thing groups. */
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
    const { version } = thingGroups.update(thingGroupName, {
      description: thingGroupProperties.thingGroupDescription,
      attributePayload: thingGroupProperties.attributePayload,
      expectedVersion,
    });
    return { version };
  },

  DeleteThingGroup({ thingGroupName, expectedVersion }, { thingGroups }) {
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
