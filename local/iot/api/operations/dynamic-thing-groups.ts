import type { Registry } from '../../registry/registry.ts';
import { groupArn } from '../../registry/thing-group.ts';
import type { OperationGroup } from '../operation.ts';

/** Thing groups whose members are found by a query; all that is not in here is as for static groups. */
export const dynamicThingGroupOperations = {
  CreateDynamicThingGroup(input, { dynamicGroups, context }) {
    const { thingGroupName, thingGroupProperties = {}, tags = [] } = input;
    const { queryString, indexName, queryVersion } = input;
    const group = dynamicGroups.create(
      {
        thingGroupName,
        description: thingGroupProperties.thingGroupDescription,
        attributePayload: thingGroupProperties.attributePayload,
        tags,
      },
      { queryString, indexName, queryVersion },
    );
    return {
      thingGroupName,
      thingGroupArn: groupArn(context.arns, thingGroupName),
      thingGroupId: group.thingGroupId,
      ...group.query,
    };
  },

  UpdateDynamicThingGroup(input, { dynamicGroups }) {
    const { thingGroupName, thingGroupProperties, expectedVersion } = input;
    const { queryString, indexName, queryVersion } = input;
    const { version } = dynamicGroups.update(
      thingGroupName,
      {
        description: thingGroupProperties.thingGroupDescription,
        attributePayload: thingGroupProperties.attributePayload,
        expectedVersion,
      },
      { queryString, indexName, queryVersion },
    );
    return { version };
  },

  DeleteDynamicThingGroup({ thingGroupName, expectedVersion }, { dynamicGroups }) {
    dynamicGroups.remove(thingGroupName, expectedVersion);
    return {};
  },
} satisfies OperationGroup<Registry>;
