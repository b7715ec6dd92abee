import type { Clock, Timer } from '../../clock.ts';
import type { GatewayLimits } from './limits.ts';
import type { Pending } from './outbox.ts';
import { Session } from './session.ts';
import type { NewSession } from './session.ts';
import type { Journal } from './storage/journal.ts';
import type { SubscriptionIndex } from './subscriptions.ts';

export interface SessionStoreOptions {
  readonly subscriptions: SubscriptionIndex;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Told when a session has ended, with the messages that it leaves behind. */
  readonly onEnd: (session: Session, left: readonly Pending[]) => void;
}

/** What a CONNECT asks for. */
export interface OpenSession extends NewSession {
  /** Do without the session that is kept. */
  readonly cleanStart: boolean;
}

/**
 * The sessions of all clients, by client id:
 *
 *     open(expiry 0) → connected → release → gone
 *     open(expiry n) → connected → release → offline → open(resume)     → connected (session present)
 *                                               ├ open(clean start)     → gone, a new one is connected
 *                                               └ n seconds             → gone
 */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();
  /** In the order in which they went offline. */
  readonly #offline = new Map<Session, Timer>();
  readonly #options: SessionStoreOptions;

  constructor(options: SessionStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** The client's kept session, or a new one [MQTT-3.1.2-4, MQTT-3.1.2-5, MQTT-3.1.2-6]. */
  open(wanted: OpenSession): { session: Session; present: boolean } {
    const { limits, clock } = this.#options;
    const kept = this.#sessions.get(wanted.clientId);
    if (kept !== undefined) {
      this.#offline.get(kept)?.cancel();
      this.#offline.delete(kept);
      if (!wanted.cleanStart && kept.version === wanted.version) {
        this.#renew(kept, wanted.expirySeconds);
        return { session: kept, present: true };
      }
      this.discard(kept);
    }
    const session = new Session(wanted, limits, clock);
    this.#sessions.set(session.clientId, session);
    if (session.isPersistent) this.#writeDown(session);
    return { session, present: false };
  }

  /** Takes back a session that an earlier run of the gateway has written down. */
  restore(fields: NewSession, offlineForMs: number): Session {
    const { journal, limits, clock } = this.#options;
    const session = new Session(fields, limits, clock);
    this.#sessions.set(session.clientId, session);
    session.outbox.recordTo(journal.recordOf('client', session.clientId));
    this.#expire(session, offlineForMs);
    return session;
  }

  /** The session has lost its connection. */
  release(session: Session): void {
    session.detach();
    if (session.expirySeconds === 0) {
      this.discard(session);
      return;
    }
    this.#options.journal.sessionClosed(session, this.#options.clock.now());
    this.#expire(session, 0);
    const longestAway = this.#offline.keys().next().value;
    if (this.#offline.size > this.#options.limits.offlineSessions && longestAway !== undefined) {
      this.discard(longestAway);
    }
  }

  /** Ends a session that has no connection. */
  discard(session: Session): void {
    this.#offline.get(session)?.cancel();
    this.#offline.delete(session);
    this.#options.subscriptions.removeAll(session);
    this.#sessions.delete(session.clientId);
    if (session.isPersistent) this.#options.journal.sessionGone(session.clientId);
    this.#options.onEnd(session, session.outbox.abandon());
  }

  /** Forgets all timers: nothing expires any more. What is written down stays. */
  close(): void {
    for (const timer of this.#offline.values()) timer.cancel();
    this.#offline.clear();
    this.#sessions.clear();
  }

  #expire(session: Session, offlineForMs: number): void {
    const delayMs = Math.max(0, session.expirySeconds * 1_000 - offlineForMs);
    this.#offline.set(
      session,
      this.#options.clock.schedule(delayMs, () => this.discard(session)),
    );
  }

  #renew(session: Session, expirySeconds: number): void {
    session.expirySeconds = expirySeconds;
    if (expirySeconds > 0) {
      this.#options.journal.sessionOpened(session);
      return;
    }
    // It will end with this connection, so nothing of it is to be found after the gateway's end.
    session.isPersistent = false;
    session.outbox.recordTo(undefined);
    this.#options.journal.sessionGone(session.clientId);
  }

  #writeDown(session: Session): void {
    const { journal } = this.#options;
    journal.sessionOpened(session);
    session.outbox.recordTo(journal.recordOf('client', session.clientId));
  }
}
