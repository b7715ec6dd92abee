import { clientError } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import type { ConnectedClient, Connection } from './connection.ts';
import type { GatewayState } from './state.ts';

/** One packet of a connected client, on its way through the steps of its kind. */
export interface PacketCall<Packet> {
  readonly gateway: GatewayState;
  readonly connection: Connection;
  readonly client: ConnectedClient;
  readonly packet: Packet;
}

/** Packets that carry a packet identifier have one that is not 0 [MQTT-2.3.1-1]. */
export function requirePacketIdentifier(call: {
  packet: { cmd: string; messageId?: number; length?: number };
}): Verdict {
  const { cmd, messageId, length } = call.packet;
  // The parser reads on into the next packet when this one is too short for the identifier.
  if (messageId === undefined || messageId < 1 || (length ?? 0) < 2) {
    return clientError(`${cmd} without a packet identifier [MQTT-2.3.1-1]`);
  }
  return undefined;
}

/** Packets that are nothing but a fixed header have the remaining length 0 (MQTT 3.1.1 §3.12, §3.14). */
export function requireNoBody(call: { packet: { cmd: string; length?: number } }): Verdict {
  return call.packet.length === 0 ? undefined : clientError(`${call.packet.cmd} with a body`);
}
