import type { Clock } from '../../clock.ts';
import type { IotMessage } from '../message.ts';
import type { Protocol } from './codec/protocol.ts';
import type { EncodedPublish } from './codec/publish-packet.ts';

/**
 * One message on its way to any number of subscribers. It is encoded at most once for each version, QoS and
 * RETAIN flag, when the first subscriber needs it; sessions that wait share this one object.
 */
export class OutgoingMessage {
  readonly message: IotMessage;
  /** When it is worth nothing any more; undefined: never. */
  readonly expiresAtMs: number | undefined;
  #encoded: (EncodedPublish | undefined)[] | undefined;

  constructor(message: IotMessage, expiresAtMs: number | undefined) {
    this.message = message;
    this.expiresAtMs = expiresAtMs;
  }

  hasExpired(nowMs: number): boolean {
    return this.expiresAtMs !== undefined && this.expiresAtMs <= nowMs;
  }

  /** `retain` is the flag on the wire. A message that expires tells how long it still has [MQTT-3.3.2-6]. */
  encode(protocol: Protocol, qos: 0 | 1, retain: boolean, nowMs: number): EncodedPublish {
    if (this.expiresAtMs !== undefined && protocol.version === 5) {
      const seconds = Math.max(0, Math.floor((this.expiresAtMs - nowMs) / 1_000));
      return protocol.publish(this.message, qos, retain, seconds);
    }
    this.#encoded ??= [];
    const slot = (protocol.version === 5 ? 4 : 0) + 2 * qos + (retain ? 1 : 0);
    return (this.#encoded[slot] ??= protocol.publish(this.message, qos, retain, undefined));
  }
}

/** When a message that is taken in now is worth nothing any more; undefined: never. */
export function expiryOf({ properties }: IotMessage, clock: Clock): number | undefined {
  const seconds = properties?.messageExpirySeconds;
  return seconds === undefined ? undefined : clock.now() + seconds * 1_000;
}
