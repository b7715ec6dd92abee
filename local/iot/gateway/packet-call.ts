import type { ConnectedClient, Connection } from './connection.ts';
import type { GatewayState } from './state.ts';

/** One packet of a connected client, on its way through the steps of its kind. */
export interface PacketCall<Packet> {
  readonly gateway: GatewayState;
  readonly connection: Connection;
  readonly client: ConnectedClient;
  readonly packet: Packet;
}
