import { z } from 'zod';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::Events::EventBus';

const schema = z.strictObject({
  Name: z.string(),
  Description: z.string().optional(),
  KmsKeyIdentifier: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** An event bus of EventBridge, besides the one that is there always. */
export const eventBus: ResourceType = {
  type: TYPE,
  name(logicalId, properties, { region, accountId }) {
    const given = properties['Name'];
    const name = typeof given === 'string' ? given : logicalId;
    const arn = `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
    return { ref: name, attributes: { Name: name, Arn: arn } };
  },
  create(logicalId, _named, properties) {
    const { Name, Description } = readProperties(schema, properties, TYPE, logicalId);
    return {
      kind: 'event-bus',
      name: Name,
      ...(Description === undefined ? {} : { description: Description }),
    };
  },
};
