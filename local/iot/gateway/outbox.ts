import type { Clock } from '../../clock.ts';
import { stampPublish } from './codec/publish-packet.ts';
import type { GatewayLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { OutgoingMessage } from './outgoing.ts';
import type { SharedGroup } from './shared-group.ts';

/** A QoS 1 message that one session is to get. */
export interface Pending {
  readonly message: OutgoingMessage;
  /** The RETAIN flag on the wire. */
  readonly retain: boolean;
  /** The group that dealt it to this session, which gets it back when the session ends. */
  readonly group: SharedGroup | undefined;
  /** Its place in the order of this outbox. */
  readonly sequence: number;
}

/** Where an outbox writes down what must survive the gateway. */
export interface OutboxRecord {
  put(pending: Pending): void;
  remove(sequence: number): void;
}

const largestPacketId = 65_535;

/**
 * The QoS 1 messages of one session, in order:
 *
 *     offer → queue → in flight (≤ the client's window, has a packet identifier) → PUBACK → gone
 *                        ↑ connection lost: stays, and is sent again with DUP on the next one
 */
export class Outbox {
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  #record: OutboxRecord | undefined;
  #queue: Pending[] = [];
  #queuedBytes = 0;
  readonly #inflight = new Map<number, Pending>();
  /** Packet identifiers in flight that the present connection has not seen yet. */
  #resend: number[] = [];
  #lastPacketId = 0;
  #lastSequence = 0;
  #link: Link | undefined;

  constructor(limits: GatewayLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Messages that wait or are not acknowledged. */
  get size(): number {
    return this.#queue.length + this.#inflight.size;
  }

  /** From now on, what is offered is written down; undefined: nothing is. */
  recordTo(record: OutboxRecord | undefined): void {
    this.#record = record;
  }

  /** Takes back what an earlier run of the gateway has written down. */
  restore(pending: readonly Pending[]): void {
    this.#queue.push(...pending);
    for (const { message, sequence } of pending) {
      this.#queuedBytes += message.message.payload.length;
      this.#lastSequence = Math.max(this.#lastSequence, sequence);
    }
  }

  /** Starts sending: first what was left unacknowledged, with its old packet identifiers [MQTT-4.4.0-1]. */
  open(link: Link): void {
    this.#link = link;
    this.#resend = [...this.#inflight.keys()];
    this.pump();
  }

  /** Stops sending; what is queued or unacknowledged stays for the next connection. */
  shut(): void {
    this.#link = undefined;
  }

  /** Takes a QoS 1 message; false when it does not fit in the queue and is dropped. */
  offer(message: OutgoingMessage, retain: boolean, group: SharedGroup | undefined): boolean {
    const bytes = message.message.payload.length;
    const goesAtOnce = this.#queue.length === 0 && this.#resend.length === 0 && this.#mayStart();
    if (!goesAtOnce) {
      if (this.#queue.length >= this.#limits.queuedMessages) return false;
      if (this.#queuedBytes + bytes > this.#limits.queuedBytes) return false;
    }
    const pending: Pending = { message, retain, group, sequence: (this.#lastSequence += 1) };
    this.#record?.put(pending);
    if (goesAtOnce) {
      this.#start(pending);
    } else {
      this.#queue.push(pending);
      this.#queuedBytes += bytes;
    }
    return true;
  }

  /** A PUBACK. One for a packet identifier that is not in flight has no effect. */
  acknowledge(packetId: number): void {
    const pending = this.#inflight.get(packetId);
    if (pending === undefined) return;
    this.#inflight.delete(packetId);
    this.#record?.remove(pending.sequence);
    this.pump();
  }

  /** Sends as much as the window and the connection's output buffer take, in order [MQTT-4.6.0-1]. */
  pump(): void {
    while (this.#resend.length > 0 && this.#link?.output.hasRoom === true) {
      const packetId = this.#resend.shift();
      const pending = packetId === undefined ? undefined : this.#inflight.get(packetId);
      if (packetId !== undefined && pending !== undefined) this.#send(pending, packetId, true);
    }
    while (this.#queue.length > 0 && this.#resend.length === 0 && this.#mayStart()) {
      const pending = this.#queue.shift();
      if (pending === undefined) return;
      this.#queuedBytes -= pending.message.message.payload.length;
      this.#start(pending);
    }
  }

  /** Gives up everything, unacknowledged messages first. */
  abandon(): readonly Pending[] {
    const pending = [...this.#inflight.values(), ...this.#queue];
    this.#inflight.clear();
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#resend = [];
    return pending;
  }

  #mayStart(): boolean {
    const link = this.#link;
    return link !== undefined && this.#inflight.size < link.receiveMaximum && link.output.hasRoom;
  }

  #start(pending: Pending): void {
    const packetId = this.#nextPacketId();
    this.#inflight.set(packetId, pending);
    this.#send(pending, packetId, false);
  }

  /** Sends a message that is in flight, or gives it up: it is too old, too long, or not for this client. */
  #send({ message, retain, sequence }: Pending, packetId: number, dup: boolean): void {
    const link = this.#link;
    if (link === undefined) return;
    const nowMs = this.#clock.now();
    const encoded =
      message.hasExpired(nowMs) || !link.permissions.mayReceive(message.message.topic)
        ? undefined
        : message.encode(link.protocol, 1, retain, nowMs);
    if (encoded !== undefined && encoded.bytes.length <= link.maximumPacketBytes) {
      link.output.write(stampPublish(encoded, packetId, dup));
      return;
    }
    this.#inflight.delete(packetId);
    this.#record?.remove(sequence);
  }

  /** Each new message takes a packet identifier that is not in use [MQTT-2.3.1-4]. */
  #nextPacketId(): number {
    do {
      this.#lastPacketId = this.#lastPacketId === largestPacketId ? 1 : this.#lastPacketId + 1;
    } while (this.#inflight.has(this.#lastPacketId));
    return this.#lastPacketId;
  }
}
