import type { ActionKind } from './action.ts';
import { cloudwatchAlarm } from './cloudwatch-alarm.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { cloudwatchMetric } from './cloudwatch-metric.ts';
import { dynamoDBv2 } from './dynamodb-v2.ts';
import { dynamoDB } from './dynamodb.ts';
import { firehose } from './firehose.ts';
import { http } from './http.ts';
import { kinesis } from './kinesis.ts';
import { lambda } from './lambda.ts';
import { elasticsearch, openSearch } from './open-search.ts';
import { republish } from './republish.ts';
import { s3 } from './s3.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { stepFunctions } from './step-functions.ts';
import { timestream } from './timestream.ts';

const SERVED: readonly ActionKind[] = [
  lambda,
  republish,
  s3,
  sqs,
  dynamoDBv2,
  dynamoDB,
  sns,
  cloudwatchMetric,
  cloudwatchAlarm,
  cloudwatchLogs,
  kinesis,
  firehose,
  http,
  stepFunctions,
  timestream,
  openSearch,
  elasticsearch,
];

/** Every kind of action that is served, by its CloudFormation name. */
export const actionKinds: ReadonlyMap<string, ActionKind> = new Map(SERVED.map((kind) => [kind.name, kind]));

/** The kinds that AWS has and this cloud has not, with what may stand in their place. */
export const notServed: ReadonlyMap<string, string> = new Map([
  ['IotAnalytics', 'AWS IoT Analytics is no part of this cloud: use Firehose into S3'],
  ['IotEvents', 'AWS IoT Events is no part of this cloud, and AWS has ended it: use Lambda'],
  ['IotSiteWise', 'AWS IoT SiteWise is no part of this cloud: use Timestream, which is kept in the outbox'],
  [
    'InfluxDB',
    'Timestream for InfluxDB is no part of this cloud: use Timestream, which is kept in the outbox',
  ],
  ['Kafka', 'there is no Kafka cluster in this cloud: use Kinesis, which is kept in the outbox'],
  ['Location', 'Amazon Location is no part of this cloud: use Lambda'],
  ['Salesforce', 'Salesforce IoT is no part of this cloud: use Http to a server on this machine'],
]);
