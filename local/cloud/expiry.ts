import type { CloudWatch } from '../cloudwatch/index.ts';
import type { Clock } from '../clock.ts';
import type { Logs } from '../logs.ts';
import type { Storage } from './storage.ts';

interface ExpiryParts {
  readonly storage: { readonly timeToLive: Pick<Storage['timeToLive'], 'onDeleted'> };
  readonly notifications: { readonly cloudwatch: Pick<CloudWatch, 'putMetric'> };
}

/** Counts the items that DynamoDB's time to live deletes, as AWS does: TimeToLiveDeletedItemCount of the table. */
export function tellOfExpiry(
  { clock, logs }: { readonly clock: Pick<Clock, 'now'>; readonly logs: Pick<Logs, 'cloud'> },
  { storage, notifications }: ExpiryParts,
): void {
  storage.timeToLive.onDeleted(({ tableName, attributeName, count }) => {
    logs.cloud('info', 'expired items were deleted', { table: tableName, attribute: attributeName, count });
    notifications.cloudwatch.putMetric({
      namespace: 'AWS/DynamoDB',
      name: 'TimeToLiveDeletedItemCount',
      dimensions: { TableName: tableName },
      value: count,
      unit: 'Count',
      timestampMs: clock.now(),
    });
  });
}
