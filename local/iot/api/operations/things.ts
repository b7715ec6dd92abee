import type { Registry } from '../../registry/registry.ts';
import { tokenOf } from '../../registry/paging.ts';
import { thingArn } from '../../registry/thing.ts';
import type { OperationGroup } from '../operation.ts';

/** Things. */
export const thingOperations = {
  CreateThing(input, { things, context }) {
    const { thingName, thingId } = things.create(input);
    return { thingName, thingArn: thingArn(context.arns, thingName), thingId };
  },

  DescribeThing(input, { things, context }) {
    const { thingName, thingId, thingTypeName, attributes, version, billingGroupName } = things.require(
      input.thingName,
    );
    return {
      defaultClientId: thingName,
      thingName,
      thingId,
      thingArn: thingArn(context.arns, thingName),
      thingTypeName,
      attributes: { ...attributes },
      version,
      billingGroupName,
    };
  },

  UpdateThing({ thingName, ...change }, { things }) {
    things.update(thingName, change);
    return {};
  },

  DeleteThing({ thingName, expectedVersion }, { things }) {
    things.remove(thingName, expectedVersion);
    return {};
  },

  ListThings(input, registry) {
    const { context } = registry;
    const page = registry.listThings(input);
    return {
      things: page.items.map(({ thingName, thingTypeName, attributes, version }) => ({
        thingName,
        thingTypeName,
        thingArn: thingArn(context.arns, thingName),
        attributes: { ...attributes },
        version,
      })),
      ...tokenOf(page),
    };
  },
} satisfies OperationGroup<Registry>;
