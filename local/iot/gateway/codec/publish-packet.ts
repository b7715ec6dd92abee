import { Buffer } from 'node:buffer';
import { variableIntegerBytes, writeVariableInteger } from './packet-writer.ts';

/** A PUBLISH on the wire. */
export interface EncodedPublish {
  readonly bytes: Buffer;
  /** Where the packet identifier is; 0 at QoS 0, which has none. */
  readonly packetIdAt: number;
}

const dupFlag = 0x08;

/**
 * Writes a PUBLISH by hand and in one piece: one goes out for every message and version. `properties` are
 * encoded, their length included; MQTT 3.1.1 has none. At QoS 1 the packet identifier is left 0.
 */
export function encodePublish(
  topic: string,
  payload: Uint8Array,
  qos: 0 | 1,
  retain: boolean,
  properties: Uint8Array | undefined,
): EncodedPublish {
  const topicBytes = Buffer.byteLength(topic);
  const propertyBytes = properties?.length ?? 0;
  const length = 2 + topicBytes + 2 * qos + propertyBytes + payload.length;
  const bytes = Buffer.allocUnsafe(1 + variableIntegerBytes(length) + length);
  bytes[0] = 0x30 | (qos << 1) | (retain ? 1 : 0);
  let at = writeVariableInteger(bytes, length, 1);
  at = bytes.writeUInt16BE(topicBytes, at);
  at += bytes.write(topic, at);
  const packetIdAt = qos === 0 ? 0 : at;
  if (qos === 1) at = bytes.writeUInt16BE(0, at);
  if (properties !== undefined) bytes.set(properties, at);
  bytes.set(payload, at + propertyBytes);
  return { bytes, packetIdAt };
}

/** A copy of a QoS 1 PUBLISH with one receiver's packet identifier and DUP flag. */
export function stampPublish({ bytes, packetIdAt }: EncodedPublish, packetId: number, dup: boolean): Buffer {
  const stamped = Buffer.from(bytes);
  stamped.writeUInt16BE(packetId, packetIdAt);
  if (dup) stamped.writeUInt8(stamped.readUInt8(0) | dupFlag, 0);
  return stamped;
}
