import {
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { z } from 'zod';

const policySchema = z.looseObject({ household: z.array(z.string()).optional() });

/**
 * Lets a phone hear of a home. A topic has one subscription a phone: one that hears of other homes already goes on
 * to do so.
 */
export async function subscribePhone(
  client: SNSClient,
  topicArn: string,
  { phone, household }: { readonly phone: string; readonly household: string },
): Promise<void> {
  const existing = await findSubscription(client, topicArn, phone);
  if (existing === undefined) {
    const Attributes = { FilterPolicy: JSON.stringify({ household: [household] }) };
    await client.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sms', Endpoint: phone, Attributes }),
    );
    return;
  }
  const { Attributes: attributes = {} } = await client.send(
    new GetSubscriptionAttributesCommand({ SubscriptionArn: existing }),
  );
  const policy = policySchema.parse(JSON.parse(attributes['FilterPolicy'] ?? '{}'));
  const households = [...new Set([...(policy.household ?? []), household])];
  await client.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: existing,
      AttributeName: 'FilterPolicy',
      AttributeValue: JSON.stringify({ ...policy, household: households }),
    }),
  );
}

async function findSubscription(
  client: SNSClient,
  TopicArn: string,
  phone: string,
): Promise<string | undefined> {
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    const found = Subscriptions.find(({ Protocol, Endpoint }) => Protocol === 'sms' && Endpoint === phone);
    if (found?.SubscriptionArn !== undefined) return found.SubscriptionArn;
  }
  return undefined;
}
