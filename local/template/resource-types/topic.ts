import { z } from 'zod';
import { AwsApiError, ConfigurationError } from '../../errors.ts';
import { checkSubscription, checkTopic } from '../../sns/check.ts';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SNS::Topic';

/** CloudFormation takes truths and numbers as texts as well. */
const no = z.union([z.literal(false), z.literal('false')]);
const tag = z.strictObject({ Key: z.string(), Value: z.string() });

const schema = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  Subscription: z.array(z.strictObject({ Endpoint: z.string(), Protocol: z.string() })).default([]),
  FifoTopic: no.optional(),
  KmsMasterKeyId: withoutLocalEffect,
  SignatureVersion: z.union([z.string(), z.number()]).transform(String).optional(),
  TracingConfig: withoutLocalEffect,
  Tags: z.array(tag).default([]),
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
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { DisplayName, SignatureVersion, KmsMasterKeyId, Subscription, Tags } = read;
    const name = named.attributes['TopicName'] ?? logicalId;
    const attributes = {
      ...(DisplayName === undefined ? {} : { DisplayName }),
      ...(SignatureVersion === undefined ? {} : { SignatureVersion }),
      ...(typeof KmsMasterKeyId === 'string' ? { KmsMasterKeyId } : {}),
    };
    const subscriptions = Subscription.map(({ Protocol, Endpoint }) => ({
      protocol: Protocol,
      endpoint: Endpoint,
    }));
    asProperty(TYPE, logicalId, () => {
      checkTopic(name, attributes);
      for (const one of subscriptions) checkSubscription({ ...one, attributes: {} });
    });
    const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    return { kind: 'topic', name, attributes, tags, subscriptions };
  },
};

/** What SNS would refuse is refused before the cloud starts, with the resource that asks for it. */
export function asProperty(type: string, logicalId: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof AwsApiError)) throw cause;
    throw new ConfigurationError(`resource "${logicalId}" (${type}) cannot be made: ${cause.message}`, {
      code: 'PROPERTY_NOT_SERVED',
      data: { logicalId, type },
      cause,
    });
  }
}
