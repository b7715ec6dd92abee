import type { GatewayLimits } from './limits.ts';
import type { OutboxRecord, Pending } from './outbox.ts';
import type { OutgoingMessage } from './outgoing.ts';
import type { Subscription } from './session.ts';

/**
 * The subscribers of one shared subscription `$share/<name>/<filter>` (MQTT 5 §4.8.2; AWS has it for both
 * versions). Each message goes to one of those that are online. While none is, QoS 1 messages wait for the
 * next one, provided that a member's session outlives its connection.
 */
export class SharedGroup {
  readonly kind = 'group';
  /** With `$share/<name>/`. */
  readonly sharedFilter: string;
  readonly #limits: GatewayLimits;
  readonly #record: OutboxRecord | undefined;
  readonly #members = new Set<Subscription>();
  #queue: Pending[] = [];
  #queuedBytes = 0;
  #lastSequence = 0;

  constructor(sharedFilter: string, limits: GatewayLimits, record: OutboxRecord | undefined) {
    this.sharedFilter = sharedFilter;
    this.#limits = limits;
    this.#record = record;
  }

  get size(): number {
    return this.#members.size;
  }

  get queued(): number {
    return this.#queue.length;
  }

  add(member: Subscription): void {
    this.#members.add(member);
  }

  remove(member: Subscription): void {
    this.#members.delete(member);
  }

  /** One of the members that are online, each as likely as the other; undefined when there is none. */
  choose(random: () => number): Subscription | undefined {
    let online = 0;
    for (const { session } of this.#members) if (session.connection !== undefined) online += 1;
    let skip = Math.floor(random() * online);
    for (const member of this.#members) {
      if (member.session.connection === undefined) continue;
      if (skip === 0) return member;
      skip -= 1;
    }
    return undefined;
  }

  /**
   * Keeps a QoS 1 message until a member is online; false when it is dropped for want of room. Members that are
   * away have persistent sessions, as others leave the group with their connection: AWS keeps messages for
   * groups with such a member only.
   */
  keep(message: OutgoingMessage): boolean {
    const bytes = message.message.payload.length;
    if (this.#queue.length >= this.#limits.queuedMessages) return false;
    if (this.#queuedBytes + bytes > this.#limits.queuedBytes) return false;
    const pending: Pending = { message, retain: false, group: this, sequence: (this.#lastSequence += 1) };
    this.#record?.put(pending);
    this.#push(pending);
    return true;
  }

  /** Takes back what an earlier run of the gateway has written down. */
  restore(pending: readonly Pending[]): void {
    for (const one of pending) {
      this.#push(one);
      this.#lastSequence = Math.max(this.#lastSequence, one.sequence);
    }
  }

  /** Hands out all that has been kept, in order. */
  takeKept(): readonly OutgoingMessage[] {
    const kept = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const { sequence } of kept) this.#record?.remove(sequence);
    return kept.map(({ message }) => message);
  }

  #push(pending: Pending): void {
    this.#queue.push(pending);
    this.#queuedBytes += pending.message.message.payload.length;
  }
}
