import { createClockApi, settledWhen, type ClockApi } from '../clock/index.ts';
import type { Parts } from './parts.ts';
import type { Site } from './site.ts';

/** The cloud's time, for whoever moves it: an advance is over when all that it set off is done. */
export function openTime(
  { clock }: Pick<Site, 'clock'>,
  { storage, functions, notifications, events, rules }: Parts,
): ClockApi {
  return createClockApi(
    clock,
    settledWhen([
      () => events.drained(),
      () => functions.lambda.asynchronous.drained(),
      () => rules.drained(),
      () => notifications.cloudwatch.drained(),
      () => notifications.sns.drained(),
      () => storage.timeToLive.drained(),
    ]),
  );
}
