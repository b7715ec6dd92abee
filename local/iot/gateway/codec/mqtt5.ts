import { Buffer } from 'node:buffer';
import { packet, uint16 } from './packet-writer.ts';
import { propertyIds as ids } from './properties.ts';
import { PropertyWriter, publishProperties } from './property-writer.ts';
import type { Protocol, Welcome } from './protocol.ts';
import { encodePublish } from './publish-packet.ts';

const noProperties = Uint8Array.of(0);
const pingresp = Buffer.from([0xd0, 0]);

/** MQTT 5.0, OASIS standard of 7 March 2019, as far as AWS IoT Core goes with it. */
export const mqtt5: Protocol = {
  version: 5,
  connack: (welcome) =>
    packet(0x20, Uint8Array.of(welcome.sessionPresent ? 1 : 0, 0), welcomeProperties(welcome)),
  refusal: (code, detail) => packet(0x20, Uint8Array.of(0, code), reason(detail)),
  puback: (packetId) => Buffer.from([0x40, 2, packetId >> 8, packetId & 0xff]),
  negativePuback: (packetId, code, detail) =>
    packet(0x40, uint16(packetId), Uint8Array.of(code), reason(detail)),
  suback: (packetId, codes) => packet(0x90, uint16(packetId), noProperties, Uint8Array.from(codes)),
  unsuback: (packetId, codes) => packet(0xb0, uint16(packetId), noProperties, Uint8Array.from(codes)),
  pingresp: () => pingresp,
  disconnect: (code, detail) => packet(0xe0, Uint8Array.of(code), reason(detail)),
  publish: ({ topic, payload, properties }, qos, retain, expirySeconds) =>
    encodePublish(topic, payload, qos, retain, publishProperties(properties, expirySeconds)),
};

/** What AWS IoT Core lets every client know: it has no QoS 2 and no subscription identifiers. */
function welcomeProperties(welcome: Welcome): Buffer {
  return new PropertyWriter()
    .uint32(ids.sessionExpiryInterval, welcome.sessionExpirySeconds)
    .uint16(ids.receiveMaximum, welcome.receiveMaximum)
    .flag(ids.maximumQos, true)
    .flag(ids.retainAvailable, true)
    .uint32(ids.maximumPacketSize, welcome.maximumPacketBytes)
    .text(ids.assignedClientIdentifier, welcome.assignedClientId)
    .uint16(ids.topicAliasMaximum, welcome.topicAliasMaximum)
    .flag(ids.wildcardSubscriptionAvailable, true)
    .flag(ids.subscriptionIdentifierAvailable, false)
    .flag(ids.sharedSubscriptionAvailable, true)
    .uint16(ids.serverKeepAlive, welcome.keepAliveSeconds)
    .finish();
}

function reason(detail: string | undefined): Uint8Array {
  return new PropertyWriter().text(ids.reasonString, detail).finish();
}
