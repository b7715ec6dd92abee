import type { ClientIdentity } from './authoriser.ts';
import type { ProtocolVersion } from './codec/packets.ts';
import type { Session } from './session.ts';
import type { GatewayState } from './state.ts';

/** What the gateway knows of one client that is connected, or away with its session kept. */
export interface ClientDescription {
  readonly clientId: string;
  readonly isConnected: boolean;
  readonly protocolVersion: ProtocolVersion;
  /** Milliseconds since the epoch: when it connected, or when it left; undefined when nobody remembers. */
  readonly sinceMs: number | undefined;
  /** Of a client that is away. */
  readonly disconnectReason: string | undefined;
  readonly sessionExpirySeconds: number;
  readonly subscriptions: readonly { readonly filter: string; readonly qos: 0 | 1 }[];
  /** QoS 1 messages that wait or are not acknowledged. */
  readonly pendingMessages: number;
  readonly droppedMessages: number;
  /** Of a client that is connected. */
  readonly connection: ConnectionDescription | undefined;
}

export interface ConnectionDescription {
  readonly identity: ClientIdentity;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
}

/** One client; undefined when it is neither connected nor has a session. */
export function describeClient(gateway: GatewayState, clientId: string): ClientDescription | undefined {
  const session = gateway.sessions.get(clientId);
  return session === undefined ? undefined : describe(gateway, session);
}

/** All clients, in no order. */
export function describeClients(gateway: GatewayState): ClientDescription[] {
  return Array.from(gateway.sessions.values(), (session) => describe(gateway, session));
}

function describe(gateway: GatewayState, session: Session): ClientDescription {
  const client = session.connection?.client;
  const connectivity = gateway.presence.of(session.clientId);
  return {
    clientId: session.clientId,
    isConnected: client !== undefined,
    protocolVersion: session.version,
    sinceMs: client?.connectedAtMs ?? connectivity?.sinceMs,
    disconnectReason: connectivity?.disconnectReason,
    sessionExpirySeconds: session.expirySeconds,
    subscriptions: Array.from(session.subscriptions.values(), ({ filter, qos }) => ({ filter, qos })),
    pendingMessages: session.outbox.size,
    droppedMessages: session.dropped,
    connection:
      client === undefined
        ? undefined
        : {
            identity: client.identity,
            keepAliveSeconds: client.keepAliveSeconds,
            cleanStart: client.cleanStart,
          },
  };
}
