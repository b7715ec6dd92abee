import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { errorText } from '../../shared/errors.ts';
import { CommandError } from '../errors.ts';
import { RefusedError, type Queue, type QueueMessage } from './redrive.ts';
import type { Resend } from './resend.ts';

/** Where the queue and what feeds it are: a running cloud, or AWS with its default credentials. */
export interface Place {
  readonly queueUrl: string;
  readonly region: string | undefined;
  /** Undefined: AWS. */
  readonly endpointUrl: string | undefined;
}

export interface RedriveClients {
  readonly queue: Queue;
  readonly send: (resend: Resend) => Promise<void>;
  close(): void;
}

/** How long a message is hidden while it is handled: much longer than a batch takes. */
const HIDDEN_SECONDS = 300;

/** Any wait over zero makes SQS ask all its servers, so that "none" means none. */
const WAIT_SECONDS = 1;

/** Refusals that are not about the message but about now, though they come as the client's fault. */
const TRANSIENT = new Set(['TooManyRequestsException', 'ThrottlingException', 'RequestThrottled']);

/** The queue and the sender that redrive works with, over the AWS SDK. */
export function createRedriveClients({ queueUrl, region, endpointUrl }: Place): RedriveClients {
  const config = {
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined
      ? {}
      : { endpoint: endpointUrl, credentials: { accessKeyId: 'glasshouse', secretAccessKey: 'glasshouse' } }),
  };
  const sqs = new SQSClient(config);
  const lambda = new LambdaClient(config);
  const iot = new IoTDataPlaneClient(config);

  const queue: Queue = {
    async receive(maximum) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: maximum,
          MessageSystemAttributeNames: ['SentTimestamp'],
          VisibilityTimeout: HIDDEN_SECONDS,
          WaitTimeSeconds: WAIT_SECONDS,
        }),
      );
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes }): QueueMessage => ({
        id: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        sentAtMs: Number(Attributes?.SentTimestamp ?? Number.NaN),
      }));
    },
    async delete({ receiptHandle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },
    async release({ receiptHandle }) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    },
  };

  async function send(resend: Resend): Promise<void> {
    try {
      if (resend.kind === 'publish') {
        const { topic, payload } = resend;
        await iot.send(new PublishCommand({ topic, payload, qos: 1 }));
      } else {
        const { functionName, payload } = resend;
        await lambda.send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: 'Event',
            Payload: Buffer.from(payload),
          }),
        );
      }
    } catch (error) {
      throw isRefusal(error) ? new RefusedError(errorText(error), { cause: error }) : error;
    }
  }

  return {
    queue,
    send,
    close() {
      for (const client of [sqs, lambda, iot]) client.destroy();
    },
  };
}

/** Turns what the SDK throws into a line that says what to do. */
export function describeAwsFailure(error: unknown, { queueUrl, endpointUrl }: Place): CommandError {
  const where = endpointUrl === undefined ? 'AWS' : `the running cloud at ${endpointUrl}`;
  const name = error instanceof Error ? error.name : '';
  const way =
    name === 'QueueDoesNotExist'
      ? `there is no queue ${queueUrl}`
      : name === 'CredentialsProviderError'
        ? `there are no credentials: sign in, or set AWS_PROFILE (${errorText(error)})`
        : errorText(error) || name;
  return new CommandError('REDRIVE_FAILED', `${where} could not be asked: ${way}`, {
    cause: error,
    retryable: true,
  });
}

/** Whether a service said no to this very message; what is only busy, or not there, did not. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && '$fault' in error && error.$fault === 'client' && !TRANSIENT.has(error.name)
  );
}
