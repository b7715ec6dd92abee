import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ThingType } from '../../registry/thing-types.ts';
import type { OperationGroup } from '../operation.ts';

/** Types of things. */
export const thingTypeOperations = {
  CreateThingType({ thingTypeName, thingTypeProperties, tags = [] }, { thingTypes, context }) {
    const { thingTypeId } = thingTypes.create(thingTypeName, thingTypeProperties, tags);
    return { thingTypeName, thingTypeArn: context.arns.of('thingtype', thingTypeName), thingTypeId };
  },

  DescribeThingType({ thingTypeName }, { thingTypes, context }) {
    const type = thingTypes.require(thingTypeName);
    return { thingTypeId: type.thingTypeId, ...describe(type, context.arns.of('thingtype', thingTypeName)) };
  },

  UpdateThingType({ thingTypeName, thingTypeProperties }, { thingTypes }) {
    thingTypes.update(thingTypeName, thingTypeProperties);
    return {};
  },

  DeprecateThingType({ thingTypeName, undoDeprecate = false }, { thingTypes }) {
    thingTypes.deprecate(thingTypeName, undoDeprecate);
    return {};
  },

  DeleteThingType({ thingTypeName }, { thingTypes }) {
    thingTypes.remove(thingTypeName);
    return {};
  },

  ListThingTypes(input, { thingTypes, context }) {
    const page = thingTypes.list(input);
    return {
      thingTypes: page.items.map((type) => describe(type, context.arns.of('thingtype', type.thingTypeName))),
      ...tokenOf(page),
    };
  },
} satisfies OperationGroup<Registry>;

function describe(type: ThingType, thingTypeArn: string) {
  const { thingTypeName, description, searchableAttributes, createdAt, deprecatedAt } = type;
  return {
    thingTypeName,
    thingTypeArn,
    thingTypeProperties: {
      thingTypeDescription: description,
      searchableAttributes: [...searchableAttributes],
      mqtt5Configuration: type.mqtt5Configuration,
    },
    thingTypeMetadata: {
      deprecated: deprecatedAt !== undefined,
      deprecationDate: deprecatedAt === undefined ? undefined : new Date(deprecatedAt),
      creationDate: new Date(createdAt),
    },
  };
}
