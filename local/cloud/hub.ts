import type { IotMessage, PublishMessage } from '../iot/message.ts';

/**
 * Where every message of the cloud goes in: it hands each to all who take messages, in the order in which they
 * joined. It is there before any of them, as some of them publish too.
 */
export class MessageHub {
  readonly #takers: PublishMessage[] = [];
  readonly publish: PublishMessage = (message: IotMessage) => {
    for (const take of this.#takers) take(message);
  };

  join(take: PublishMessage): void {
    this.#takers.push(take);
  }
}
