import { AwsApiError } from '../errors.ts';

export const s3Errors = {
  badDigest: (what: string) =>
    new AwsApiError(400, 'BadDigest', `The ${what} you specified did not match the calculated checksum.`),
  bucketExists: (bucket: string) =>
    new AwsApiError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: bucket },
    ),
  bucketNotEmpty: (bucket: string) =>
    new AwsApiError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.', {
      BucketName: bucket,
    }),
  foreignFiles: (folder: string, reason: string) =>
    new AwsApiError(
      409,
      'BucketNotEmpty',
      `The bucket has no objects, but ${folder} cannot be deleted: ${reason}. Delete by hand what was put there.`,
    ),
  incompleteBody: (message: string) => new AwsApiError(400, 'IncompleteBody', message),
  invalidArgument: (message: string) => new AwsApiError(400, 'InvalidArgument', message),
  invalidBucketName: (bucket: string) =>
    new AwsApiError(
      400,
      'InvalidBucketName',
      'The specified bucket is not valid: 3 to 63 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit.',
      { BucketName: bucket },
    ),
  invalidRange: (size: number) =>
    new AwsApiError(416, 'InvalidRange', 'The requested range is not satisfiable.', {
      ActualObjectSize: size,
    }),
  keyTooLong: () => new AwsApiError(400, 'KeyTooLongError', 'Your key is too long.'),
  malformedXml: () => new AwsApiError(400, 'MalformedXML', 'The XML you provided was not well-formed.'),
  noSuchBucket: (bucket: string) =>
    new AwsApiError(404, 'NoSuchBucket', `The specified bucket does not exist: ${bucket}.`, {
      BucketName: bucket,
    }),
  noSuchKey: (key: string) =>
    new AwsApiError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key }),
  notImplemented: (operation: string) =>
    new AwsApiError(501, 'NotImplemented', `${operation} is not part of this cloud.`),
  preconditionFailed: (condition: string) =>
    new AwsApiError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold.',
      { Condition: condition },
    ),
} as const;
