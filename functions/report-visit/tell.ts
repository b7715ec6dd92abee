import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Household } from '../../shared/household/household.ts';
import { noticeText, type Notice } from './notice.ts';

/**
 * Tells people by an SNS topic, the text alone, so that it fits a phone. Subscribers filter by the attributes
 * `household` and `kind`.
 */
export function createTeller(sns: () => SNSClient, topicArn: string, now: () => number) {
  return async (notice: Notice, household: Household): Promise<void> => {
    const attributes = { household: household.household, kind: notice.kind };
    await sns().send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: `Visits: ${household.household}`,
        Message: noticeText(notice, household, now()),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
  };
}
