import type { ClockApi } from '../clock/index.ts';
import type { Faults } from '../endpoint/faults.ts';
import { answerWhy } from '../iot/policies/index.ts';
import type { OwnRoute } from '../own-api.ts';
import { notificationRoutes } from './notification-routes.ts';
import type { Parts } from './parts.ts';

export interface OwnRoutesOptions {
  readonly faults: Faults;
  /** Brings the cloud back to what the template says. */
  readonly reset: () => Promise<void>;
  readonly time: ClockApi;
}

/** What the cloud answers below `/_glasshouse/`, beside its status, faults and logs. */
export function ownRoutes(
  { notifications, rules, devices }: Pick<Parts, 'notifications' | 'rules' | 'devices'>,
  { faults, reset, time }: OwnRoutesOptions,
): Readonly<Record<string, OwnRoute>> {
  return {
    'GET why/': ({ path, answer }) => answer(200, answerWhy(devices.attempts, path)),
    'GET confirmdestination': ({ query, answer }) =>
      answer(200, rules.destinations.confirm(query.get('token') ?? '')),
    ...notificationRoutes(notifications),
    'GET clock': ({ answer }) => answer(200, time.read()),
    'POST clock': async ({ readJson, answer }) => answer(200, await time.change(await readJson())),
    'POST reset': async ({ answer }) => {
      faults.clear();
      await reset();
      answer(200, {});
    },
  };
}
