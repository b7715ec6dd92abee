import type { Buffer } from 'node:buffer';
import type { IotMessage } from '../message.ts';
import type { ConnectReturnCode } from './verdict.ts';

/**
 * All that differs between versions of MQTT on the way out. A connection picks one at its CONNECT; the rest
 * of the gateway speaks in messages, sessions and verdicts.
 */
export interface Protocol {
  connack(returnCode: ConnectReturnCode, sessionPresent: boolean): Buffer;
  puback(messageId: number): Buffer;
  suback(messageId: number, granted: readonly SubscribeReturnCode[]): Buffer;
  unsuback(messageId: number, filterCount: number): Buffer;
  pingresp(): Buffer;
  /** A PUBLISH that can be sent as it is (QoS 0) or once it has been stamped (QoS 1). */
  publish(message: IotMessage, qos: 0 | 1, retain: boolean): Buffer;
  /** A copy of a QoS 1 PUBLISH with one receiver's packet identifier and DUP flag. */
  stampPublish(template: Buffer, message: IotMessage, messageId: number, dup: boolean): Buffer;
}

/** MQTT 3.1.1 §3.9.3: the granted QoS, or failure. */
export type SubscribeReturnCode = 0 | 1 | 128;
