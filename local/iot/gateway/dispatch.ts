import type { Packet } from 'mqtt-packet';
import { handleConnect } from './connect.ts';
import type { ConnectedClient, Connection } from './connection.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePingreq } from './pingreq.ts';
import { handlePuback } from './puback.ts';
import { handlePublish } from './publish.ts';
import type { GatewayState } from './state.ts';
import { handleSubscribe } from './subscribe.ts';
import { handleUnsubscribe } from './unsubscribe.ts';
import { clientError } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Gives a packet to the handler of its kind. A client's first packet is a CONNECT [MQTT-3.1.0-1]. */
export function dispatch(gateway: GatewayState, connection: Connection, packet: Packet): Verdict {
  const { client } = connection;
  if (client !== undefined) return dispatchConnected(gateway, connection, client, packet);
  if (packet.cmd === 'connect') return handleConnect(gateway, connection, packet);
  return clientError(`${packet.cmd} before CONNECT [MQTT-3.1.0-1]`);
}

function dispatchConnected(
  gateway: GatewayState,
  connection: Connection,
  client: ConnectedClient,
  packet: Packet,
): Verdict {
  switch (packet.cmd) {
    case 'publish':
      return handlePublish({ gateway, connection, client, packet });
    case 'puback':
      return handlePuback({ gateway, connection, client, packet });
    case 'subscribe':
      return handleSubscribe({ gateway, connection, client, packet });
    case 'unsubscribe':
      return handleUnsubscribe({ gateway, connection, client, packet });
    case 'pingreq':
      return handlePingreq({ gateway, connection, client, packet });
    case 'disconnect':
      return handleDisconnect({ gateway, connection, client, packet });
    // A second CONNECT [MQTT-3.1.0-2], packets of QoS 2 and MQTT 5, and those that only a server sends.
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
    case 'auth':
    case 'connect':
    case 'connack':
    case 'suback':
    case 'unsuback':
    case 'pingresp':
      break;
  }
  return clientError(`${packet.cmd} is not for a connected client of MQTT 3.1.1 at QoS 0 and 1`);
}
