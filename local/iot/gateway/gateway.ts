import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { errorText } from '../../../shared/errors.ts';
import type { Clock } from '../../clock.ts';
import type { IotMessage, PublishMessage } from '../message.ts';
import { allowAll } from './authoriser.ts';
import type { Authoriser, StreamOrigin } from './authoriser.ts';
import { Connection } from './connection.ts';
import { deliver } from './deliver.ts';
import { endConnection } from './end.ts';
import { defaultLimits } from './limits.ts';
import type { GatewayLimits } from './limits.ts';
import { packetReader } from './packet-reader.ts';
import { RetainedMessages } from './retained.ts';
import { SessionStore } from './sessions.ts';
import type { DropCounts, GatewayLogEntry, GatewayState } from './state.ts';
import { SubscriptionIndex } from './subscriptions.ts';
import { clientError, end } from './verdict.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  /** Takes in what clients publish. It must call `deliver` for what subscribers should see. */
  readonly publish: PublishMessage;
  /** @default every client may do everything */
  readonly authoriser?: Authoriser;
  /** @default `defaultLimits` */
  readonly limits?: Partial<GatewayLimits>;
  /** @default nothing is logged */
  readonly log?: (entry: GatewayLogEntry) => void;
  /** Trace ids and generated client ids. @default Node's random UUIDs */
  readonly uuid?: () => string;
}

/** The MQTT broker of the local cloud: MQTT 3.1.1 with AWS IoT Core's limits and deviations. */
export interface Gateway {
  /** Speaks MQTT on a byte stream until either side ends it. */
  acceptStream(stream: Duplex, origin: StreamOrigin): void;
  /** Hands a message to the subscribers of its topic, and keeps it if it is retained. */
  deliver(message: IotMessage): void;
  /** What the gateway holds and has dropped, for the page. */
  counts(): GatewayCounts;
  /** Ends all connections, without their last wills: the cloud that would take them is closing too. */
  close(): void;
}

export interface GatewayCounts {
  readonly connections: number;
  readonly sessions: number;
  readonly dropped: Readonly<DropCounts>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const state = createState(options);
  return {
    acceptStream: (stream, origin) => acceptStream(state, stream, origin),
    deliver: (message) => deliver(state, message),
    counts: () => ({
      connections: state.connections.size,
      sessions: state.sessions.size,
      dropped: { ...state.dropped },
    }),
    close() {
      state.closing = true;
      for (const connection of state.connections) {
        endConnection(state, connection, end('SERVER_INITIATED_DISCONNECT', 'the gateway is closing'));
        connection.stream.destroy();
      }
      state.sessions.close();
    },
  };
}

function createState(options: GatewayOptions): GatewayState {
  const { clock, publish } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const subscriptions = new SubscriptionIndex();
  return {
    clock,
    limits,
    publish,
    authoriser: options.authoriser ?? allowAll,
    log: options.log ?? (() => undefined),
    uuid: options.uuid ?? randomUUID,
    connections: new Set(),
    subscriptions,
    sessions: new SessionStore(subscriptions, limits, clock),
    retained: new RetainedMessages(limits.retainedMessages),
    dropped: { qos0: 0, qos1: 0, retained: 0 },
    closing: false,
  };
}

function acceptStream(state: GatewayState, stream: Duplex, origin: StreamOrigin): void {
  const { clock, limits } = state;
  const connection = new Connection(stream, origin, limits.outputBufferBytes, clock.now());
  // It stays for good: an error on a stream that nobody listens to would end the process.
  stream.on('error', (error) => endConnection(state, connection, end('CONNECTION_LOST', errorText(error))));
  if (state.closing || state.connections.size >= limits.connections) {
    const detail = state.closing ? 'the gateway is closed' : `more than ${limits.connections} connections`;
    endConnection(state, connection, end('THROTTLED', detail));
    stream.destroy();
    return;
  }
  state.connections.add(connection);
  connection.timer = clock.schedule(limits.connectTimeoutMs, () => {
    endConnection(state, connection, clientError(`no CONNECT within ${limits.connectTimeoutMs} ms`));
  });
  stream.on('data', packetReader(state, connection));
  stream.on('end', () => endConnection(state, connection, connectionLost));
  stream.on('close', () => endConnection(state, connection, connectionLost));
}

const connectionLost = end('CONNECTION_LOST', 'the client closed the connection without a DISCONNECT');
