import type { GatewayLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing.ts';
import type { PacketOutput } from './output.ts';
import type { Protocol } from './protocol.ts';

/** The open connection that an outbox sends through. */
export interface OutboxLink {
  readonly output: PacketOutput;
  readonly protocol: Protocol;
}

const largestMessageId = 65_535;

/**
 * The QoS 1 messages of one session, in order:
 *
 *     offer → queue → in flight (≤ inflightMessages, has a packet identifier) → PUBACK → gone
 *                        ↑ connection lost: stays, and is sent again with DUP on the next one
 */
export class Outbox {
  readonly #limits: GatewayLimits;
  readonly #queue: OutgoingMessage[] = [];
  #queuedBytes = 0;
  readonly #inflight = new Map<number, OutgoingMessage>();
  /** Packet identifiers in flight that the present connection has not seen yet. */
  #resend: number[] = [];
  #lastMessageId = 0;
  #link: OutboxLink | undefined;

  constructor(limits: GatewayLimits) {
    this.#limits = limits;
  }

  /** Starts sending: first what was left unacknowledged, with its old packet identifiers [MQTT-4.4.0-1]. */
  open(link: OutboxLink): void {
    this.#link = link;
    this.#resend = [...this.#inflight.keys()];
    this.pump();
  }

  /** Stops sending; what is queued or unacknowledged stays for the next connection. */
  shut(): void {
    this.#link = undefined;
  }

  /** Takes a QoS 1 message; false when it does not fit in the queue and is dropped. */
  offer(message: OutgoingMessage): boolean {
    const bytes = message.message.payload.length;
    if (this.#queue.length === 0 && this.#resend.length === 0 && this.#mayStart()) {
      this.#start(message);
      return true;
    }
    if (this.#queue.length >= this.#limits.queuedMessages) return false;
    if (this.#queuedBytes + bytes > this.#limits.queuedBytes) return false;
    this.#queue.push(message);
    this.#queuedBytes += bytes;
    return true;
  }

  /** A PUBACK. One for a packet identifier that is not in flight has no effect. */
  acknowledge(messageId: number): void {
    if (this.#inflight.delete(messageId)) this.pump();
  }

  /** Sends as much as the window and the connection's output buffer take, in order [MQTT-4.6.0-1]. */
  pump(): void {
    while (this.#resend.length > 0 && this.#link?.output.hasRoom === true) {
      const messageId = this.#resend.shift();
      const message = messageId === undefined ? undefined : this.#inflight.get(messageId);
      if (messageId === undefined || message === undefined) continue;
      this.#link.output.write(message.atQos1(this.#link.protocol, messageId, true));
    }
    while (this.#queue.length > 0 && this.#resend.length === 0 && this.#mayStart()) {
      const message = this.#queue.shift();
      if (message === undefined) return;
      this.#queuedBytes -= message.message.payload.length;
      this.#start(message);
    }
  }

  #mayStart(): boolean {
    return (
      this.#link !== undefined &&
      this.#inflight.size < this.#limits.inflightMessages &&
      this.#link.output.hasRoom
    );
  }

  #start(message: OutgoingMessage): void {
    if (this.#link === undefined) return;
    const messageId = this.#nextMessageId();
    this.#inflight.set(messageId, message);
    this.#link.output.write(message.atQos1(this.#link.protocol, messageId, false));
  }

  /** Each new message takes a packet identifier that is not in use [MQTT-2.3.1-4]. */
  #nextMessageId(): number {
    do {
      this.#lastMessageId = this.#lastMessageId === largestMessageId ? 1 : this.#lastMessageId + 1;
    } while (this.#inflight.has(this.#lastMessageId));
    return this.#lastMessageId;
  }
}
