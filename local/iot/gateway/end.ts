import type { Connection } from './connection.ts';
import { fallbackProtocol } from './protocols.ts';
import { publishFor } from './publish.ts';
import type { GatewayState } from './state.ts';
import type { End } from './verdict.ts';

/** How long an ended connection may take to read its last packets before it is cut. */
const lingerMs = 1_000;

/**
 * Ends a connection; a second call has no effect. The session is released before the will is published, so
 * that a client subscribed to its own will is not sent to.
 */
export function endConnection(gateway: GatewayState, connection: Connection, why: End): void {
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
  if (client === undefined) return;
  gateway.sessions.release(client.session);
  if (client.will === undefined || why.reason === 'CLIENT_INITIATED_DISCONNECT' || gateway.closing) return;
  const verdict = publishFor(gateway, client, client.will);
  if (verdict !== undefined) {
    const { clientId } = client.identity;
    gateway.log({ event: 'failed', clientId, detail: `the last will was not published: ${verdict.detail}` });
  }
}

function closeStream({ clock }: GatewayState, connection: Connection, why: End): void {
  const { stream, output } = connection;
  connection.timer?.cancel();
  if (why.returnCode !== undefined) output.write(fallbackProtocol.connack(why.returnCode, false));
  output.close();
  if (stream.destroyed) return;
  const linger = clock.schedule(lingerMs, () => stream.destroy());
  stream.once('close', () => linger.cancel());
}
