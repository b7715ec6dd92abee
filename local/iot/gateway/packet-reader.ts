import type { Buffer } from 'node:buffer';
import { errorText } from '../../../shared/errors.ts';
import { decodePacket } from './codec/decode.ts';
import { mqtt311 } from './codec/mqtt311.ts';
import { PacketFault } from './codec/packet-fault.ts';
import { PacketSplitter } from './codec/packet-splitter.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import type { Connection } from './connection.ts';
import { dispatch } from './dispatch.ts';
import { endConnection } from './end.ts';
import { Rate } from './rate.ts';
import { tellRefusal } from './refusal.ts';
import type { GatewayState } from './state.ts';
import { clientError, end } from './verdict.ts';

/** Acknowledgements that a client may leave unread on top of the output buffer before it is cut. */
const unreadAnswerBytes = 1024 * 1024;
/** The first byte of a CONNECT. */
const connectByte = 0x10;

/** Takes the bytes of one connection, packet by packet. Malformed ones end the connection [MQTT-4.8.0-1]. */
export function packetReader(state: GatewayState, connection: Connection): (chunk: Buffer) => void {
  const { networkClock, limits } = state;
  const byteRate = new Rate(limits.bytesPerSecond);
  let isFirst = true;
  let packets = 0;
  const splitter = new PacketSplitter(limits.packetBytes, (firstByte, bytes, start, bodyEnd) => {
    packets += 1;
    handlePacket(state, connection, firstByte, bytes, start, bodyEnd);
  });
  return (chunk) => {
    if (connection.ended) return;
    packets = 0;
    try {
      if (isFirst && chunk.length > 0) requireConnect(chunk);
      isFirst &&= chunk.length === 0;
      splitter.push(chunk);
    } catch (thrown) {
      endFaulty(state, connection, thrown);
    }
    if (packets > 0) connection.lastPacketMs = networkClock.now();
    if (limits.bytesPerSecond !== Infinity) slowDown(state, connection, byteRate, chunk.length);
    if (connection.output.unsentBytes > limits.outputBufferBytes + unreadAnswerBytes) {
      endConnection(state, connection, end('THROTTLED', 'the client does not read its acknowledgements'));
      connection.stream.destroy();
    }
  };
}

/** Who speaks something else, HTTP for example, is told at once and not when its packet never becomes whole. */
function requireConnect(chunk: Buffer): void {
  if (chunk[0] !== connectByte) throw new PacketFault('the first packet is no CONNECT [MQTT-3.1.0-1]');
}

function handlePacket(
  state: GatewayState,
  connection: Connection,
  firstByte: number,
  bytes: Buffer,
  start: number,
  bodyEnd: number,
): void {
  // Packets behind a DISCONNECT or a refused one in the same chunk [MQTT-3.1.4-5, MQTT-3.14.4-2].
  if (connection.ended) return;
  try {
    const version = connection.protocol?.version ?? mqtt311.version;
    const packet = decodePacket(firstByte, bytes, start, bodyEnd, version);
    const verdict = dispatch(state, connection, packet);
    if (verdict?.verdict === 'end') endConnection(state, connection, verdict, { packet });
    else if (verdict !== undefined) {
      logIgnored(state, connection, verdict.detail);
      tellRefusal(state, connection, 'ignored', verdict, packet);
    }
  } catch (thrown) {
    endFaulty(state, connection, thrown);
  }
}

/** The client's fault, or a defect of the gateway itself. */
function endFaulty(state: GatewayState, connection: Connection, thrown: unknown): void {
  if (!(thrown instanceof PacketFault)) {
    endConnection(state, connection, end('SERVER_ERROR', errorText(thrown)));
    return;
  }
  // Every client can read the refusal of MQTT 3.1.1 [MQTT-3.1.2-2].
  if (thrown.reasonCode === reasonCodes.unsupportedProtocolVersion) connection.protocol ??= mqtt311;
  endConnection(state, connection, clientError(thrown.message, thrown.reasonCode));
}

/** AWS reads on later when a connection sends more than its share. */
function slowDown({ networkClock }: GatewayState, { stream }: Connection, rate: Rate, bytes: number): void {
  const nowMs = networkClock.now();
  rate.take(nowMs, bytes);
  const excessMs = rate.excessMs(nowMs);
  if (excessMs === 0) return;
  stream.pause();
  networkClock.schedule(excessMs, () => stream.resume());
}

function logIgnored(state: GatewayState, { client, origin }: Connection, detail: string): void {
  state.log({
    event: 'ignored',
    ...(client === undefined ? {} : { clientId: client.identity.clientId }),
    remoteAddress: origin.remoteAddress,
    detail,
  });
}
