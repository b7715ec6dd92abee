import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Connectivity } from '../lifecycle/presence.ts';
import type { IotMessage, PublishMessage } from '../message.ts';
import type { TopicService } from '../topics/reserved-topics.ts';
import { acceptStream, type AcceptedStream } from './accept-stream.ts';
import type { Authoriser, StreamOrigin } from './authoriser.ts';
import { describeClient, describeClients, type ClientDescription } from './clients.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import { createState } from './create-state.ts';
import { deliver } from './deliver.ts';
import type { Door } from './door.ts';
import { endConnection } from './end.ts';
import type { GatewayLimits } from './limits.ts';
import { OutgoingMessage } from './outgoing.ts';
import type { GatewayRefusal } from './refusal.ts';
import type { RetainedEntry } from './retained.ts';
import type { DropCounts, GatewayLogEntry, GatewayState } from './state.ts';
import type { SessionStorage } from './storage/session-storage.ts';
import { end, type DisconnectReason } from './verdict.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  /**
   * For what devices and connections are waited for: keep-alive, CONNECT, goodbyes. Devices live in real time, however
   * the cloud's clock is moved. @default `clock`
   */
  readonly networkClock?: Clock;
  /** Takes in what clients publish, wills and lifecycle events. It calls `deliver` for what subscribers see. */
  readonly publish: PublishMessage;
  /** For streams that come through no door of their own. @default every client may do everything */
  readonly authoriser?: Authoriser;
  /** Services that take requests from clients on `$aws/…` topics. @default none but Basic Ingest */
  readonly servedTopics?: readonly TopicService[];
  /** @default `defaultLimits` */
  readonly limits?: Partial<GatewayLimits>;
  /** Where sessions and retained messages survive the gateway's end; it is closed with it. @default nowhere */
  readonly storage?: SessionStorage;
  /** @default nothing is logged */
  readonly log?: (entry: GatewayLogEntry) => void;
  /** Told of what the gateway itself does not let clients do. @default nobody is told */
  readonly refused?: (refusal: GatewayRefusal) => void;
  /** Trace ids, session identifiers and generated client ids. @default Node's random UUIDs */
  readonly uuid?: () => string;
  /** Picks the member of a shared subscription: from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

export interface DisconnectOptions {
  /** Ends the client's session as well. @default false */
  readonly cleanSession?: boolean;
  /** Does without the last will. @default false */
  readonly preventWillMessage?: boolean;
}

/** The device gateway of the local cloud: MQTT 3.1.1 and MQTT 5 with AWS IoT Core's limits and deviations. */
export interface Gateway {
  /** Speaks MQTT on a byte stream until either side ends it. */
  acceptStream(stream: Duplex, origin: StreamOrigin, door?: Door): AcceptedStream;
  /** Hands a message to the subscribers of its topic, and keeps it if it is retained. */
  deliver(message: IotMessage): void;
  /** Sends a message past its subscribers to one client that is connected; false when it is not. */
  sendTo(clientId: string, message: IotMessage): boolean;
  /** Ends the connections of a certificate that lost its right to them; returns how many there were. */
  disconnectPrincipal(principal: string, reason: DisconnectReason): number;
  /** AWS's DeleteConnection; false when the client is not connected and has no session. */
  disconnectClient(clientId: string, options?: DisconnectOptions): boolean;
  client(clientId: string): ClientDescription | undefined;
  clients(): ClientDescription[];
  /** Whether a client is connected, and since when; undefined when it never came, or was away for long. */
  connectivity(clientId: string): Connectivity | undefined;
  retained(topic: string): RetainedEntry | undefined;
  /** By topic. */
  listRetained(): RetainedEntry[];
  /** What the gateway holds and has dropped, for the page. */
  counts(): GatewayCounts;
  /** Ends all connections and forgets all sessions and retained messages, without wills and events. */
  reset(): void;
  /** Ends all connections, without their last wills: the cloud that would take them is closing too. */
  close(): void;
}

export interface GatewayCounts {
  readonly connections: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly retained: number;
  readonly dropped: Readonly<DropCounts>;
}

/** @throws ConfigurationError when the storage cannot be read */
export function createGateway(options: GatewayOptions): Gateway {
  const state = createState({ ...options, uuid: options.uuid ?? randomUUID });
  return {
    acceptStream: (stream, origin, door = {}) => acceptStream(state, stream, origin, door),
    deliver: (message) => deliver(state, message),
    sendTo: (clientId, message) => sendTo(state, clientId, message),
    disconnectPrincipal: (principal, reason) => disconnectPrincipal(state, principal, reason),
    disconnectClient: (clientId, how = {}) => disconnectClient(state, clientId, how),
    client: (clientId) => describeClient(state, clientId),
    clients: () => describeClients(state),
    connectivity: (clientId) => state.presence.of(clientId),
    retained: (topic) => state.retained.get(topic),
    listRetained: () => state.retained.list(),
    counts: () => ({
      connections: state.connections.size,
      sessions: state.sessions.size,
      subscriptions: state.subscriptions.size,
      retained: state.retained.size,
      dropped: { ...state.dropped },
    }),
    reset: () => reset(state),
    close: () => close(state, options.storage),
  };
}

function sendTo({ sessions }: GatewayState, clientId: string, message: IotMessage): boolean {
  const session = sessions.get(clientId);
  if (session?.connection === undefined) return false;
  return session.deliver(new OutgoingMessage(message, undefined), message.qos, false);
}

function disconnectPrincipal(state: GatewayState, principal: string, reason: DisconnectReason): number {
  const concerned = [...state.connections].filter(
    ({ client }) => client?.identity.origin.principal === principal,
  );
  const why = end(reason, `the certificate ${principal} may not be used any more`, reasonCodes.notAuthorized);
  for (const connection of concerned) endConnection(state, connection, why);
  return concerned.length;
}

function disconnectClient(state: GatewayState, clientId: string, options: DisconnectOptions): boolean {
  const session = state.sessions.get(clientId);
  if (session === undefined) return false;
  if (options.cleanSession === true) session.expirySeconds = 0;
  if (session.connection !== undefined) {
    const why = end('API_INITIATED_DISCONNECT', 'DeleteConnection was called');
    endConnection(state, session.connection, why, { publishesWill: options.preventWillMessage !== true });
  } else if (options.cleanSession === true) {
    state.sessions.discard(session);
  }
  return true;
}

function reset(state: GatewayState): void {
  state.closing = true;
  cut(state, 'the gateway is reset');
  for (const session of state.sessions.values()) state.sessions.discard(session);
  state.retained.clear();
  state.presence.clear();
  state.journal.clear();
  state.closing = false;
}

function close(state: GatewayState, storage: SessionStorage | undefined): void {
  if (state.closing) return;
  state.closing = true;
  cut(state, 'the gateway is closing');
  state.sessions.close();
  state.journal.flush();
  storage?.close();
}

/** Ends all connections, and does not wait until clients have read why. */
function cut(state: GatewayState, detail: string): void {
  const why = end('SERVER_INITIATED_DISCONNECT', detail, reasonCodes.serverShuttingDown);
  for (const connection of state.connections) {
    endConnection(state, connection, why);
    connection.stream.destroy();
  }
}
