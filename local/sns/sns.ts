import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import type { SnsContext } from './context.ts';
import { createHandler } from './handler.ts';
import { readMessage } from './message.ts';
import { publishOperations, publishToTopic } from './publish-operations.ts';
import { openStore } from './store.ts';
import { confirmSubscription, subscribe, type NewSubscription } from './subscribe.ts';
import { subscriptionOperations } from './subscription-operations.ts';
import type { SnsTargets } from './targets.ts';
import { createTopic, topicOperations } from './topic-operations.ts';

export interface SnsOptions {
  /** Where topics and subscriptions are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The endpoint's address, `http://127.0.0.1:<port>`: where subscribers confirm. */
  readonly baseUrl: string;
  readonly targets: SnsTargets;
  /** Told of messages that could not be delivered. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** Makes the ids of messages and subscriptions. @default randomUUID */
  readonly newId?: () => string;
}

export interface Sns {
  /** Makes the topic of a template, or finds it; gives its ARN. @throws AwsApiError InvalidParameter */
  ensureTopic(name: string, attributes?: Readonly<Record<string, string>>): string;
  /** Makes the subscription of a template, or sets its attributes. @throws AwsApiError InvalidParameter, NotFound */
  ensureSubscription(subscription: NewSubscription): void;
  /** Publishes for another part of the cloud. @throws AwsApiError NotFound, InvalidParameter */
  publish(message: {
    readonly topicArn: string;
    readonly message: string;
    readonly subject?: string;
    readonly messageStructure?: 'json';
  }): Promise<{ readonly messageId: string }>;
  /** Confirms a subscription over HTTP with its token: what `SubscribeURL` leads to. @throws AwsApiError */
  confirm(topicArn: string, token: string): { readonly subscriptionArn: string };
  /** Serves the signing name `sns`. */
  readonly handler: ServiceHandler;
  /** Resolves when no delivery is under way. */
  drained(): Promise<void>;
  /** Deletes all topics and subscriptions. */
  reset(): void;
  /** Closes the file. Deliveries that are under way should be waited for before. */
  close(): void;
}

/**
 * Amazon SNS: standard topics that deliver to queues, functions and servers on this machine. What would leave for a
 * phone or a mailbox is kept in the outbox. FIFO topics and filter policies are refused by name.
 *
 * @throws ConfigurationError TOPIC_FILE_UNUSABLE
 */
export function createSns(options: SnsOptions): Sns {
  const { file, clock, accountId, region, baseUrl, targets, log, newId = randomUUID } = options;
  const store = openStore(file);
  const running = new Set<Promise<void>>();
  const context: SnsContext = {
    store,
    clock,
    accountId,
    region,
    baseUrl,
    targets,
    log,
    newId,
    inBackground(work) {
      running.add(work);
      void work.finally(() => running.delete(work));
    },
  };
  return {
    ensureTopic(name, attributes = {}) {
      const arn = createTopic(context, name, {});
      const topic = store.findTopic(arn);
      if (topic !== undefined)
        store.saveTopic({ ...topic, attributes: { ...topic.attributes, ...attributes } });
      return arn;
    },
    ensureSubscription: (subscription) => void subscribe(context, subscription),
    async publish({ topicArn, message, subject, messageStructure }) {
      const read = readMessage({
        Message: message,
        Subject: subject,
        MessageStructure: messageStructure,
        MessageAttributes: {},
      });
      return { messageId: await publishToTopic(context, topicArn, read) };
    },
    confirm: (topicArn, token) => ({ subscriptionArn: confirmSubscription(context, topicArn, token).arn }),
    handler: createHandler({
      ...topicOperations(context),
      ...subscriptionOperations(context),
      ...publishOperations(context),
    }),
    async drained() {
      while (running.size > 0) await Promise.all(running);
    },
    reset: () => store.clear(),
    close: () => store.close(),
  };
}
