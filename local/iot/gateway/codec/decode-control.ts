import type { ByteReader } from './byte-reader.ts';
import { PacketFault, protocolError } from './packet-fault.ts';
import type {
  DisconnectPacket,
  ProtocolVersion,
  PubackPacket,
  RequestedSubscription,
  SubscribePacket,
  UnsubscribePacket,
} from './packets.ts';
import { allowedProperties, noProperties, readProperties } from './properties.ts';
import { firstFailure, reasonCodes } from './reason-codes.ts';

/** @throws PacketFault */
export function decodePuback(reader: ByteReader, version: ProtocolVersion): PubackPacket {
  const packetId = readPacketId(reader, 'PUBACK');
  // The reason does not matter: whatever it is, the message is not sent again [MQTT-4.3.2-3].
  if (version === 5 && reader.remaining > 0) {
    reader.uint8();
    if (reader.remaining > 0) readProperties(reader, allowedProperties.puback);
  }
  requireEnd(reader, 'PUBACK');
  return { kind: 'puback', packetId };
}

/** @throws PacketFault, also when no filter is in it [MQTT-3.8.3-3] */
export function decodeSubscribe(reader: ByteReader, version: ProtocolVersion): SubscribePacket {
  const packetId = readPacketId(reader, 'SUBSCRIBE');
  const { subscriptionIdentifier } =
    version === 5 ? readProperties(reader, allowedProperties.subscribe) : noProperties;
  const subscriptions: RequestedSubscription[] = [];
  do subscriptions.push(readSubscription(reader, version));
  while (reader.remaining > 0);
  return { kind: 'subscribe', packetId, subscriptions, subscriptionIdentifier };
}

function readSubscription(reader: ByteReader, version: ProtocolVersion): RequestedSubscription {
  const filter = reader.text();
  const options = reader.uint8();
  const qos = options & 3;
  const retainHandling = (options >> 4) & 3;
  if ((options & (version === 5 ? 0xc0 : 0xfc)) !== 0 || qos === 3 || retainHandling === 3) {
    throw new PacketFault(`subscription options 0x${options.toString(16)} [MQTT-3.8.3-4, MQTT-3.8.3-5]`);
  }
  return {
    filter,
    qos: qos === 0 ? 0 : qos === 1 ? 1 : 2,
    noLocal: (options & 0x04) !== 0,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling: retainHandling === 0 ? 0 : retainHandling === 1 ? 1 : 2,
  };
}

/** @throws PacketFault, also when no filter is in it [MQTT-3.10.3-2] */
export function decodeUnsubscribe(reader: ByteReader, version: ProtocolVersion): UnsubscribePacket {
  const packetId = readPacketId(reader, 'UNSUBSCRIBE');
  if (version === 5) readProperties(reader, allowedProperties.unsubscribe);
  const filters: string[] = [];
  do filters.push(reader.text());
  while (reader.remaining > 0);
  return { kind: 'unsubscribe', packetId, filters };
}

/** @throws PacketFault, also for a reason code that a client cannot have */
export function decodeDisconnect(reader: ByteReader, version: ProtocolVersion): DisconnectPacket {
  let reasonCode: number = reasonCodes.success;
  let properties = noProperties;
  if (version === 5 && reader.remaining > 0) {
    reasonCode = reader.uint8();
    if (reader.remaining > 0) properties = readProperties(reader, allowedProperties.disconnect);
  }
  requireEnd(reader, 'DISCONNECT');
  if (reasonCode < firstFailure && reasonCode !== 0 && reasonCode !== reasonCodes.disconnectWithWill) {
    throw protocolError(`DISCONNECT with reason code 0x${reasonCode.toString(16)}`);
  }
  return { kind: 'disconnect', reasonCode, sessionExpirySeconds: properties.sessionExpirySeconds };
}

function readPacketId(reader: ByteReader, name: string): number {
  const packetId = reader.uint16();
  if (packetId === 0) throw protocolError(`${name} without a packet identifier [MQTT-2.3.1-1]`);
  return packetId;
}

function requireEnd(reader: ByteReader, name: string): void {
  if (reader.remaining > 0) throw new PacketFault(`${name} is longer than its fields`);
}
