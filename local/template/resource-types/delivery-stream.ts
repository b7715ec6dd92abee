import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::KinesisFirehose::DeliveryStream';

/** Where the template does not say: AWS's own defaults. */
const DEFAULT_HINTS = { IntervalInSeconds: 300, SizeInMBs: 5 } as const;

const destination = z.strictObject({
  BucketARN: z.string().regex(/^arn:aws:s3:::[^/]+$/, 'is not the ARN of a bucket'),
  RoleARN: z.string(),
  Prefix: z
    .string()
    .regex(/^[^!]*$/, 'a dynamic prefix, !{…}, is not served')
    .default(''),
  BufferingHints: z
    .strictObject({
      IntervalInSeconds: z.number().int().min(0).max(900).default(DEFAULT_HINTS.IntervalInSeconds),
      SizeInMBs: z.number().int().min(1).max(128).default(DEFAULT_HINTS.SizeInMBs),
    })
    .default(DEFAULT_HINTS),
  CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP']).default('UNCOMPRESSED'),
  // What is not transformed or converted cannot fail to be.
  ErrorOutputPrefix: withoutLocalEffect,
  CloudWatchLoggingOptions: withoutLocalEffect,
  EncryptionConfiguration: withoutLocalEffect,
});

const schema = z
  .strictObject({
    DeliveryStreamName: z.string().optional(),
    DeliveryStreamType: z.literal('DirectPut').optional(),
    S3DestinationConfiguration: destination.optional(),
    ExtendedS3DestinationConfiguration: destination.optional(),
    DeliveryStreamEncryptionConfigurationInput: withoutLocalEffect,
    Tags: withoutLocalEffect,
  })
  .transform(({ S3DestinationConfiguration, ExtendedS3DestinationConfiguration }, { issues }) => {
    const chosen = ExtendedS3DestinationConfiguration ?? S3DestinationConfiguration;
    if (chosen !== undefined) return chosen;
    issues.push({ code: 'custom', message: 'it needs a destination in S3', input: undefined });
    return z.NEVER;
  });

/** A Firehose delivery stream into S3. */
export const deliveryStream: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'DeliveryStreamName', logicalId, place);
    const Arn = `arn:aws:firehose:${place.region}:${place.accountId}:deliverystream/${name}`;
    return { ref: name, attributes: { Arn } };
  },
  create(logicalId, { ref: name }, properties) {
    const { BucketARN, Prefix, BufferingHints, CompressionFormat } = readProperties(
      schema,
      properties,
      TYPE,
      logicalId,
    );
    return {
      kind: 'delivery-stream',
      name,
      bucket: BucketARN.slice('arn:aws:s3:::'.length),
      prefix: Prefix,
      isCompressed: CompressionFormat === 'GZIP',
      intervalSeconds: BufferingHints.IntervalInSeconds,
      sizeMib: BufferingHints.SizeInMBs,
    };
  },
};
