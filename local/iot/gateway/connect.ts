import { Buffer } from 'node:buffer';
import type { ClientIdentity } from './authoriser.ts';
import { mqtt311 } from './codec/mqtt311.ts';
import { mqtt5 } from './codec/mqtt5.ts';
import type { ConnectPacket } from './codec/packets.ts';
import type { Protocol } from './codec/protocol.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import type { Connection, Will } from './connection.ts';
import { letIn } from './let-in.ts';
import { present } from './present.ts';
import type { GatewayState } from './state.ts';
import { publishFault } from './topic-checks.ts';
import { clientError, end, runSteps, unauthorised } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

/** A CONNECT on its way through the steps. */
export interface ConnectCall {
  readonly gateway: GatewayState;
  readonly connection: Connection;
  readonly packet: ConnectPacket;
  readonly protocol: Protocol;
  identity: ClientIdentity;
  will: Will | undefined;
}

/**
 * The order: a CONNECT is judged whole before it takes effect, so a refused one cannot push the client of
 * the same name off. Who it is comes before what it may, and only `letIn` changes anything.
 */
const steps: readonly Step<ConnectCall>[] = [
  requireUserNameWithPassword,
  refuseEnhancedAuthentication,
  requireClientId,
  readWill,
  limitRate,
  admit,
  authorise,
  authoriseWill,
  letIn,
];

/** MQTT 3.1.1 §3.1, MQTT 5 §3.1. */
export function handleConnect(gateway: GatewayState, connection: Connection, packet: ConnectPacket): Verdict {
  const protocol = packet.version === 5 ? mqtt5 : mqtt311;
  connection.protocol = protocol;
  connection.maximumPacketBytes = packet.properties.maximumPacketBytes ?? Infinity;
  const identity: ClientIdentity = {
    // AWS and [MQTT-3.1.3-6]: a clean session may leave its client id to the server.
    clientId: packet.clientId === '' ? `auto-${gateway.uuid()}` : packet.clientId,
    origin: connection.origin,
    ...(packet.userName === undefined ? {} : { username: packet.userName }),
  };
  return runSteps(steps, { gateway, connection, packet, protocol, identity, will: undefined });
}

/** [MQTT-3.1.2-22]; MQTT 5 has given this up. */
function requireUserNameWithPassword({ packet }: ConnectCall): Verdict {
  return packet.version === 4 && packet.password !== undefined && packet.userName === undefined
    ? clientError('a password without a user name [MQTT-3.1.2-22]')
    : undefined;
}

/** AWS IoT takes no AUTH packets. */
function refuseEnhancedAuthentication({ packet }: ConnectCall): Verdict {
  const method = packet.properties.authenticationMethod;
  if (method === undefined) return undefined;
  const detail = `authentication method ${method.slice(0, 80)}: AWS IoT has no enhanced authentication`;
  return end('AUTH_ERROR', detail, reasonCodes.badAuthenticationMethod);
}

/** [MQTT-3.1.3-8] and AWS's length. */
function requireClientId({ gateway, packet }: ConnectCall): Verdict {
  const { clientId, cleanStart, version } = packet;
  const limit = gateway.limits.clientIdBytes;
  const code = reasonCodes.clientIdentifierNotValid;
  if (clientId === '' && version === 4 && !cleanStart) {
    return clientError('an empty client id is for clean sessions only [MQTT-3.1.3-8]', code);
  }
  return Buffer.byteLength(clientId) > limit
    ? clientError(`a client id of more than ${limit} bytes`, code)
    : undefined;
}

/** [MQTT-3.1.2-14] A will must be something that its client could publish itself. */
function readWill(call: ConnectCall): Verdict {
  const { will } = call.packet;
  if (will === undefined) return undefined;
  const { topic, payload, qos, retain, delaySeconds, properties } = will;
  if (qos === 2) {
    return clientError('a will at QoS 2: AWS IoT takes QoS 0 and 1 only', reasonCodes.qosNotSupported);
  }
  const { payloadBytes } = call.gateway.limits;
  if (payload.length > payloadBytes) {
    return clientError(`a will of more than ${payloadBytes} bytes`, reasonCodes.quotaExceeded);
  }
  // A copy of the payload, as it is kept for as long as the connection stands.
  call.will = { topic, payload: Buffer.from(payload), qos, retain, delaySeconds, properties };
  return publishFault(topic, call.gateway.servedTopics);
}

function limitRate({ gateway, identity: { clientId } }: ConnectCall): Verdict {
  return gateway.connectRates.take(clientId, gateway.networkClock.now())
    ? undefined
    : end('THROTTLED', `${clientId} connects more than ${gateway.limits.connectsPerSecond} times a second`);
}

/** Who is behind the stream, where the transport can tell. */
function admit(call: ConnectCall): Verdict {
  const { connection, identity } = call;
  const admission = connection.admit?.(identity.clientId);
  if (admission === undefined) return undefined;
  if ('refused' in admission) return admission.refused;
  call.identity = { ...identity, origin: { ...identity.origin, principal: admission.principal } };
  return undefined;
}

/** AWS closes without a CONNACK in MQTT 3.1.1, and answers `Not authorized` in MQTT 5. */
function authorise(call: ConnectCall): Verdict {
  const { gateway, connection, identity, packet, will } = call;
  const { password, cleanStart, version, properties } = packet;
  const outlives = version === 4 ? !cleanStart : (properties.sessionExpirySeconds ?? 0) > 0;
  const allowed = connection.authoriser.connect(identity, {
    password,
    connectAttributes: [
      ...(outlives ? (['PersistentConnect'] as const) : []),
      ...(will === undefined ? [] : (['LastWill'] as const)),
    ],
    lastWillTopic: will?.topic,
  });
  if (allowed) return undefined;
  gateway.presence.connectFailed(present(identity, gateway.uuid()));
  return unauthorised(`${identity.clientId} is not allowed to connect`);
}

/** AWS asks when the client connects, and not only when the will is due. */
function authoriseWill(call: ConnectCall): Verdict {
  const { gateway, connection, identity, will } = call;
  if (will === undefined || connection.authoriser.publish(identity, will.topic, will.retain))
    return undefined;
  gateway.presence.connectFailed(present(identity, gateway.uuid()));
  return unauthorised(`${identity.clientId} is not allowed to publish its last will to ${will.topic}`);
}
