import type { Clock, Timer } from '../../clock.ts';
import type { ProtocolVersion, RequestedSubscription } from './codec/packets.ts';
import type { Connection } from './connection.ts';
import type { GatewayLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { OutgoingMessage } from './outgoing.ts';
import { Outbox } from './outbox.ts';
import type { SharedGroup } from './shared-group.ts';

/** What a subscription is besides its session. */
export type SubscriptionOptions = Pick<RequestedSubscription, 'filter' | 'noLocal' | 'retainAsPublished'> & {
  /** The granted maximum. */
  readonly qos: 0 | 1;
};

/** One topic filter of one session. */
export interface Subscription extends SubscriptionOptions {
  readonly kind: 'own';
  readonly session: Session;
  /** The group that deals for it, when its filter is a shared one. */
  readonly group: SharedGroup | undefined;
}

/** A will that waits for its delay to pass (MQTT 5 §3.1.3.2.2). */
export interface DelayedWill {
  readonly timer: Timer;
  readonly publish: () => void;
}

export interface NewSession {
  readonly clientId: string;
  readonly version: ProtocolVersion;
  readonly expirySeconds: number;
  /** Names the session in lifecycle events, for as long as it lives. */
  readonly sessionIdentifier: string;
}

/** What the gateway remembers of one client [MQTT-3.1.2-4]: its subscriptions and its QoS 1 messages. */
export class Session {
  readonly clientId: string;
  /** AWS: a session of one version cannot be resumed in the other. */
  readonly version: ProtocolVersion;
  readonly sessionIdentifier: string;
  /** How long it outlives its connection. */
  expirySeconds: number;
  /** Whether it outlives its connection at all, as of the CONNECT. */
  isPersistent: boolean;
  readonly subscriptions = new Map<string, Subscription>();
  readonly outbox: Outbox;
  /** Messages that this session never got, because the client reads too slowly or stays away too long. */
  dropped = 0;
  delayedWill: DelayedWill | undefined;
  readonly #clock: Clock;
  #connection: Connection | undefined;
  #link: Link | undefined;

  constructor(fields: NewSession, limits: GatewayLimits, clock: Clock) {
    this.clientId = fields.clientId;
    this.version = fields.version;
    this.sessionIdentifier = fields.sessionIdentifier;
    this.expirySeconds = fields.expirySeconds;
    this.isPersistent = fields.expirySeconds > 0;
    this.outbox = new Outbox(limits, clock);
    this.#clock = clock;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Binds the session to a connection. QoS 1 waits for `outbox.open`, so that CONNACK comes first. */
  attach(connection: Connection, link: Link): void {
    this.#connection = connection;
    this.#link = link;
    connection.output.onRoom = () => this.outbox.pump();
  }

  /** Sends what has been kept, now that the client knows that it is let in. */
  resume(): void {
    if (this.#link !== undefined) this.outbox.open(this.#link);
  }

  detach(): void {
    if (this.#connection !== undefined) this.#connection.output.onRoom = undefined;
    this.#connection = undefined;
    this.#link = undefined;
    this.outbox.shut();
  }

  /** Sends or keeps one message; false when it was dropped for want of room. */
  deliver(message: OutgoingMessage, qos: 0 | 1, retain: boolean, group?: SharedGroup): boolean {
    if (qos === 1) return this.outbox.offer(message, retain, group);
    const link = this.#link;
    // QoS 0 is not kept for a client that is away.
    if (link === undefined || !link.permissions.mayReceive(message.message.topic)) return true;
    if (!link.output.hasRoom) return false;
    const nowMs = message.expiresAtMs === undefined ? 0 : this.#clock.now();
    const { bytes } = message.encode(link.protocol, 0, retain, nowMs);
    if (bytes.length <= link.maximumPacketBytes) link.output.write(bytes);
    return true;
  }
}
