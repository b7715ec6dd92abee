import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from './once.ts';

/**
 * The AWS clients of a container, each made when it is first used: a client that an invocation does not
 * need costs the cold start nothing. A function finds any other cloud than AWS by the SDK's own
 * `AWS_ENDPOINT_URL`, so nothing here knows where it runs.
 *
 * Time-outs are short: a function that waits is billed, and Lambda's own retry is the better one.
 */
const REQUEST = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true } as const;

export const dynamodbClient = once(() => new DynamoDBClient({ requestHandler: REQUEST, maxAttempts: 3 }));

export const iotDataClient = once(() => new IoTDataPlaneClient({ requestHandler: REQUEST, maxAttempts: 3 }));

/** The queue's URL says where it is: an SDK that trusted `AWS_ENDPOINT_URL` over it would do the same. */
export const sqsClient = once(() => new SQSClient({ requestHandler: REQUEST, maxAttempts: 3 }));

/**
 * It does not retry by itself: AWS IoT's control plane throttles for seconds, so that whoever calls it tries again
 * until a deadline of its own.
 */
export const iotClient = /* @__PURE__ */ once(
  () => new IoTClient({ requestHandler: REQUEST, maxAttempts: 1 }),
);

export const snsClient = /* @__PURE__ */ once(
  () => new SNSClient({ requestHandler: REQUEST, maxAttempts: 3 }),
);

export const eventBridgeClient = /* @__PURE__ */ once(
  () => new EventBridgeClient({ requestHandler: REQUEST, maxAttempts: 3 }),
);

export const s3Client = /* @__PURE__ */ once(() => new S3Client({ requestHandler: REQUEST, maxAttempts: 3 }));

export const lambdaClient = /* @__PURE__ */ once(
  () => new LambdaClient({ requestHandler: REQUEST, maxAttempts: 3 }),
);
