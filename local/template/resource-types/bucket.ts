import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::S3::Bucket';

const schema = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: withoutLocalEffect,
  // One version is kept here.
  VersioningConfiguration: withoutLocalEffect,
  PublicAccessBlockConfiguration: withoutLocalEffect,
  OwnershipControls: withoutLocalEffect,
  LifecycleConfiguration: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** An S3 bucket: a folder. */
export const bucket: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'BucketName', logicalId, place).toLowerCase();
    const domain = `${name}.s3.amazonaws.com`;
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain } };
  },
  create(logicalId, { ref: name }, properties) {
    readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'bucket', name };
  },
};
