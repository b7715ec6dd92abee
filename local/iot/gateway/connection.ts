import type { Duplex } from 'node:stream';
import type { Timer } from '../../clock.ts';
import type { MessageProperties, Publisher } from '../message.ts';
import type { Authoriser, ClientIdentity, StreamOrigin } from './authoriser.ts';
import type { Protocol } from './codec/protocol.ts';
import type { Door } from './door.ts';
import type { Link } from './link.ts';
import { PacketOutput } from './output.ts';
import type { Rate } from './rate.ts';
import type { Session } from './session.ts';
import type { GatewayState } from './state.ts';

/** A message of a client's own: one that it publishes, or its last will. */
export interface ClientMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly properties: MessageProperties | undefined;
}

/** The message that is published for a client when its connection ends without a DISCONNECT [MQTT-3.1.2-8]. */
export interface Will extends ClientMessage {
  /** How long the client may be away before it is published. */
  readonly delaySeconds: number;
}

/** What an accepted CONNECT adds to a connection. */
export interface ConnectedClient {
  readonly identity: ClientIdentity;
  /** One object for all messages of this connection. */
  readonly publisher: Publisher;
  readonly session: Session;
  readonly link: Link;
  readonly will: Will | undefined;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  readonly connectedAtMs: number;
  /** Whether the client wants reasons in words with its answers (MQTT 5 §3.1.2.11.7). */
  readonly wantsReasons: boolean;
  readonly publishRate: Rate;
  /** Topic names by alias, as the client has set them; undefined until it sets the first. */
  topicAliases: Map<number, string> | undefined;
}

/** One byte stream with an MQTT client, or what may become one, at its other end. */
export class Connection {
  readonly stream: Duplex;
  readonly origin: StreamOrigin;
  readonly authoriser: Authoriser;
  /** Finds out who is behind the stream, where the door can tell. */
  readonly admit: Door['admit'];
  readonly output: PacketOutput;
  /** Known from the CONNECT on, whether it is accepted or not. */
  protocol: Protocol | undefined;
  /** The longest packet that the client takes, which it says in its CONNECT. */
  maximumPacketBytes = Infinity;
  /** Absent until a CONNECT is accepted. */
  client: ConnectedClient | undefined;
  ended = false;
  lastPacketMs: number;
  /** The CONNECT deadline, then the keep-alive, then the end of the time to say goodbye: one at a time. */
  timer: Timer | undefined;

  constructor(
    stream: Duplex,
    origin: StreamOrigin,
    door: Door,
    { authoriser, limits, networkClock }: GatewayState,
  ) {
    this.stream = stream;
    this.origin = origin;
    this.authoriser = door.authoriser ?? authoriser;
    this.admit = door.admit;
    this.output = new PacketOutput(stream, limits.outputBufferBytes);
    this.lastPacketMs = networkClock.now();
  }
}
