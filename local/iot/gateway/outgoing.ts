import type { Buffer } from 'node:buffer';
import type { IotMessage } from '../message.ts';
import type { Protocol } from './protocol.ts';

/**
 * One message on its way to any number of subscribers. It is encoded at most once a QoS, when the first
 * subscriber needs it; sessions that wait share this one object.
 */
export class OutgoingMessage {
  readonly message: IotMessage;
  readonly #retain: boolean;
  #encodedBy: Protocol | undefined;
  #qos0: Buffer | undefined;
  #qos1: Buffer | undefined;

  /** `retain` is the flag on the wire: set only for a retained message sent to a new subscription. */
  constructor(message: IotMessage, retain: boolean) {
    this.message = message;
    this.#retain = retain;
  }

  atQos0(protocol: Protocol): Buffer {
    this.#encodeBy(protocol);
    return (this.#qos0 ??= protocol.publish(this.message, 0, this.#retain));
  }

  atQos1(protocol: Protocol, messageId: number, dup: boolean): Buffer {
    this.#encodeBy(protocol);
    this.#qos1 ??= protocol.publish(this.message, 1, this.#retain);
    return protocol.stampPublish(this.#qos1, this.message, messageId, dup);
  }

  #encodeBy(protocol: Protocol): void {
    if (this.#encodedBy === protocol) return;
    this.#encodedBy = protocol;
    this.#qos0 = undefined;
    this.#qos1 = undefined;
  }
}
