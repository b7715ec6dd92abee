import type { IConnectPacket } from 'mqtt-packet';
import { mqtt311 } from './mqtt311.ts';
import type { Protocol } from './protocol.ts';

/** Refuses a CONNECT, whatever version it asks for: every client can read this one. */
export const fallbackProtocol: Protocol = mqtt311;

/**
 * The version that a CONNECT asks for [MQTT-3.1.2-1]; undefined when it is not spoken here. The parser marks
 * Mosquitto's bridge dialect, which AWS does not speak: bridges then try again without it.
 */
export function protocolOf(packet: IConnectPacket): Protocol | undefined {
  const { protocolId, protocolVersion } = packet;
  const isMqtt311 = protocolId === 'MQTT' && protocolVersion === 4 && !('bridgeMode' in packet);
  return isMqtt311 ? mqtt311 : undefined;
}
