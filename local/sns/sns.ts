import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import type { NewKeyPair } from '../iot/x509/keys.ts';
import { requireTopic, type SnsContext } from './context.ts';
import { openDatabase } from './database.ts';
import { Deliveries } from './delivery/deliveries.ts';
import { createMetrics } from './delivery/metrics.ts';
import { createDeliveryStore } from './delivery-store.ts';
import { Filter } from './filter-policy/filter.ts';
import { createHandler } from './handler.ts';
import { answerLink, type LinkAnswer } from './link-answers.ts';
import { readMessage, sizeBytes } from './message.ts';
import type { MessageAttribute } from './notification.ts';
import { permissionOperations } from './permission-operations.ts';
import { publishToTopic } from './publish.ts';
import { publishOperations } from './publish-operations.ts';
import { createSigner } from './signature/signer.ts';
import { readPhoneNumber, smsOperations } from './sms-operations.ts';
import { createSmsStore } from './sms-store.ts';
import { createStore } from './store.ts';
import { subscribe, type NewSubscription } from './subscribe.ts';
import { subscriptionOperations } from './subscription-operations.ts';
import { tagOperations } from './tag-operations.ts';
import type { SnsTargets } from './targets.ts';
import { maxMessageBytes } from './topic-attributes.ts';
import { createTopic, setTopicAttributes, topicOperations } from './topic-operations.ts';

export interface SnsOptions {
  /** Where topics and subscriptions are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The endpoint's address, `http://127.0.0.1:<port>`: where the links of messages lead. */
  readonly baseUrl: string;
  readonly targets: SnsTargets;
  /** Told of messages that could not be delivered. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** Makes the ids of messages and subscriptions. @default randomUUID */
  readonly newId?: () => string;
  /** Makes the key that messages are signed with. @default the machine's, on another thread */
  readonly newKeyPair?: NewKeyPair;
}

export interface Sns {
  /** Makes the topic of a template, or finds it, and sets its attributes; gives its ARN. @throws AwsApiError InvalidParameter */
  ensureTopic(
    name: string,
    attributes?: Readonly<Record<string, string>>,
    tags?: Readonly<Record<string, string>>,
  ): string;
  /** Makes the subscription of a template, or sets its attributes. @throws AwsApiError InvalidParameter, NotFound */
  ensureSubscription(subscription: NewSubscription): void;
  /** Publishes for another part of the cloud. @throws AwsApiError NotFound, InvalidParameter */
  publish(message: {
    readonly topicArn: string;
    readonly message: string;
    readonly subject?: string;
    readonly messageStructure?: 'json';
    /** By name. @default none */
    readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  }): Promise<{ readonly messageId: string }>;
  /** Answers the links of messages, which need no signature: everything at and below `LINK_PATH`. @throws AwsApiError */
  answerLink(path: string, query: URLSearchParams): Promise<LinkAnswer>;
  /** The owner of a phone wants no more text messages. @throws AwsApiError InvalidParameter */
  optOut(phoneNumber: string): void;
  /** Serves the signing name `sns`. */
  readonly handler: ServiceHandler;
  /** Goes on with deliveries that an earlier run of the cloud has left; call it when their targets have started. */
  resume(): void;
  /** Resolves when no delivery is under way; what waits for another try is not waited for. */
  drained(): Promise<void>;
  /** Deletes all topics, subscriptions and settings, and what waits to be delivered. */
  reset(): void;
  /** Closes the file. Deliveries that are under way should be waited for before. */
  close(): void;
}

/**
 * Amazon SNS: standard topics that deliver to queues, functions and servers on this machine. What would leave for a
 * phone or a mailbox is kept in the outbox. FIFO topics, push notifications and Firehose are refused by name.
 *
 * @throws ConfigurationError TOPIC_FILE_UNUSABLE
 */
export function createSns(options: SnsOptions): Sns {
  const { clock, accountId, region, baseUrl, targets, log, newId = randomUUID, newKeyPair } = options;
  const sql = openDatabase(options.file);
  const signer = createSigner({
    sql,
    // Whoever verifies lives in the time of the machine.
    nowMs: () => Date.now(),
    ...(newKeyPair === undefined ? {} : { newKeyPair }),
  });
  const store = createStore(sql);
  const delivery = { targets, clock, baseUrl, signer, sms: createSmsStore(sql), log };
  const metrics = createMetrics(delivery);
  const deliveries = new Deliveries({
    context: delivery,
    subscriptions: store,
    store: createDeliveryStore(sql),
    metrics,
  });
  const filter = new Filter();
  const context: SnsContext = { ...delivery, store, deliveries, metrics, filter, accountId, region, newId };
  return {
    ensureTopic(name, attributes = {}, tags = {}) {
      const arn = createTopic(context, name, {});
      const topic = requireTopic(context, arn);
      setTopicAttributes(context, { ...topic, tags: { ...topic.tags, ...tags } }, attributes);
      return arn;
    },
    ensureSubscription: (subscription) => void subscribe(context, subscription, 'template'),
    async publish({ topicArn, message, subject, messageStructure, attributes = {} }) {
      const fields = {
        Message: message,
        Subject: subject,
        MessageStructure: messageStructure,
        MessageAttributes: attributes,
      };
      const read = readMessage(fields, maxMessageBytes(requireTopic(context, topicArn).attributes));
      return { messageId: await publishToTopic(context, topicArn, read, sizeBytes(fields)) };
    },
    answerLink: (path, query) => answerLink(context, path, query),
    optOut: (phoneNumber) => context.sms.optOut(readPhoneNumber(phoneNumber)),
    handler: createHandler({
      ...topicOperations(context),
      ...tagOperations(context),
      ...permissionOperations(context),
      ...subscriptionOperations(context),
      ...publishOperations(context),
      ...smsOperations(context),
    }),
    resume: () => deliveries.resume(),
    drained: () => deliveries.drained(),
    reset() {
      deliveries.stop();
      sql.exec(
        'DELETE FROM deliveries; DELETE FROM subscriptions; DELETE FROM topics; DELETE FROM sms_attributes; ' +
          'DELETE FROM opted_out',
      );
    },
    close() {
      deliveries.stop();
      sql.close();
    },
  };
}
