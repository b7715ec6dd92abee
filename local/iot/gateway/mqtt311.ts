import { Buffer } from 'node:buffer';
import { generate, writeToStream } from 'mqtt-packet';
import type { Protocol } from './protocol.ts';

// The generator's table of ready-made numbers costs 30 ms and 8 MB at start and saves little.
writeToStream.cacheNumbers = false;

const dupFlag = 0x08;
const pingresp = generate({ cmd: 'pingresp' });

/** MQTT 3.1.1, OASIS standard of 29 October 2014. */
export const mqtt311: Protocol = {
  connack: (returnCode, sessionPresent) => generate({ cmd: 'connack', returnCode, sessionPresent }),
  // Written by hand, as one goes out for every QoS 1 message that comes in: fixed header 0x40, length 2.
  puback: (messageId) => Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]),
  suback: (messageId, granted) => generate({ cmd: 'suback', messageId, granted: [...granted] }),
  unsuback: (messageId) => generate({ cmd: 'unsuback', messageId, granted: [] }),
  pingresp: () => pingresp,
  publish: ({ topic, payload }, qos, retain) =>
    generate({ cmd: 'publish', topic, payload: asBuffer(payload), qos, retain, dup: false, messageId: 0 }),
  stampPublish(template, { payload }, messageId, dup) {
    const packet = Buffer.from(template);
    // The packet identifier is the last thing before the payload (§3.3.2).
    packet.writeUInt16BE(messageId, packet.length - payload.length - 2);
    if (dup) packet.writeUInt8(packet.readUInt8(0) | dupFlag, 0);
    return packet;
  },
};

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
