import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SNS::Topic';

const schema = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  Subscription: z.array(z.strictObject({ Endpoint: z.string(), Protocol: z.string() })).default([]),
  KmsMasterKeyId: withoutLocalEffect,
  TracingConfig: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** A standard SNS topic. */
export const topic: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'TopicName', logicalId, place);
    const arn = `arn:aws:sns:${place.region}:${place.accountId}:${name}`;
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
  create(logicalId, named, properties) {
    const { DisplayName, Subscription } = readProperties(schema, properties, TYPE, logicalId);
    return {
      kind: 'topic',
      name: named.attributes['TopicName'] ?? logicalId,
      attributes: DisplayName === undefined ? {} : { DisplayName },
      subscriptions: Subscription.map(({ Protocol, Endpoint }) => ({
        protocol: Protocol,
        endpoint: Endpoint,
      })),
    };
  },
};
