import type { IotMessage } from '../../message.ts';
import type { ProtocolVersion } from '../codec/packets.ts';

/** Whose messages: a client's, by its id, or a shared group's, by its filter. */
export interface Owner {
  readonly kind: 'client' | 'group';
  readonly name: string;
}

export interface StoredSession {
  readonly clientId: string;
  readonly version: ProtocolVersion;
  readonly sessionIdentifier: string;
  readonly expirySeconds: number;
  /** Undefined while it is connected. */
  readonly disconnectedAtMs: number | undefined;
}

export interface StoredSubscription {
  readonly clientId: string;
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
}

/** A QoS 1 message that waits or is not acknowledged. */
export interface StoredMessage {
  readonly owner: Owner;
  readonly sequence: number;
  readonly message: IotMessage;
  readonly retain: boolean;
  readonly expiresAtMs: number | undefined;
  /** The shared filter that it was dealt by, if it was. */
  readonly sharedFilter: string | undefined;
}

export interface StoredRetained {
  readonly message: IotMessage;
  readonly modifiedAtMs: number;
  readonly expiresAtMs: number | undefined;
}

/** One thing to write down or to forget. */
export type Change =
  | { readonly kind: 'session'; readonly session: StoredSession }
  /** The session, its subscriptions and its messages. */
  | { readonly kind: 'session-gone'; readonly clientId: string }
  | { readonly kind: 'subscription'; readonly subscription: StoredSubscription }
  | { readonly kind: 'unsubscribed'; readonly clientId: string; readonly filter: string }
  | { readonly kind: 'message'; readonly message: StoredMessage }
  | { readonly kind: 'message-gone'; readonly owner: Owner; readonly sequence: number }
  | { readonly kind: 'group-gone'; readonly sharedFilter: string }
  | { readonly kind: 'retained'; readonly retained: StoredRetained }
  | { readonly kind: 'retained-gone'; readonly topic: string };

/** All that an earlier run of the gateway has left. */
export interface StoredState {
  readonly sessions: readonly StoredSession[];
  readonly subscriptions: readonly StoredSubscription[];
  /** In the order of their sequence. */
  readonly messages: readonly StoredMessage[];
  readonly retained: readonly StoredRetained[];
}

/** Keeps what must survive the end of the gateway. */
export interface SessionStorage {
  load(): StoredState;
  /** All of the changes in their order, or none. */
  apply(changes: readonly Change[]): void;
  /** Forgets everything. */
  clear(): void;
  close(): void;
}
