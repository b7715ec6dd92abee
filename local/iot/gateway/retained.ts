import type { IotMessage } from '../message.ts';

/** The last retained message of each topic [MQTT-3.3.1-5]. */
export class RetainedMessages {
  readonly #messages = new Map<string, IotMessage>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Keeps the message in place of the topic's last one. An empty payload removes that one and is not kept
   * itself [MQTT-3.3.1-10, MQTT-3.3.1-11]. False when there is no room for a further topic.
   */
  keep(message: IotMessage): boolean {
    if (message.payload.length === 0) {
      this.#messages.delete(message.topic);
      return true;
    }
    if (!this.#messages.has(message.topic) && this.#messages.size >= this.#limit) return false;
    // A copy: the payload may be a small piece of a large network buffer.
    this.#messages.set(message.topic, { ...message, payload: Uint8Array.from(message.payload) });
    return true;
  }

  get(topic: string): IotMessage | undefined {
    return this.#messages.get(topic);
  }
}
