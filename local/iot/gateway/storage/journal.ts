import { errorText } from '../../../../shared/errors.ts';
import type { Clock, Timer } from '../../../clock.ts';
import type { OutboxRecord, Pending } from '../outbox.ts';
import type { RetainedEntry } from '../retained.ts';
import type { Session, SubscriptionOptions } from '../session.ts';
import type { Change, Owner, SessionStorage, StoredSession } from './session-storage.ts';

/** How long changes are gathered. A message that is acknowledged within that time is never written at all. */
const gatherMs = 100;
/** More changes than this are written at once. */
const largestBatch = 20_000;

export interface JournalOptions {
  /** Absent: nothing is written down. */
  readonly storage: SessionStorage | undefined;
  readonly clock: Clock;
  /** Told when the storage refuses. */
  readonly onFailure: (detail: string) => void;
}

/**
 * Writes down sessions, subscriptions, QoS 1 messages and retained messages behind the gateway's back: the
 * gateway only notes a change here, and a batch of them is written every tenth of a second. What the gateway
 * notes in that time is lost if it is killed; it is not lost when it closes.
 */
export class Journal {
  readonly #options: JournalOptions;
  #changes: (Change | undefined)[] = [];
  /** Where the messages that are not written yet stand among the changes, by owner and sequence. */
  #unwritten = new Map<string, Map<number, number>>();
  #timer: Timer | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  sessionOpened(session: Session): void {
    this.#note({ kind: 'session', session: stored(session, undefined) });
  }

  sessionClosed(session: Session, disconnectedAtMs: number): void {
    this.#note({ kind: 'session', session: stored(session, disconnectedAtMs) });
  }

  sessionGone(clientId: string): void {
    this.#note({ kind: 'session-gone', clientId });
  }

  subscribed(clientId: string, subscription: SubscriptionOptions): void {
    const { filter, qos, noLocal, retainAsPublished } = subscription;
    this.#note({
      kind: 'subscription',
      subscription: { clientId, filter, qos, noLocal, retainAsPublished },
    });
  }

  unsubscribed(clientId: string, filter: string): void {
    this.#note({ kind: 'unsubscribed', clientId, filter });
  }

  groupGone(sharedFilter: string): void {
    this.#note({ kind: 'group-gone', sharedFilter });
  }

  retained({ message, modifiedAtMs, expiresAtMs }: RetainedEntry): void {
    this.#note({ kind: 'retained', retained: { message, modifiedAtMs, expiresAtMs } });
  }

  retainedGone(topic: string): void {
    this.#note({ kind: 'retained-gone', topic });
  }

  /** Where one client's or group's messages are written; undefined when there is no storage. */
  recordOf(kind: Owner['kind'], name: string): OutboxRecord | undefined {
    if (this.#options.storage === undefined) return undefined;
    const owner: Owner = { kind, name };
    const key = `${kind} ${name}`;
    return {
      put: (pending) => this.#put(owner, key, pending),
      remove: (sequence) => this.#remove(owner, key, sequence),
    };
  }

  /** Writes what has been noted. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const changes = this.#changes.filter((change) => change !== undefined);
    this.#changes = [];
    this.#unwritten = new Map();
    if (changes.length === 0) return;
    try {
      this.#options.storage?.apply(changes);
    } catch (thrown) {
      this.#options.onFailure(`sessions could not be written down: ${errorText(thrown)}`);
    }
  }

  /** Forgets everything, written or not. */
  clear(): void {
    this.#changes = [];
    this.flush();
    this.#options.storage?.clear();
  }

  #put(owner: Owner, key: string, { sequence, message, retain, group }: Pending): void {
    const mine = this.#unwritten.get(key) ?? new Map<number, number>();
    this.#unwritten.set(key, mine.set(sequence, this.#changes.length));
    this.#note({
      kind: 'message',
      message: {
        owner,
        sequence,
        message: message.message,
        retain,
        expiresAtMs: message.expiresAtMs,
        sharedFilter: group?.sharedFilter,
      },
    });
  }

  #remove(owner: Owner, key: string, sequence: number): void {
    const mine = this.#unwritten.get(key);
    const at = mine?.get(sequence);
    if (at === undefined) {
      this.#note({ kind: 'message-gone', owner, sequence });
      return;
    }
    mine?.delete(sequence);
    this.#changes[at] = undefined;
  }

  #note(change: Change): void {
    if (this.#options.storage === undefined) return;
    this.#changes.push(change);
    if (this.#changes.length >= largestBatch) this.flush();
    else this.#timer ??= this.#options.clock.schedule(gatherMs, () => this.flush());
  }
}

function stored(session: Session, disconnectedAtMs: number | undefined): StoredSession {
  const { clientId, version, sessionIdentifier, expirySeconds } = session;
  return { clientId, version, sessionIdentifier, expirySeconds, disconnectedAtMs };
}
