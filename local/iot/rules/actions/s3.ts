import { z } from 'zod';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission } from './permissions.ts';

/** As CloudFormation writes them. */
const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
];

/**
 * Stores the SELECT result as an object; a payload that is not JSON is stored as it came. A canned ACL only needs
 * its permission: no one reads objects here in somebody else's name.
 */
export const s3 = defineAction({
  name: 'S3',
  failedAction: 'S3Action',
  settings: z.strictObject({
    BucketName: templateText,
    Key: templateText,
    CannedAcl: z.enum(CANNED_ACLS).optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ BucketName, Key, CannedAcl, RoleArn }) => ({
    resource: BucketName,
    run: async (bucket, invocation, services) => {
      const { result, context } = invocation;
      const key = Key.render(context);
      if (key === '') {
        throw new ActionError('OBJECT_KEY_EMPTY', `the key "${Key.source}" is empty for this message`);
      }
      const object = (): string => `arn:aws:s3:::${bucket}/${key}`;
      requirePermission(services, invocation, RoleArn, 's3:PutObject', object);
      if (CannedAcl !== undefined) {
        requirePermission(services, invocation, RoleArn, 's3:PutObjectAcl', object);
      }
      const contentType = result.isJson() ? 'application/json' : 'application/octet-stream';
      await services.putObject({ bucket, key, body: result.bytes(), contentType });
    },
  }),
});
