import { Buffer } from 'node:buffer';
import { packet, uint16 } from './packet-writer.ts';
import type { Protocol } from './protocol.ts';
import { encodePublish } from './publish-packet.ts';
import { firstFailure, reasonCodes } from './reason-codes.ts';

/** The one failure code of a SUBACK (§3.9.3). */
const subscribeFailure = 0x80;
const pingresp = Buffer.from([0xd0, 0]);

/** MQTT 3.1.1, OASIS standard of 29 October 2014. */
export const mqtt311: Protocol = {
  version: 4,
  connack: ({ sessionPresent }) => Buffer.from([0x20, 2, sessionPresent ? 1 : 0, 0]),
  // AWS closes without a CONNACK for all other reasons, return codes 3 to 5 included.
  refusal(code) {
    if (code === reasonCodes.unsupportedProtocolVersion) return Buffer.from([0x20, 2, 0, 1]);
    return code === reasonCodes.clientIdentifierNotValid ? Buffer.from([0x20, 2, 0, 2]) : undefined;
  },
  puback: (packetId) => Buffer.from([0x40, 2, packetId >> 8, packetId & 0xff]),
  negativePuback: () => undefined,
  suback: (packetId, codes) =>
    packet(
      0x90,
      uint16(packetId),
      Uint8Array.from(codes, (code) => (code >= firstFailure ? subscribeFailure : code)),
    ),
  unsuback: (packetId) => packet(0xb0, uint16(packetId)),
  pingresp: () => pingresp,
  disconnect: () => undefined,
  publish: ({ topic, payload }, qos, retain) => encodePublish(topic, payload, qos, retain, undefined),
};
