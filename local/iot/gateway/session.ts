import type { ClientIdentity } from './authoriser.ts';
import type { Connection } from './connection.ts';
import type { GatewayLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing.ts';
import { Outbox } from './outbox.ts';
import type { Protocol } from './protocol.ts';

/** One topic filter of one session. */
export interface Subscription {
  readonly session: Session;
  readonly filter: string;
  /** The granted maximum. */
  readonly qos: 0 | 1;
}

/** What the gateway remembers of one client [MQTT-3.1.2-4]: its subscriptions and its QoS 1 messages. */
export class Session {
  /** The client of the present connection, or of the last one: whose policy counts for what is delivered. */
  identity: ClientIdentity;
  /** Ends with its connection [MQTT-3.1.2-6]; a persistent session stays for a while. */
  readonly clean: boolean;
  readonly subscriptions = new Map<string, Subscription>();
  readonly outbox: Outbox;
  /** Messages that this session never got, because the client reads too slowly or stays away too long. */
  dropped = 0;
  #connection: Connection | undefined;
  #protocol: Protocol | undefined;

  constructor(identity: ClientIdentity, clean: boolean, limits: GatewayLimits) {
    this.identity = identity;
    this.clean = clean;
    this.outbox = new Outbox(limits);
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Binds the session to a connection. Nothing is sent before `outbox.open`, so that CONNACK comes first. */
  attach(connection: Connection, identity: ClientIdentity, protocol: Protocol): void {
    this.identity = identity;
    this.#connection = connection;
    this.#protocol = protocol;
    connection.output.onRoom = () => this.outbox.pump();
  }

  detach(): void {
    if (this.#connection !== undefined) this.#connection.output.onRoom = undefined;
    this.#connection = undefined;
    this.#protocol = undefined;
    this.outbox.shut();
  }

  /** Sends or keeps one message; false when it was dropped for want of room. */
  deliver(message: OutgoingMessage, qos: 0 | 1): boolean {
    if (qos === 1) return this.outbox.offer(message);
    // QoS 0 is not kept for a client that is away.
    if (this.#connection === undefined || this.#protocol === undefined) return true;
    if (!this.#connection.output.hasRoom) return false;
    this.#connection.output.write(message.atQos0(this.#protocol));
    return true;
  }
}
