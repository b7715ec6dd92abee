import type { MetricDatum } from '../../../cloudwatch/metric.ts';
import type { Authoriser } from '../../../iam/index.ts';
import type { OutboxKind } from '../../../outbox/kinds.ts';
import type { PublishMessage } from '../../message.ts';

/**
 * The services that actions act on. A promise that rejects is a failure of that action. An engine may run without
 * the optional ones: an action that needs one of them fails then, and says which.
 */
export interface ActionServices extends OptionalServices {
  /**
   * Invokes a function asynchronously. `event` is the SELECT result; rules share it: do not change it.
   * `clientId` is who published: messages of one client best meet the same container.
   */
  invokeAsync(functionArn: string, event: unknown, clientId?: string): Promise<void>;
  publish: PublishMessage;
  putObject(object: { bucket: string; key: string; body: Uint8Array; contentType: string }): Promise<void>;
  sendMessage(message: { queueUrl: string; body: string }): Promise<void>;
  /** `item` is a JSON object as it came out of SELECT; its values are not in DynamoDB's typed form yet. */
  putItem(put: { tableName: string; item: Readonly<Record<string, unknown>> }): Promise<void>;
}

export interface OptionalServices {
  /**
   * Makes sure that a rule may do what it is about to do.
   *
   * @default everything is allowed
   */
  readonly authoriser?: RuleAuthoriser;
  /** Calls DynamoDB with a request in its own, typed form. */
  readonly callDynamoDb?: (
    operation: 'PutItem' | 'UpdateItem' | 'DeleteItem',
    request: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** Publishes to an SNS topic; with the structure `json` the message holds a text for each protocol. */
  readonly notify?: (notification: {
    readonly topicArn: string;
    readonly message: string;
    readonly messageStructure?: 'json';
  }) => Promise<void>;
  readonly putMetric?: (datum: MetricDatum) => void;
  readonly setAlarmState?: (state: {
    readonly alarmName: string;
    readonly stateValue: string;
    readonly stateReason: string;
  }) => void;
  readonly putLogEvents?: (put: {
    readonly logGroupName: string;
    readonly logStreamName: string;
    readonly events: readonly { readonly timestampMs: number; readonly message: string }[];
  }) => void;
  /** Hands records to a Firehose delivery stream. */
  readonly putRecords?: (deliveryStreamName: string, records: readonly Uint8Array[]) => void;
  /** Keeps what would leave for a service that is not part of this cloud. */
  readonly keep?: (kind: OutboxKind, record: Readonly<Record<string, unknown>>) => void;
  readonly http?: HttpPoster;
}

/** Says whether a rule may do something. What it throws fails the action with AWS's words. */
export type RuleAuthoriser = Omit<Authoriser, 'requireResource'>;

/** One message on its way to a server. */
export interface HttpPost {
  readonly url: string;
  /** Names in any case, with their values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** When a batch is sent: at the first of these limits. */
export interface HttpBatchLimits {
  readonly maxOpenMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** Posts messages to destinations that have confirmed that they want them. What rejects has not been taken. */
export interface HttpPoster {
  post(message: HttpPost): Promise<void>;
  /** Posts together with other messages of the same key and URL, as an Array: the body has to be JSON. */
  postInBatch(key: string, message: HttpPost, limits: HttpBatchLimits): Promise<void>;
}
