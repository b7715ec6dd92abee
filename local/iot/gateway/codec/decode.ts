import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import { decodeConnect } from './decode-connect.ts';
import { decodeDisconnect, decodePuback, decodeSubscribe, decodeUnsubscribe } from './decode-control.ts';
import { decodePublish } from './decode-publish.ts';
import { PacketFault, protocolError } from './packet-fault.ts';
import type { ClientPacket, ProtocolVersion } from './packets.ts';

const kinds = {
  connect: 1,
  publish: 3,
  puback: 4,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
};

/** The flags that a packet of each kind must have [MQTT-2.2.2-2]; PUBLISH has its own meaning for them. */
const subscribeFlags = 2;

/** Names for messages about packets that are not for this gateway. */
const otherKinds: Readonly<Record<number, string>> = {
  2: 'CONNACK',
  5: 'PUBREC',
  6: 'PUBREL',
  7: 'PUBCOMP',
  9: 'SUBACK',
  11: 'UNSUBACK',
  13: 'PINGRESP',
  15: 'AUTH',
};

/**
 * Reads one packet whose body is `bytes` from `start` to `end`.
 *
 * @param version the version of the connection; a CONNECT brings its own
 * @throws PacketFault for a malformed packet and for one that AWS IoT does not take: those of QoS 2, AUTH, and
 *   those that only a server sends
 */
export function decodePacket(
  firstByte: number,
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
): ClientPacket {
  const kind = firstByte >> 4;
  if (kind === kinds.publish) return decodePublish(firstByte, bytes, start, end, version);
  const reader = new ByteReader(bytes, start, end);
  requireFlags(kind, firstByte & 0x0f);
  switch (kind) {
    case kinds.connect:
      return decodeConnect(reader);
    case kinds.puback:
      return decodePuback(reader, version);
    case kinds.subscribe:
      return decodeSubscribe(reader, version);
    case kinds.unsubscribe:
      return decodeUnsubscribe(reader, version);
    case kinds.pingreq:
      if (reader.remaining > 0) throw new PacketFault('PINGREQ with a body');
      return { kind: 'pingreq' };
    case kinds.disconnect:
      return decodeDisconnect(reader, version);
    default:
      throw protocolError(`${otherKinds[kind] ?? 'a packet of kind 0'} is not for this gateway`);
  }
}

function requireFlags(kind: number, flags: number): void {
  const required = kind === kinds.subscribe || kind === kinds.unsubscribe ? subscribeFlags : 0;
  // Of the packets that are refused anyway, PUBREL has flags too; which fault is told does not matter.
  if (flags !== required) throw new PacketFault(`flags ${flags} in a packet of kind ${kind} [MQTT-2.2.2-2]`);
}
