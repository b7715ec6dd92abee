import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::S3::BucketPolicy';

const schema = z.strictObject({ Bucket: z.string(), PolicyDocument: z.record(z.string(), z.unknown()) });

/** Who may do what with a bucket. Nobody signs in here, and S3 is reached over the loopback only. */
export const bucketPolicy: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    readProperties(schema, properties, TYPE, logicalId);
    return undefined;
  },
};
