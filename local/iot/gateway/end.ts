import type { Buffer } from 'node:buffer';
import type { ClientPacket } from './codec/packets.ts';
import type { Connection } from './connection.ts';
import { present } from './present.ts';
import { tellRefusal } from './refusal.ts';
import type { GatewayState } from './state.ts';
import type { End } from './verdict.ts';
import { settleWill } from './will.ts';

/** How long an ended connection may take to read its last packets before it is cut. */
const lingerMs = 1_000;

export interface Ending {
  /** Whether the last will is published. @default unless the client has said goodbye (AWS) */
  readonly publishesWill?: boolean;
  /** The packet that it ends with, if it is one. */
  readonly packet?: ClientPacket | undefined;
}

/**
 * Ends a connection; a second call has no effect. The session is released before the will and the event are
 * published, so that a client subscribed to its own will is not sent to.
 */
export function endConnection(
  gateway: GatewayState,
  connection: Connection,
  why: End,
  { publishesWill = why.reason !== 'CLIENT_INITIATED_DISCONNECT', packet }: Ending = {},
): void {
  if (connection.ended) return;
  connection.ended = true;
  gateway.connections.delete(connection);
  closeStream(gateway, connection, why);
  const { client } = connection;
  gateway.log({
    event: 'disconnected',
    ...(client === undefined ? {} : { clientId: client.identity.clientId }),
    remoteAddress: connection.origin.remoteAddress,
    reason: why.reason,
    detail: why.detail,
  });
  tellRefusal(gateway, connection, 'disconnected', why, packet);
  if (client === undefined) return;
  const { session, will, identity } = client;
  gateway.sessions.release(session);
  if (gateway.closing) return;
  if (will !== undefined && publishesWill) settleWill(gateway, client, will);
  const { sessionIdentifier, expirySeconds } = session;
  gateway.presence.disconnected(present(identity, sessionIdentifier), why.reason, expirySeconds);
}

function closeStream({ networkClock }: GatewayState, connection: Connection, why: End): void {
  const { stream, output } = connection;
  connection.timer?.cancel();
  const goodbye = goodbyeOf(connection, why);
  if (goodbye !== undefined) output.write(goodbye);
  output.close();
  if (stream.destroyed) return;
  const linger = networkClock.schedule(lingerMs, () => stream.destroy());
  stream.once('close', () => linger.cancel());
}

/** The reason in words is left out where it would make the packet too long [MQTT-3.2.2-19, MQTT-3.14.2-3]. */
function goodbyeOf(connection: Connection, { code, detail }: End): Buffer | undefined {
  const { protocol, client, maximumPacketBytes } = connection;
  if (protocol === undefined || code === undefined) return undefined;
  const write = (words: string | undefined): Buffer | undefined =>
    client === undefined ? protocol.refusal(code, words) : protocol.disconnect(code, words);
  const packet = write(detail);
  return packet === undefined || packet.length <= maximumPacketBytes ? packet : write(undefined);
}
