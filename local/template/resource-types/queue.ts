import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SQS::Queue';

/** CloudFormation's properties whose names are also the attributes of CreateQueue. */
const attributes = {
  DelaySeconds: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  VisibilityTimeout: z.number().optional(),
};

const schema = z.strictObject({
  ...attributes,
  QueueName: z.string().optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
  SqsManagedSseEnabled: withoutLocalEffect,
  KmsMasterKeyId: withoutLocalEffect,
  KmsDataKeyReusePeriodSeconds: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** A standard SQS queue. */
export const queue: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'QueueName', logicalId, place);
    const Arn = `arn:aws:sqs:${place.region}:${place.accountId}:${name}`;
    const url = `${place.endpointUrl}/${place.accountId}/${name}`;
    return { ref: url, attributes: { Arn, QueueName: name, QueueUrl: url } };
  },
  create(logicalId, named, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { RedrivePolicy } = read;
    const chosen: Record<string, string> = {};
    for (const [key, value] of Object.entries(read)) {
      if (key in attributes && typeof value === 'number') chosen[key] = String(value);
    }
    if (RedrivePolicy !== undefined) chosen['RedrivePolicy'] = JSON.stringify(RedrivePolicy);
    return { kind: 'queue', name: named.attributes['QueueName'] ?? logicalId, attributes: chosen };
  },
};
