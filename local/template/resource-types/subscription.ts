import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SNS::Subscription';

const schema = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
});

/** A subscription to an SNS topic. */
export const subscription: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { TopicArn, Protocol, Endpoint, RawMessageDelivery, RedrivePolicy } = read;
    return {
      kind: 'subscription',
      topicArn: TopicArn,
      protocol: Protocol,
      endpoint: Endpoint,
      attributes: {
        ...(RawMessageDelivery === undefined ? {} : { RawMessageDelivery: String(RawMessageDelivery) }),
        ...(RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
      },
    };
  },
};
