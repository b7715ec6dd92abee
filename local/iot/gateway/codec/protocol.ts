import type { Buffer } from 'node:buffer';
import type { IotMessage } from '../../message.ts';
import type { ProtocolVersion } from './packets.ts';
import type { EncodedPublish } from './publish-packet.ts';
import type { ReasonCode } from './reason-codes.ts';

/** What a CONNACK says to a client that is let in. */
export interface Welcome {
  readonly sessionPresent: boolean;
  /** Given when the client left its identifier to the gateway. */
  readonly assignedClientId: string | undefined;
  /** What holds, which need not be what was asked. */
  readonly keepAliveSeconds: number;
  readonly sessionExpirySeconds: number;
  readonly receiveMaximum: number;
  readonly maximumPacketBytes: number;
  readonly topicAliasMaximum: number;
}

/**
 * All that differs between versions of MQTT on the way out. A connection picks one at its CONNECT; the rest
 * of the gateway speaks in messages, sessions and verdicts. Reason codes are those of MQTT 5;
 * `detail` becomes a reason string, and is left out when it is undefined.
 */
export interface Protocol {
  readonly version: ProtocolVersion;
  connack(welcome: Welcome): Buffer;
  /** The CONNACK that turns a client away; undefined where AWS closes without one. */
  refusal(code: ReasonCode, detail: string | undefined): Buffer | undefined;
  puback(packetId: number): Buffer;
  /** A PUBACK for a message that was not taken; undefined in the version that has none. */
  negativePuback(packetId: number, code: ReasonCode, detail: string | undefined): Buffer | undefined;
  /** One code a filter: the granted QoS, or why there is none. */
  suback(packetId: number, codes: readonly number[]): Buffer;
  unsuback(packetId: number, codes: readonly number[]): Buffer;
  pingresp(): Buffer;
  /** The server's goodbye; undefined in the version that has none. */
  disconnect(code: ReasonCode, detail: string | undefined): Buffer | undefined;
  /** A PUBLISH that can be sent as it is (QoS 0) or once it has been stamped (QoS 1). */
  publish(
    message: IotMessage,
    qos: 0 | 1,
    retain: boolean,
    expirySeconds: number | undefined,
  ): EncodedPublish;
}
