import type { ByteReader } from './byte-reader.ts';
import { messagePropertiesOf } from './message-properties.ts';
import { PacketFault, protocolError } from './packet-fault.ts';
import type { ConnectPacket, ProtocolVersion, WillFields } from './packets.ts';
import { allowedProperties, noProperties, readProperties } from './properties.ts';
import { reasonCodes } from './reason-codes.ts';

const flags = {
  reserved: 0x01,
  cleanStart: 0x02,
  will: 0x04,
  willRetain: 0x20,
  password: 0x40,
  userName: 0x80,
};

/**
 * Reads a CONNECT of either version.
 *
 * @throws PacketFault; `unsupportedProtocolVersion` for versions that are not spoken here
 */
export function decodeConnect(reader: ByteReader): ConnectPacket {
  const version = readVersion(reader);
  const bits = reader.uint8();
  if ((bits & flags.reserved) !== 0) throw new PacketFault('the reserved connect flag is set [MQTT-3.1.2-3]');
  const keepAliveSeconds = reader.uint16();
  const properties = version === 5 ? readProperties(reader, allowedProperties.connect) : noProperties;
  const packet: ConnectPacket = {
    kind: 'connect',
    version,
    cleanStart: (bits & flags.cleanStart) !== 0,
    keepAliveSeconds,
    properties,
    clientId: reader.text(),
    will: readWill(reader, bits, version),
    userName: (bits & flags.userName) === 0 ? undefined : reader.text(),
    password: (bits & flags.password) === 0 ? undefined : reader.binary(),
  };
  if (reader.remaining > 0) throw new PacketFault('CONNECT is longer than its fields');
  return packet;
}

/** MQTT 3.1 is not spoken, nor is the dialect of Mosquitto's bridges (0x84), which then try without it. */
function readVersion(reader: ByteReader): ProtocolVersion {
  const name = reader.text();
  if (name !== 'MQTT' && name !== 'MQIsdp') throw new PacketFault('this is not MQTT [MQTT-3.1.2-1]');
  const level = reader.uint8();
  if (name === 'MQTT' && (level === 4 || level === 5)) return level;
  throw new PacketFault(
    `${name} protocol level ${level}; this gateway speaks MQTT 3.1.1 (level 4) and MQTT 5`,
    reasonCodes.unsupportedProtocolVersion,
  );
}

function readWill(reader: ByteReader, bits: number, version: ProtocolVersion): WillFields | undefined {
  const qos = (bits >> 3) & 3;
  const retain = (bits & flags.willRetain) !== 0;
  if ((bits & flags.will) === 0) {
    if (qos === 0 && !retain) return undefined;
    throw new PacketFault('will flags without a will [MQTT-3.1.2-13, MQTT-3.1.2-15]');
  }
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new PacketFault('a will at QoS 3 [MQTT-3.1.2-14]');
  const properties = version === 5 ? readProperties(reader, allowedProperties.will) : noProperties;
  const message = messagePropertiesOf(properties);
  const topic = reader.text();
  if (topic === '') throw protocolError('a will without a topic [MQTT-4.7.3-1]');
  const delaySeconds = properties.willDelaySeconds ?? 0;
  return { topic, payload: reader.binary(), qos, retain, delaySeconds, properties: message };
}
