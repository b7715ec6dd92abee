import { Buffer } from 'node:buffer';
import type { Clock } from '../../clock.ts';
import type { IotMessage } from '../message.ts';
import { expiryOf } from './outgoing.ts';
import type { Journal } from './storage/journal.ts';

/** The last retained message of one topic. */
export interface RetainedEntry {
  readonly message: IotMessage;
  readonly modifiedAtMs: number;
  readonly expiresAtMs: number | undefined;
}

/** The last retained message of each topic [MQTT-3.3.1-5]. One that has expired is not there any more. */
export class RetainedMessages {
  readonly #entries = new Map<string, RetainedEntry>();
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(limit: number, clock: Clock, journal: Journal) {
    this.#limit = limit;
    this.#clock = clock;
    this.#journal = journal;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Keeps the message in place of the topic's last one. An empty payload removes that one and is not kept
   * itself [MQTT-3.3.1-10, MQTT-3.3.1-11]. False when there is no room for a further topic.
   */
  keep(message: IotMessage): boolean {
    const { topic, payload } = message;
    if (payload.length === 0) {
      this.#forget(topic);
      return true;
    }
    if (!this.#entries.has(topic) && this.#entries.size >= this.#limit && !this.#dropExpired()) return false;
    const entry: RetainedEntry = {
      // A copy: the payload may be a small piece of a large network buffer.
      message: { ...message, payload: Buffer.from(payload) },
      modifiedAtMs: this.#clock.now(),
      expiresAtMs: expiryOf(message, this.#clock),
    };
    this.#entries.set(topic, entry);
    this.#journal.retained(entry);
    return true;
  }

  /** Takes back what an earlier run of the gateway has written down. */
  restore(entry: RetainedEntry): void {
    this.#entries.set(entry.message.topic, entry);
  }

  get(topic: string): RetainedEntry | undefined {
    const entry = this.#entries.get(topic);
    if (entry === undefined || !this.#hasExpired(entry)) return entry;
    this.#forget(topic);
    return undefined;
  }

  /** All of them, by topic. */
  list(): RetainedEntry[] {
    this.#dropExpired();
    return [...this.#entries.values()].sort((a, b) => (a.message.topic < b.message.topic ? -1 : 1));
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Whether there is room afterwards. */
  #dropExpired(): boolean {
    for (const [topic, entry] of this.#entries) if (this.#hasExpired(entry)) this.#forget(topic);
    return this.#entries.size < this.#limit;
  }

  #hasExpired({ expiresAtMs }: RetainedEntry): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.now();
  }

  #forget(topic: string): void {
    if (this.#entries.delete(topic)) this.#journal.retainedGone(topic);
  }
}
