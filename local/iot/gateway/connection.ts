import type { Duplex } from 'node:stream';
import type { Timer } from '../../clock.ts';
import type { Publisher } from '../message.ts';
import type { ClientIdentity, StreamOrigin } from './authoriser.ts';
import { PacketOutput } from './output.ts';
import type { Protocol } from './protocol.ts';
import type { Session } from './session.ts';

/** The message that is published for a client when its connection ends without a DISCONNECT [MQTT-3.1.2-8]. */
export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** What an accepted CONNECT adds to a connection. */
export interface ConnectedClient {
  readonly identity: ClientIdentity;
  /** One object for all messages of this connection. */
  readonly publisher: Publisher;
  readonly protocol: Protocol;
  readonly session: Session;
  readonly will: Will | undefined;
}

/** One byte stream with an MQTT client, or what may become one, at its other end. */
export class Connection {
  readonly stream: Duplex;
  readonly origin: StreamOrigin;
  readonly output: PacketOutput;
  /** Absent until a CONNECT is accepted. */
  client: ConnectedClient | undefined;
  ended = false;
  lastPacketMs: number;
  /** The CONNECT deadline, then the keep-alive, then the end of the time to say goodbye: one at a time. */
  timer: Timer | undefined;

  constructor(stream: Duplex, origin: StreamOrigin, outputBufferBytes: number, nowMs: number) {
    this.stream = stream;
    this.origin = origin;
    this.output = new PacketOutput(stream, outputBufferBytes);
    this.lastPacketMs = nowMs;
  }
}
