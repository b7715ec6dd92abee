import type { Clock } from '../../clock.ts';
import type { Presence } from '../lifecycle/presence.ts';
import type { PublishMessage } from '../message.ts';
import type { ServedTopics } from '../topics/reserved-topics.ts';
import type { Authoriser } from './authoriser.ts';
import type { ConnectRates } from './connect-rates.ts';
import type { Connection } from './connection.ts';
import type { GatewayLimits } from './limits.ts';
import type { GatewayRefusal } from './refusal.ts';
import type { RetainedMessages } from './retained.ts';
import type { SessionStore } from './sessions.ts';
import type { Journal } from './storage/journal.ts';
import type { SubscriptionIndex } from './subscriptions.ts';
import type { DisconnectReason } from './verdict.ts';

/** One line of the gateway's log. */
export interface GatewayLogEntry {
  readonly event: 'connected' | 'disconnected' | 'ignored' | 'refused' | 'dropped' | 'failed';
  readonly clientId?: string;
  readonly remoteAddress?: string;
  readonly reason?: DisconnectReason;
  readonly detail: string;
}

/** Messages that did not reach a subscriber since the gateway started. */
export interface DropCounts {
  /** The client reads too slowly. */
  qos0: number;
  /** The client's queue is full. */
  qos1: number;
  /** There is no room for a further retained topic. */
  retained: number;
}

/** All that a gateway holds: what the packet handlers work on. */
export interface GatewayState {
  readonly clock: Clock;
  /** The time that devices live in. */
  readonly networkClock: Clock;
  readonly limits: GatewayLimits;
  /** For doors that bring none of their own. */
  readonly authoriser: Authoriser;
  readonly publish: PublishMessage;
  readonly log: (entry: GatewayLogEntry) => void;
  readonly refused: ((refusal: GatewayRefusal) => void) | undefined;
  readonly uuid: () => string;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly servedTopics: ServedTopics;
  readonly connections: Set<Connection>;
  readonly subscriptions: SubscriptionIndex;
  readonly sessions: SessionStore;
  readonly retained: RetainedMessages;
  readonly presence: Presence;
  readonly journal: Journal;
  readonly connectRates: ConnectRates;
  readonly dropped: DropCounts;
  /** No wills, no events, no new connections: it is being closed or reset. */
  closing: boolean;
}
