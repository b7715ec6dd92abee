import type { Clock, Timer } from '../../clock.ts';
import type { ClientIdentity } from './authoriser.ts';
import type { GatewayLimits } from './limits.ts';
import { Session } from './session.ts';
import type { SubscriptionIndex } from './subscriptions.ts';

/**
 * The sessions of all clients, by client id:
 *
 *     open(clean)      → connected → release → gone
 *     open(persistent) → connected → release → offline → open(persistent) → connected (session present)
 *                                               ├ open(clean)     → gone, a new one is connected
 *                                               └ sessionExpiryMs → gone
 */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();
  /** In the order in which they went offline. */
  readonly #offline = new Map<Session, Timer>();
  readonly #subscriptions: SubscriptionIndex;
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;

  constructor(subscriptions: SubscriptionIndex, limits: GatewayLimits, clock: Clock) {
    this.#subscriptions = subscriptions;
    this.#limits = limits;
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** The client's kept session, or a new one [MQTT-3.1.2-4, MQTT-3.1.2-5, MQTT-3.1.2-6]. */
  open(identity: ClientIdentity, clean: boolean): { session: Session; present: boolean } {
    const kept = this.#sessions.get(identity.clientId);
    if (kept !== undefined) {
      this.#offline.get(kept)?.cancel();
      this.#offline.delete(kept);
      if (!clean) return { session: kept, present: true };
      this.#discard(kept);
    }
    const session = new Session(identity, clean, this.#limits);
    this.#sessions.set(identity.clientId, session);
    return { session, present: false };
  }

  /** The session has lost its connection. */
  release(session: Session): void {
    session.detach();
    if (session.clean) {
      this.#discard(session);
      return;
    }
    this.#offline.set(
      session,
      this.#clock.schedule(this.#limits.sessionExpiryMs, () => this.#discard(session)),
    );
    const longestAway = this.#offline.keys().next().value;
    if (this.#offline.size > this.#limits.offlineSessions && longestAway !== undefined) {
      this.#discard(longestAway);
    }
  }

  /** Forgets the sessions that are offline and their timers. */
  close(): void {
    for (const session of this.#offline.keys()) this.#discard(session);
  }

  #discard(session: Session): void {
    this.#offline.get(session)?.cancel();
    this.#offline.delete(session);
    this.#subscriptions.removeAll(session);
    this.#sessions.delete(session.identity.clientId);
  }
}
