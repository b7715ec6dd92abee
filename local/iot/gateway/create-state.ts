import { errorText } from '../../../shared/errors.ts';
import { Presence } from '../lifecycle/presence.ts';
import { allowAll } from './authoriser.ts';
import { ConnectRates } from './connect-rates.ts';
import { deal } from './deliver.ts';
import type { GatewayOptions } from './gateway.ts';
import { defaultLimits } from './limits.ts';
import type { Pending } from './outbox.ts';
import { restore } from './restore.ts';
import { RetainedMessages } from './retained.ts';
import type { Session } from './session.ts';
import { SessionStore } from './sessions.ts';
import type { GatewayState } from './state.ts';
import { Journal } from './storage/journal.ts';
import { SubscriptionIndex } from './subscriptions.ts';

/** Puts a gateway together, with what an earlier run has left. */
export function createState(options: GatewayOptions & { readonly uuid: () => string }): GatewayState {
  const { clock, networkClock = clock, publish, uuid, storage, log = () => undefined } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const journal = new Journal({
    storage,
    clock: networkClock,
    onFailure: (detail) => log({ event: 'failed', detail }),
  });
  const subscriptions = new SubscriptionIndex(limits, journal);
  const onEnd = (session: Session, left: readonly Pending[]): void => sessionEnded(state, session, left);
  const state: GatewayState = {
    clock,
    networkClock,
    limits,
    publish,
    authoriser: options.authoriser ?? allowAll,
    log,
    refused: options.refused,
    uuid,
    random: options.random ?? Math.random,
    servedTopics: new Set(options.servedTopics),
    connections: new Set(),
    subscriptions,
    sessions: new SessionStore({ subscriptions, limits, clock, journal, onEnd }),
    retained: new RetainedMessages(limits.retainedMessages, clock, journal),
    presence: new Presence({
      clock,
      publish,
      uuid,
      onFailure: (topic, thrown) =>
        log({ event: 'failed', detail: `${topic} was not taken in: ${errorText(thrown)}` }),
    }),
    journal,
    connectRates: new ConnectRates(limits.connectsPerSecond),
    dropped: { qos0: 0, qos1: 0, retained: 0 },
    closing: false,
  };
  if (storage !== undefined) restore(state, storage);
  return state;
}

/** A will does not wait longer than its session, and a group's messages go to its other members. */
function sessionEnded(state: GatewayState, { delayedWill }: Session, left: readonly Pending[]): void {
  delayedWill?.timer.cancel();
  delayedWill?.publish();
  for (const { group, message } of left)
    if (group !== undefined && group.size > 0) deal(state, group, message);
}
