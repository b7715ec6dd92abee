import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import { queueArn, queueByArn, queueByUrl, queueDoesNotExist, queueUrl, type SqsContext } from './context.ts';
import { createHandler } from './handler.ts';
import type { MessageAttributes } from './message-attributes.ts';
import { messageOperations, sendMessage } from './message-operations.ts';
import { createMessageStore } from './message-store.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { createQueue, queueOperations, setQueueAttributes } from './queue-operations.ts';
import { createQueueStore, openDatabase } from './store.ts';
import { createWaiters } from './waiters.ts';

export interface SqsOptions {
  /** Where the queues are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  /** What those live in who wait for messages, however the cloud's clock is moved. @default `clock` */
  readonly callersClock?: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The endpoint's address, `http://127.0.0.1:<port>`: what the URLs of queues begin with. */
  readonly baseUrl: string;
  /** Makes message ids and receipts. @default randomUUID */
  readonly newId?: () => string;
}

/** A queue is named by its URL or by its ARN. */
export type QueueReference = { readonly queueUrl: string } | { readonly queueArn: string };

export interface Sqs {
  /**
   * Makes the queue, or sets the attributes of the one that is there.
   *
   * @throws AwsApiError when a name or an attribute cannot be; FIFO queues are refused.
   */
  ensureQueue(
    name: string,
    attributes?: QueueAttributes,
  ): { readonly queueUrl: string; readonly queueArn: string };
  /** Sends one message for another part of the cloud. @throws AwsApiError as the API's SendMessage does. */
  sendMessage(
    message: QueueReference & { readonly body: string; readonly attributes?: MessageAttributes },
  ): Promise<{ readonly messageId: string }>;
  /** Serves the signing name `sqs`. */
  readonly handler: ServiceHandler;
  /** Deletes all queues with their messages. */
  reset(): void;
  /** Lets everybody go who waits for a message, and closes the file. */
  close(): void;
}

/** Amazon SQS: standard queues, kept in one SQLite file. */
export function createSqs(options: SqsOptions): Sqs {
  const { file, clock, callersClock = clock, accountId, region, baseUrl, newId = randomUUID } = options;
  const database = openDatabase(file);
  const context: SqsContext = {
    queues: createQueueStore(database),
    messages: createMessageStore(database, newId),
    waiters: createWaiters(clock, callersClock),
    clock,
    callersClock,
    accountId,
    region,
    newId,
    baseUrl,
  };

  return {
    ensureQueue(name, attributes = {}) {
      if (context.queues.find(name) === undefined) createQueue(context, name, attributes);
      else setQueueAttributes(context, name, attributes);
      return { queueUrl: queueUrl(context, name), queueArn: queueArn(context, name) };
    },
    async sendMessage(message) {
      const queue =
        'queueUrl' in message ? queueByUrl(context, message.queueUrl) : queueByArn(context, message.queueArn);
      if (queue === undefined) throw queueDoesNotExist('queueArn' in message ? message.queueArn : '');
      const entry = {
        MessageBody: message.body,
        MessageAttributes: { ...message.attributes },
        MessageSystemAttributes: {},
      };
      return { messageId: sendMessage(context, queue, entry, accountId).MessageId };
    },
    handler: createHandler({ ...queueOperations(context), ...messageOperations(context) }),
    reset: () => database.sql.exec('DELETE FROM queues'),
    close() {
      context.waiters.close();
      database.close();
    },
  };
}
