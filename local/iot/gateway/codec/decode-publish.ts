import type { Buffer } from 'node:buffer';
import { ByteReader, readText } from './byte-reader.ts';
import { messagePropertiesOf } from './message-properties.ts';
import { PacketFault } from './packet-fault.ts';
import type { ProtocolVersion, PublishPacket } from './packets.ts';
import { allowedProperties, readProperties } from './properties.ts';

/**
 * Reads a PUBLISH. This is the one packet that comes by the thousand, so its fields are read without a reader,
 * which is made for properties only.
 *
 * @throws PacketFault
 */
export function decodePublish(
  firstByte: number,
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
): PublishPacket {
  const qos = (firstByte >> 1) & 3;
  const dup = (firstByte & 0x08) !== 0;
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new PacketFault('PUBLISH at QoS 3 [MQTT-3.3.1-4]');
  if (qos === 0 && dup) throw new PacketFault('PUBLISH with DUP at QoS 0 [MQTT-3.3.1-2]');
  const topicStart = start + 2;
  const topicEnd = topicStart > end ? end + 1 : topicStart + bytes.readUInt16BE(start);
  let at = qos === 0 ? topicEnd : topicEnd + 2;
  if (at > end) throw new PacketFault('PUBLISH is cut short');
  const packetId = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
  if (qos !== 0 && packetId === 0)
    throw new PacketFault('PUBLISH without a packet identifier [MQTT-2.3.1-1]');
  const topic = readText(bytes, topicStart, topicEnd);
  let topicAlias: number | undefined;
  let properties: PublishPacket['properties'];
  if (version === 5) {
    if (bytes[at] === 0 && at < end) {
      at += 1;
    } else {
      const reader = new ByteReader(bytes, at, end);
      const read = readProperties(reader, allowedProperties.publish);
      at = end - reader.remaining;
      topicAlias = read.topicAlias;
      properties = messagePropertiesOf(read);
    }
  }
  const retain = (firstByte & 0x01) !== 0;
  const payload = bytes.subarray(at, end);
  return { kind: 'publish', topic, payload, qos, retain, dup, packetId, topicAlias, properties };
}
