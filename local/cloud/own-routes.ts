import { createClockApi, settledWhen } from '../clock/index.ts';
import type { Faults } from '../endpoint/faults.ts';
import { answerWhy } from '../iot/policies/index.ts';
import type { OwnRoute } from '../own-api.ts';
import { notificationRoutes } from './notification-routes.ts';
import type { Parts } from './parts.ts';
import type { Site } from './site.ts';

export interface OwnRoutesOptions {
  readonly faults: Faults;
  /** Brings the cloud back to what the template says. */
  readonly reset: () => Promise<void>;
}

/** What the cloud answers below `/_glasshouse/`, beside its status, faults and logs. */
export function ownRoutes(
  { clock }: Pick<Site, 'clock'>,
  { storage, functions, notifications, events, rules, devices }: Parts,
  { faults, reset }: OwnRoutesOptions,
): Readonly<Record<string, OwnRoute>> {
  const timeApi = createClockApi(
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
  return {
    'GET why/': ({ path, answer }) => answer(200, answerWhy(devices.attempts, path)),
    'GET confirmdestination': ({ query, answer }) =>
      answer(200, rules.destinations.confirm(query.get('token') ?? '')),
    ...notificationRoutes(notifications),
    'GET clock': ({ answer }) => answer(200, timeApi.read()),
    'POST clock': async ({ readJson, answer }) => answer(200, await timeApi.change(await readJson())),
    'POST reset': async ({ answer }) => {
      faults.clear();
      await reset();
      answer(200, {});
    },
  };
}
