import { permissionsOf } from './permissions.ts';
import type { ConnectCall } from './connect.ts';
import type { ConnectedClient } from './connection.ts';
import { dealKept } from './deliver.ts';
import { endConnection } from './end.ts';
import { keepAliveSeconds, watchKeepAlive } from './keep-alive.ts';
import { present, publisherOf } from './present.ts';
import { Rate } from './rate.ts';
import type { Session } from './session.ts';
import { end } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/**
 * The effects of a CONNECT that has been judged good. The client of the same name goes before the session is
 * opened, because its end releases the session. CONNACK is the first packet out [MQTT-3.2.0-1], and kept
 * messages follow it.
 */
export function letIn(call: ConnectCall): Verdict {
  endPreviousConnection(call);
  const { session, isResumed } = openSession(call);
  const client = attach(call, session);
  acknowledge(call, client, isResumed);
  const { gateway, identity } = call;
  gateway.presence.connected(present(identity, session.sessionIdentifier));
  session.resume();
  for (const { group } of session.subscriptions.values()) if (group !== undefined) dealKept(gateway, group);
  return undefined;
}

/** The newer connection of a client id wins [MQTT-3.1.4-2]. */
function endPreviousConnection({ gateway, identity }: ConnectCall): void {
  const previous = gateway.sessions.get(identity.clientId)?.connection;
  if (previous === undefined) return;
  const detail = `another connection took the client id ${identity.clientId}`;
  endConnection(gateway, previous, end('DUPLICATE_CLIENTID', detail));
}

/** AWS: an MQTT 3.1.1 session is kept for an hour, an MQTT 5 session as long as it asks, up to the same. */
function openSession({ gateway, identity, packet }: ConnectCall): { session: Session; isResumed: boolean } {
  const { version, cleanStart, properties } = packet;
  const longest = gateway.limits.sessionExpirySeconds;
  const asked = version === 5 ? (properties.sessionExpirySeconds ?? 0) : cleanStart ? 0 : longest;
  const { session, present: isResumed } = gateway.sessions.open({
    clientId: identity.clientId,
    version,
    cleanStart,
    expirySeconds: Math.min(asked, longest),
    sessionIdentifier: gateway.uuid(),
  });
  // The client is back in time [MQTT-3.1.3-9].
  session.delayedWill?.timer.cancel();
  session.delayedWill = undefined;
  return { session, isResumed };
}

function attach(call: ConnectCall, session: Session): ConnectedClient {
  const { gateway, connection, protocol, identity, packet, will } = call;
  const { properties, cleanStart } = packet;
  const { limits, clock, networkClock } = gateway;
  const client: ConnectedClient = {
    identity,
    publisher: publisherOf(identity),
    session,
    link: {
      output: connection.output,
      protocol,
      permissions: permissionsOf(connection.authoriser, identity),
      receiveMaximum: Math.min(properties.receiveMaximum ?? limits.inflightMessages, limits.inflightMessages),
      maximumPacketBytes: connection.maximumPacketBytes,
    },
    will,
    keepAliveSeconds: keepAliveSeconds(packet.keepAliveSeconds),
    cleanStart,
    connectedAtMs: clock.now(),
    wantsReasons: properties.requestProblemInformation ?? true,
    publishRate: new Rate(limits.publishesPerSecond),
    topicAliases: undefined,
  };
  connection.client = client;
  session.attach(connection, client.link);
  watchKeepAlive(networkClock, connection, client.keepAliveSeconds, () => {
    const detail = `no packet for one and a half times the keep-alive of ${client.keepAliveSeconds} s [MQTT-3.1.2-24]`;
    endConnection(gateway, connection, end('MQTT_KEEP_ALIVE_TIMEOUT', detail));
  });
  return client;
}

/** [MQTT-3.1.4-4, MQTT-3.2.2-1, MQTT-3.2.2-2, MQTT-3.2.2-3] */
function acknowledge(call: ConnectCall, client: ConnectedClient, isResumed: boolean): void {
  const { gateway, connection, protocol, identity, packet } = call;
  const { limits } = gateway;
  connection.output.write(
    protocol.connack({
      sessionPresent: isResumed,
      assignedClientId: packet.clientId === '' ? identity.clientId : undefined,
      keepAliveSeconds: client.keepAliveSeconds,
      sessionExpirySeconds: client.session.expirySeconds,
      receiveMaximum: limits.inflightMessages,
      maximumPacketBytes: limits.packetBytes,
      topicAliasMaximum: limits.topicAliases,
    }),
  );
  const { remoteAddress, transport } = connection.origin;
  const session = isResumed ? 'resumed' : 'new';
  const detail = `MQTT ${protocol.version === 5 ? '5' : '3.1.1'} over ${transport}, ${session} session`;
  gateway.log({ event: 'connected', clientId: identity.clientId, remoteAddress, detail });
}
