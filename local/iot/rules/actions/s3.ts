import { z } from 'zod';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';

/** Stores the SELECT result as an object; a payload that is not JSON is stored as it came. */
export const s3 = defineAction({
  name: 'S3',
  failedAction: 'S3Action',
  settings: z.strictObject({ BucketName: templateText, Key: templateText, RoleArn: roleArn }),
  prepare: ({ BucketName, Key }) => ({
    resource: BucketName,
    run: async (bucket, { result, context }, services) => {
      const key = Key.render(context);
      if (key === '') {
        throw new ActionError('OBJECT_KEY_EMPTY', `the key "${Key.source}" is empty for this message`);
      }
      const contentType = result.isJson() ? 'application/json' : 'application/octet-stream';
      await services.putObject({ bucket, key, body: result.bytes(), contentType });
    },
  }),
});
