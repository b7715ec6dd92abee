import type { ClientPacket } from './codec/packets.ts';
import { handleConnect } from './connect.ts';
import type { ConnectedClient, Connection } from './connection.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePublish } from './publish.ts';
import type { GatewayState } from './state.ts';
import { handleSubscribe } from './subscribe.ts';
import { handleUnsubscribe } from './unsubscribe.ts';
import { clientError } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Gives a packet to the handler of its kind. A client's first packet is a CONNECT [MQTT-3.1.0-1]. */
export function dispatch(gateway: GatewayState, connection: Connection, packet: ClientPacket): Verdict {
  const { client } = connection;
  if (client !== undefined) return dispatchConnected(gateway, connection, client, packet);
  if (packet.kind === 'connect') return handleConnect(gateway, connection, packet);
  return clientError(`${packet.kind} before CONNECT [MQTT-3.1.0-1]`);
}

function dispatchConnected(
  gateway: GatewayState,
  connection: Connection,
  client: ConnectedClient,
  packet: ClientPacket,
): Verdict {
  switch (packet.kind) {
    case 'publish':
      return handlePublish({ gateway, connection, client, packet });
    case 'puback':
      // One for nothing that is in flight has no effect.
      client.session.outbox.acknowledge(packet.packetId);
      return undefined;
    case 'subscribe':
      return handleSubscribe({ gateway, connection, client, packet });
    case 'unsubscribe':
      return handleUnsubscribe({ gateway, connection, client, packet });
    case 'pingreq':
      // [MQTT-3.12.4-1]
      connection.output.write(client.link.protocol.pingresp());
      return undefined;
    case 'disconnect':
      return handleDisconnect({ gateway, connection, client, packet });
    case 'connect':
      break;
  }
  return clientError('a second CONNECT [MQTT-3.1.0-2]');
}
