import type { Buffer } from 'node:buffer';
import { parser as createParser } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { errorText } from '../../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { dispatch } from './dispatch.ts';
import { endConnection } from './end.ts';
import type { GatewayState } from './state.ts';
import { clientError, end } from './verdict.ts';

/** Acknowledgements that a client may leave unread on top of the output buffer before it is cut. */
const unreadAnswerBytes = 1024 * 1024;

/** Cuts the bytes of one connection into packets. Malformed ones end the connection [MQTT-4.8.0-1]. */
export function packetReader(state: GatewayState, connection: Connection): (chunk: Buffer) => void {
  const { clock, limits } = state;
  const parser = createParser();
  const malformed = (thrown: unknown): void =>
    endConnection(state, connection, clientError(`malformed packet: ${errorText(thrown)}`));
  let packets = 0;
  parser.on('error', malformed);
  parser.on('packet', (packet) => {
    packets += 1;
    handlePacket(state, connection, packet);
  });
  return (chunk) => {
    if (connection.ended) return;
    packets = 0;
    let unparsedBytes = 0;
    try {
      unparsedBytes = parser.parse(chunk);
    } catch (thrown) {
      malformed(thrown);
    }
    if (packets > 0) connection.lastPacketMs = clock.now();
    if (unparsedBytes > limits.packetBytes) {
      endConnection(state, connection, clientError(`a packet of more than ${limits.packetBytes} bytes`));
    }
    if (connection.output.unsentBytes > limits.outputBufferBytes + unreadAnswerBytes) {
      endConnection(state, connection, end('THROTTLED', 'the client does not read its acknowledgements'));
      connection.stream.destroy();
    }
  };
}

function handlePacket(state: GatewayState, connection: Connection, packet: Packet): void {
  // Packets behind a DISCONNECT or a refused one in the same chunk [MQTT-3.1.4-5, MQTT-3.14.4-2].
  if (connection.ended) return;
  try {
    const verdict = dispatch(state, connection, packet);
    if (verdict?.verdict === 'end') endConnection(state, connection, verdict);
    else if (verdict !== undefined) logIgnored(state, connection, verdict.detail);
  } catch (thrown) {
    endConnection(state, connection, end('SERVER_ERROR', errorText(thrown)));
  }
}

function logIgnored(state: GatewayState, { client, origin }: Connection, detail: string): void {
  state.log({
    event: 'ignored',
    ...(client === undefined ? {} : { clientId: client.identity.clientId }),
    remoteAddress: origin.remoteAddress,
    detail,
  });
}
