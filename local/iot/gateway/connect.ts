import { Buffer } from 'node:buffer';
import type { IConnectPacket } from 'mqtt-packet';
import type { Publisher } from '../message.ts';
import type { ClientIdentity } from './authoriser.ts';
import type { ConnectedClient, Connection, Will } from './connection.ts';
import { endConnection } from './end.ts';
import { keepAliveSeconds, watchKeepAlive } from './keep-alive.ts';
import type { Protocol } from './protocol.ts';
import { protocolOf } from './protocols.ts';
import type { GatewayState } from './state.ts';
import { publishFault } from './topic-checks.ts';
import { clientError, connectReturnCodes, end, forbidden, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

interface ConnectCall {
  readonly gateway: GatewayState;
  readonly connection: Connection;
  readonly packet: IConnectPacket;
  readonly identity: ClientIdentity;
  readonly protocol: Protocol;
  will: Will | undefined;
  client: ConnectedClient | undefined;
  sessionPresent: boolean;
}

/**
 * The order: a CONNECT is judged whole before it takes effect, so a refused one cannot push the client of
 * the same name off. That client goes before the session is opened, because its end releases the session.
 * CONNACK is the first packet out [MQTT-3.2.0-1], and kept messages follow it.
 */
const steps: readonly Step<ConnectCall>[] = [
  requireUserNameWithPassword,
  requireClientId,
  readWill,
  authorise,
  endPreviousConnection,
  openSession,
  startKeepAlive,
  acknowledge,
  sendKept,
];

/** MQTT 3.1.1 §3.1. The version comes before the steps: it says how the rest is to be read. */
export function handleConnect(
  gateway: GatewayState,
  connection: Connection,
  packet: IConnectPacket,
): Verdict {
  const protocol = protocolOf(packet);
  if (protocol === undefined) return refuseProtocol(packet);
  const identity: ClientIdentity = {
    // AWS and [MQTT-3.1.3-6]: a clean session may leave its client id to the server.
    clientId: packet.clientId === '' ? `auto-${gateway.uuid()}` : packet.clientId,
    origin: connection.origin,
    ...(packet.username === undefined ? {} : { username: packet.username }),
  };
  return runSteps(steps, {
    gateway,
    connection,
    packet,
    identity,
    protocol,
    will: undefined,
    client: undefined,
    sessionPresent: false,
  });
}

/** [MQTT-3.1.2-2] */
function refuseProtocol({ protocolId, protocolVersion }: IConnectPacket): Verdict {
  return clientError(
    `${protocolId} protocol level ${protocolVersion}; this gateway speaks MQTT 3.1.1 (level 4)`,
    connectReturnCodes.unacceptableProtocolVersion,
  );
}

/** [MQTT-3.1.2-22] */
function requireUserNameWithPassword({ packet }: ConnectCall): Verdict {
  return packet.password !== undefined && packet.username === undefined
    ? clientError('a password without a user name [MQTT-3.1.2-22]')
    : undefined;
}

/** [MQTT-1.5.3-2, MQTT-3.1.3-8] and AWS's length. */
function requireClientId({ gateway, packet }: ConnectCall): Verdict {
  const { clientId, clean } = packet;
  const limit = gateway.limits.clientIdBytes;
  const refuse = (detail: string): Verdict => clientError(detail, connectReturnCodes.identifierRejected);
  if (clientId === '' && clean !== true) {
    return refuse('an empty client id is for clean sessions only [MQTT-3.1.3-8]');
  }
  if (Buffer.byteLength(clientId) > limit) return refuse(`a client id of more than ${limit} bytes`);
  return clientId.includes('\0') ? clientError('a client id with U+0000 [MQTT-1.5.3-2]') : undefined;
}

/** [MQTT-3.1.2-14] A will must be something that its client could publish itself. */
function readWill(call: ConnectCall): Verdict {
  const { will } = call.packet;
  if (will === undefined) return undefined;
  const { topic, payload, qos = 0, retain = false } = will;
  if (qos !== 0 && qos !== 1) return clientError(`a will at QoS ${qos}: AWS IoT takes QoS 0 and 1 only`);
  call.will = {
    topic,
    // A copy, as it is kept for as long as the connection stands.
    payload: Buffer.from(payload),
    qos,
    retain,
  };
  return publishFault(topic);
}

/** AWS closes without a CONNACK. */
function authorise({ gateway, identity, packet }: ConnectCall): Verdict {
  return gateway.authoriser.connect(identity, packet.password)
    ? undefined
    : forbidden(`${identity.clientId} is not allowed to connect`);
}

/** The newer connection of a client id wins [MQTT-3.1.4-2]. */
function endPreviousConnection({ gateway, identity }: ConnectCall): Verdict {
  const previous = gateway.sessions.get(identity.clientId)?.connection;
  if (previous !== undefined) {
    const detail = `another connection took the client id ${identity.clientId}`;
    endConnection(gateway, previous, end('DUPLICATE_CLIENTID', detail));
  }
  return undefined;
}

function openSession(call: ConnectCall): Verdict {
  const { gateway, connection, protocol, identity, packet, will } = call;
  const { session, present } = gateway.sessions.open(identity, packet.clean === true);
  session.attach(connection, identity, protocol);
  call.sessionPresent = present;
  call.client = { identity, publisher: publisherOf(identity), protocol, session, will };
  connection.client = call.client;
  return undefined;
}

function startKeepAlive({ gateway, connection, packet }: ConnectCall): Verdict {
  const seconds = keepAliveSeconds(packet.keepalive ?? 0);
  watchKeepAlive(gateway.clock, connection, seconds, () => {
    const detail = `no packet for one and a half times the keep-alive of ${seconds} s [MQTT-3.1.2-24]`;
    endConnection(gateway, connection, end('MQTT_KEEP_ALIVE_TIMEOUT', detail));
  });
  return undefined;
}

/** [MQTT-3.1.4-4, MQTT-3.2.2-1, MQTT-3.2.2-2, MQTT-3.2.2-3] */
function acknowledge({ gateway, connection, protocol, identity, sessionPresent }: ConnectCall): Verdict {
  connection.output.write(protocol.connack(connectReturnCodes.accepted, sessionPresent));
  const { remoteAddress, transport } = connection.origin;
  const session = sessionPresent ? 'resumed' : 'new';
  const detail = `over ${transport}, ${session} session`;
  gateway.log({ event: 'connected', clientId: identity.clientId, remoteAddress, detail });
  return undefined;
}

function sendKept({ connection, client }: ConnectCall): Verdict {
  client?.session.outbox.open({ output: connection.output, protocol: client.protocol });
  return undefined;
}

function publisherOf({ clientId, origin }: ClientIdentity): Publisher {
  return {
    protocol: 'MQTT',
    clientId,
    ...(origin.principal === undefined ? {} : { principal: origin.principal }),
    sourceIp: origin.remoteAddress,
  };
}
