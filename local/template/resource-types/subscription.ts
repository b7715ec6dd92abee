import { z } from 'zod';
import { checkSubscription } from '../../sns/check.ts';
import { readProperties, type ResourceType } from './resource-type.ts';
import { asProperty } from './topic.ts';

const TYPE = 'AWS::SNS::Subscription';

/** A policy as an object, or as its text. */
const policy = z.union([
  z.record(z.string(), z.unknown()).transform((one) => JSON.stringify(one)),
  z.string(),
]);

const schema = z
  .strictObject({
    TopicArn: z.string(),
    Protocol: z.string(),
    Endpoint: z.string(),
    DeliveryPolicy: policy.optional(),
    FilterPolicy: policy.optional(),
    FilterPolicyScope: z.string().optional(),
    RawMessageDelivery: z
      .union([z.boolean(), z.enum(['true', 'false'])])
      .transform(String)
      .optional(),
    RedrivePolicy: policy.optional(),
    Region: z.string().optional(),
  })
  .refine(({ Region, TopicArn }) => Region === undefined || TopicArn.split(':')[3] === Region, {
    message: 'the topic is in another region than Region says',
  });

/** A subscription to an SNS topic. */
export const subscription: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { TopicArn, Protocol, Endpoint, Region: _region, ...attributes } = read;
    const texts = Object.entries(attributes).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const wanted = {
      protocol: Protocol,
      endpoint: Endpoint,
      attributes: Object.fromEntries(texts),
    };
    asProperty(TYPE, logicalId, () => checkSubscription(wanted));
    return { kind: 'subscription', topicArn: TopicArn, ...wanted };
  },
};
