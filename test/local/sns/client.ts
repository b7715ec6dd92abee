import {
  CreateTopicCommand,
  PublishCommand,
  SubscribeCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';
import { startSns } from './support.ts';

/** Topics and queues with short ways to use them by their SDKs. */
export async function startSnsUser() {
  const running = await startSns();
  const { client, sqs } = running;
  const queueEndpoint = await startEndpoint({ sqs: (request, response) => sqs.handler(request, response) });
  const queues = new SQSClient({ endpoint: queueEndpoint.url, region: REGION, credentials: CREDENTIALS });
  let made = 0;

  async function newTopic(): Promise<string> {
    made += 1;
    return (await client.send(new CreateTopicCommand({ Name: `topic-${made}` }))).TopicArn ?? '';
  }

  async function subscribe(
    TopicArn: string,
    Protocol: string,
    Endpoint: string,
    Attributes = {},
  ): Promise<string> {
    const command = new SubscribeCommand({
      TopicArn,
      Protocol,
      Endpoint,
      Attributes,
      ReturnSubscriptionArn: true,
    });
    return (await client.send(command)).SubscriptionArn ?? '';
  }

  return {
    running,
    queues,
    newTopic,
    subscribe,
    /** A queue that is subscribed to a topic, and what is in it. */
    async subscribedQueue(topicArn: string, attributes = {}) {
      made += 1;
      const { queueUrl, queueArn } = sqs.ensureQueue(`queue-${made}`);
      const subscriptionArn = await subscribe(topicArn, 'sqs', queueArn, attributes);
      const receive = async () => {
        const command = new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        });
        return (await queues.send(command)).Messages ?? [];
      };
      return { queueArn, subscriptionArn, receive };
    },
    publish: (TopicArn: string, input: Partial<PublishCommandInput>) =>
      client.send(new PublishCommand({ TopicArn, Message: 'text', ...input })),
    async close(): Promise<void> {
      queues.destroy();
      await queueEndpoint.close();
      await running.close();
    },
  };
}
