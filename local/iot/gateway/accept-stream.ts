import type { Duplex } from 'node:stream';
import { errorText } from '../../../shared/errors.ts';
import type { StreamOrigin } from './authoriser.ts';
import { Connection } from './connection.ts';
import type { Door } from './door.ts';
import { endConnection } from './end.ts';
import { packetReader } from './packet-reader.ts';
import type { GatewayState } from './state.ts';
import { clientError, end } from './verdict.ts';

/** What a transport may tell the gateway about a stream that it has handed over. */
export interface AcceptedStream {
  /** The client has said goodbye in the transport's own way: a WebSocket's close frame (AWS). */
  leave(): void;
}

const connectionLost = end('CONNECTION_LOST', 'the client closed the connection without a DISCONNECT');
const closeFrame = end('CLIENT_INITIATED_DISCONNECT', 'the client closed its WebSocket');

/** Speaks MQTT on a byte stream until either side ends it. */
export function acceptStream(
  state: GatewayState,
  stream: Duplex,
  origin: StreamOrigin,
  door: Door,
): AcceptedStream {
  const { networkClock, limits } = state;
  const connection = new Connection(stream, origin, door, state);
  const leave = (): void => endConnection(state, connection, closeFrame);
  // It stays for good: an error on a stream that nobody listens to would end the process.
  stream.on('error', (error) => endConnection(state, connection, end('CONNECTION_LOST', errorText(error))));
  if (state.closing || state.connections.size >= limits.connections) {
    const detail = state.closing ? 'the gateway is closed' : `more than ${limits.connections} connections`;
    endConnection(state, connection, end('THROTTLED', detail));
    stream.destroy();
    return { leave };
  }
  state.connections.add(connection);
  connection.timer = networkClock.schedule(limits.connectTimeoutMs, () => {
    endConnection(state, connection, clientError(`no CONNECT within ${limits.connectTimeoutMs} ms`));
  });
  stream.on('data', packetReader(state, connection));
  stream.on('end', () => endConnection(state, connection, connectionLost));
  stream.on('close', () => endConnection(state, connection, connectionLost));
  return { leave };
}
