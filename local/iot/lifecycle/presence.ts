import type { Clock } from '../../clock.ts';
import type { IotMessage, PublishMessage, Publisher } from '../message.ts';
import {
  connectedEvent,
  connectFailedEvent,
  disconnectedEvent,
  hasEvents,
  subscriptionEvent,
  type EventSubject,
  type LifecycleEvent,
} from './lifecycle-events.ts';

/** Version numbers of clients that are away begin again after about an hour (AWS). */
const rememberedMs = 3_600_000;
/** Clients that are away beyond this number are forgotten early, the one away longest first. */
const rememberedClients = 20_000;

export interface PresenceOptions {
  readonly clock: Clock;
  readonly publish: PublishMessage;
  readonly uuid: () => string;
  /** Told when the cloud fails on an event; the client has no part in that. */
  readonly onFailure: (topic: string, thrown: unknown) => void;
}

/** One client of an event. */
export interface PresentClient extends EventSubject {
  readonly publisher: Publisher;
  readonly ipAddress: string;
}

/** What is known of a client's connection, now or the last time. */
export interface Connectivity {
  readonly connected: boolean;
  /** When it became so, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Of a client that is away. */
  readonly disconnectReason?: string;
}

interface Entry {
  versionNumber: number;
  connectivity: Connectivity;
  /** When the version number begins again; while the client is connected, never. */
  forgottenAtMs: number;
}

/**
 * Publishes AWS IoT's lifecycle events (developer guide, "Lifecycle events"), and remembers what they count:
 * the version number of a client id, which its connected and disconnected events share.
 */
export class Presence {
  readonly #options: PresenceOptions;
  /** In the order of their last event. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  connected(client: PresentClient): void {
    const nowMs = this.#options.clock.now();
    const known = this.#entries.get(client.clientId);
    const continues = known !== undefined && known.forgottenAtMs > nowMs;
    const versionNumber = continues ? known.versionNumber + 1 : 0;
    this.#put(client.clientId, {
      versionNumber,
      connectivity: { connected: true, sinceMs: nowMs },
      forgottenAtMs: Infinity,
    });
    this.#publish(client, () => connectedEvent(client, nowMs, client.ipAddress, versionNumber));
  }

  /** `sessionExpirySeconds` is how long the client's session is kept: its version number is as well. */
  disconnected(client: PresentClient, disconnectReason: string, sessionExpirySeconds: number): void {
    const nowMs = this.#options.clock.now();
    const versionNumber = this.#entries.get(client.clientId)?.versionNumber ?? 0;
    this.#put(client.clientId, {
      versionNumber,
      connectivity: { connected: false, sinceMs: nowMs, disconnectReason },
      forgottenAtMs: nowMs + Math.max(rememberedMs, sessionExpirySeconds * 1_000),
    });
    this.#publish(client, () => disconnectedEvent(client, nowMs, disconnectReason, versionNumber));
  }

  connectFailed(client: PresentClient): void {
    const nowMs = this.#options.clock.now();
    this.#publish(client, () => connectFailedEvent(client, nowMs, client.ipAddress));
  }

  subscribed(client: PresentClient, topics: readonly string[]): void {
    const nowMs = this.#options.clock.now();
    this.#publish(client, () => subscriptionEvent('subscribed', client, nowMs, topics));
  }

  unsubscribed(client: PresentClient, topics: readonly string[]): void {
    const nowMs = this.#options.clock.now();
    this.#publish(client, () => subscriptionEvent('unsubscribed', client, nowMs, topics));
  }

  /** Undefined for a client that never came, or was away for long. */
  of(clientId: string): Connectivity | undefined {
    const entry = this.#entries.get(clientId);
    return entry !== undefined && entry.forgottenAtMs > this.#options.clock.now()
      ? entry.connectivity
      : undefined;
  }

  clear(): void {
    this.#entries.clear();
  }

  #put(clientId: string, entry: Entry): void {
    this.#entries.delete(clientId);
    this.#entries.set(clientId, entry);
    if (this.#entries.size <= rememberedClients) return;
    for (const [oldest, { connectivity }] of this.#entries) {
      if (connectivity.connected) continue;
      this.#entries.delete(oldest);
      return;
    }
  }

  #publish({ clientId, publisher }: PresentClient, build: () => LifecycleEvent): void {
    if (!hasEvents(clientId)) return;
    const { topic, payload } = build();
    const message: IotMessage = {
      topic,
      payload,
      qos: 1,
      retain: false,
      publisher,
      traceId: this.#options.uuid(),
      republishes: 0,
    };
    try {
      this.#options.publish(message);
    } catch (thrown) {
      this.#options.onFailure(topic, thrown);
    }
  }
}
