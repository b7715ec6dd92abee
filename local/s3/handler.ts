import type { ServerResponse } from 'node:http';
import { sendError } from '../endpoint/error-response.ts';
import type { AwsRequest, BufferedService } from '../endpoint/service.ts';
import { AwsApiError } from '../errors.ts';
import { bucketOperations } from './bucket-operations.ts';
import type { BucketStore } from './bucket-store.ts';
import { s3Errors } from './errors.ts';
import { objectOperations } from './object-operations.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Request } from './request.ts';
import { operationName, readTarget } from './target.ts';

/** The largest object that can be put, together with its chunks' frames. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Answers requests to the S3 API. */
export function createHandler(buckets: BucketStore, objects: ObjectStore, region: string): BufferedService {
  const ofBucket = bucketOperations(buckets, objects, region);
  const ofObject = objectOperations(objects);
  const operations = new Map<string, (request: S3Request) => Promise<void>>([
    ['ListBuckets', ofBucket.listBuckets],
    ['CreateBucket', ofBucket.createBucket],
    ['HeadBucket', ofBucket.headBucket],
    ['DeleteBucket', ofBucket.deleteBucket],
    ['ListObjects', ofBucket.listObjects],
    ['ListObjectsV2', ofBucket.listObjectsV2],
    ['ListObjectVersions', ofBucket.listObjectVersions],
    ['DeleteObjects', ofObject.deleteObjects],
    ['PutObject', ofObject.putObject],
    ['CopyObject', ofObject.copyObject],
    ['GetObject', ofObject.getObject],
    ['HeadObject', ofObject.headObject],
    ['DeleteObject', ofObject.deleteObject],
  ]);

  async function answer(request: AwsRequest, response: ServerResponse): Promise<void> {
    const { method, path, query, headers } = request;
    const target = readTarget(headers.host, path);
    const name = operationName(method, target, query, headers['x-amz-copy-source'] !== undefined);
    const operation = operations.get(name);
    if (operation === undefined) throw s3Errors.notImplemented(`The operation ${name}${adviceFor(name)}`);
    const { bucket = '', key = '' } = target;
    await operation({ ...request, bucket, key, response });
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    async handle(request, response) {
      response.setHeader('x-amz-request-id', request.requestId);
      try {
        await answer(request, response);
      } catch (thrown) {
        // What is no error of the API is for the endpoint to log and to answer.
        if (!(thrown instanceof AwsApiError)) throw thrown;
        const size = thrown.data['ActualObjectSize'];
        if (typeof size === 'number') response.setHeader('content-range', `bytes */${size}`);
        sendError(response, 'rest-xml', thrown, request.requestId);
      }
    },
  };
}

function adviceFor(operation: string): string {
  if (!operation.includes('Multipart') && !operation.startsWith('UploadPart')) return '';
  return (
    ' (put objects of up to 64 MiB in one piece; for the AWS CLI: ' +
    'aws configure set default.s3.multipart_threshold 64MB)'
  );
}
