import type { Buffer } from 'node:buffer';
import type { MessageProperties } from '../../message.ts';
import type { Properties } from './properties.ts';

/** MQTT 3.1.1 and MQTT 5 by their protocol levels on the wire. */
export type ProtocolVersion = 4 | 5;

export type Qos = 0 | 1 | 2;

/** MQTT 3.1.1 §3.1, MQTT 5 §3.1. */
export interface ConnectPacket {
  readonly kind: 'connect';
  readonly version: ProtocolVersion;
  /** Clean Session of MQTT 3.1.1, Clean Start of MQTT 5. */
  readonly cleanStart: boolean;
  readonly keepAliveSeconds: number;
  /** Empty when the server is to choose one. */
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: Buffer | undefined;
  readonly will: WillFields | undefined;
  readonly properties: Readonly<Properties>;
}

/** The message to publish when the connection is lost. */
export interface WillFields {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly delaySeconds: number;
  readonly properties: MessageProperties | undefined;
}

/** §3.3 of both versions. */
export interface PublishPacket {
  readonly kind: 'publish';
  /** Empty when an alias stands for it. */
  readonly topic: string;
  /** A view of the bytes that were read. */
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 at QoS 0. */
  readonly packetId: number;
  readonly topicAlias: number | undefined;
  readonly properties: MessageProperties | undefined;
}

/** §3.4. */
export interface PubackPacket {
  readonly kind: 'puback';
  readonly packetId: number;
}

/** One topic filter of a SUBSCRIBE, with what MQTT 5 lets a client ask for (§3.8.3.1). */
export interface RequestedSubscription {
  readonly filter: string;
  readonly qos: Qos;
  /** No copy of what the client published itself. */
  readonly noLocal: boolean;
  /** Messages keep the RETAIN flag that they were published with. */
  readonly retainAsPublished: boolean;
  /** Send the retained message: 0 always, 1 for a new subscription, 2 never. */
  readonly retainHandling: 0 | 1 | 2;
}

/** §3.8. */
export interface SubscribePacket {
  readonly kind: 'subscribe';
  readonly packetId: number;
  readonly subscriptions: readonly RequestedSubscription[];
  readonly subscriptionIdentifier: number | undefined;
}

/** §3.10. */
export interface UnsubscribePacket {
  readonly kind: 'unsubscribe';
  readonly packetId: number;
  readonly filters: readonly string[];
}

/** §3.12. */
export interface PingreqPacket {
  readonly kind: 'pingreq';
}

/** §3.14. */
export interface DisconnectPacket {
  readonly kind: 'disconnect';
  readonly reasonCode: number;
  readonly sessionExpirySeconds: number | undefined;
}

/** What a client may send. */
export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | PubackPacket
  | SubscribePacket
  | UnsubscribePacket
  | PingreqPacket
  | DisconnectPacket;
