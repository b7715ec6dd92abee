import { errorText } from '../../../shared/errors.ts';
import type { FilteredOut } from '../filter-policy/filter.ts';
import type { DeliveryContext } from '../targets.ts';

const NAMESPACE = 'AWS/SNS';

/** What is published to a phone number and to no topic is counted under this. */
const PHONE_NUMBERS = { PhoneNumber: 'PhoneNumberDirect' } as const;

/** Counts what SNS counts. (SNS developer guide, "Monitoring topics using CloudWatch") */
export interface SnsMetrics {
  published(topicArn: string, bytes: number): void;
  delivered(topicArn: string): void;
  failed(topicArn: string): void;
  filteredOut(topicArn: string, why: FilteredOut): void;
  redriven(topicArn: string): void;
  notRedriven(topicArn: string): void;
}

/** Every ARN is that of a topic, or empty for a phone number. */
export function createMetrics({
  targets,
  clock,
  log,
}: Pick<DeliveryContext, 'targets' | 'clock' | 'log'>): SnsMetrics {
  function put(topicArn: string, name: string, value = 1, unit: 'Bytes' | 'Count' = 'Count'): void {
    const dimensions =
      topicArn === '' ? PHONE_NUMBERS : { TopicName: topicArn.slice(topicArn.lastIndexOf(':') + 1) };
    try {
      targets.putMetric?.({
        namespace: NAMESPACE,
        name,
        dimensions,
        value,
        unit,
        timestampMs: clock.now(),
      });
    } catch (thrown) {
      // A notification is not lost for a number.
      log('a metric of SNS could not be counted', { name, topicArn, error: errorText(thrown) });
    }
  }
  return {
    published(topicArn, bytes) {
      put(topicArn, 'NumberOfMessagesPublished');
      put(topicArn, 'PublishSize', bytes, 'Bytes');
    },
    delivered: (topicArn) => put(topicArn, 'NumberOfNotificationsDelivered'),
    failed: (topicArn) => put(topicArn, 'NumberOfNotificationsFailed'),
    filteredOut(topicArn, why) {
      put(topicArn, 'NumberOfNotificationsFilteredOut');
      put(topicArn, `NumberOfNotificationsFilteredOut-${why}`);
    },
    redriven: (topicArn) => put(topicArn, 'NumberOfNotificationsRedrivenToDlq'),
    notRedriven: (topicArn) => put(topicArn, 'NumberOfNotificationsFailedToRedriveToDlq'),
  };
}
