import { AwsApiError } from '../../errors.ts';
import type { ClientDescription, Gateway } from '../gateway/index.ts';
import { page } from './page.ts';
import { decodePathPart } from './publish-request.ts';

/** AWS's page size, which is its largest as well. */
const largestPage = 200;

type Connections = Pick<Gateway, 'client' | 'disconnectClient'>;

/**
 * GetConnection: of a client that is connected, or away with its session kept.
 *
 * @throws AwsApiError 404 ResourceNotFoundException
 */
export function getConnection(gateway: Connections, encodedId: string, query: URLSearchParams): unknown {
  const { clientId, isConnected, sinceMs, disconnectReason, connection, sessionExpirySeconds } = clientOf(
    gateway,
    encodedId,
  );
  const { remoteAddress, remotePort } = connection?.identity.origin ?? {};
  const tellsSocket = query.get('includeSocketInformation') === 'true';
  return {
    clientId,
    connected: isConnected,
    cleanSession: sessionExpirySeconds === 0,
    sessionExpiry: sessionExpirySeconds,
    ...(connection === undefined ? {} : { keepAliveDuration: connection.keepAliveSeconds }),
    ...(isConnected ? { connectedSince: sinceMs } : { disconnectedSince: sinceMs, disconnectReason }),
    ...(tellsSocket ? { sourceIp: remoteAddress, sourcePort: remotePort } : {}),
  };
}

/**
 * ListSubscriptions, by topic filter.
 *
 * @throws AwsApiError 404 ResourceNotFoundException
 */
export function listSubscriptions(gateway: Connections, encodedId: string, query: URLSearchParams): unknown {
  const subscriptions = clientOf(gateway, encodedId).subscriptions.toSorted((a, b) =>
    a.filter < b.filter ? -1 : 1,
  );
  const { items, nextToken } = page(subscriptions, ({ filter }) => filter, query, largestPage);
  return { subscriptions: items.map(({ filter, qos }) => ({ topicFilter: filter, qos })), nextToken };
}

/**
 * DeleteConnection.
 *
 * @throws AwsApiError 404 ResourceNotFoundException
 */
export function deleteConnection(gateway: Connections, encodedId: string, query: URLSearchParams): void {
  const clientId = readClientId(encodedId);
  const isTrue = (name: string): boolean => query.get(name)?.toLowerCase() === 'true';
  const disconnected = gateway.disconnectClient(clientId, {
    cleanSession: isTrue('cleanSession'),
    preventWillMessage: isTrue('preventWillMessage'),
  });
  if (!disconnected) throw notFound(clientId);
}

function clientOf(gateway: Connections, encodedId: string): ClientDescription {
  const clientId = readClientId(encodedId);
  const client = gateway.client(clientId);
  if (client === undefined) throw notFound(clientId);
  return client;
}

function readClientId(encoded: string): string {
  const clientId = decodePathPart(encoded, 'client id');
  if (!clientId.startsWith('$')) return clientId;
  throw new AwsApiError(400, 'InvalidRequestException', `The client id "${clientId}" begins with $.`);
}

function notFound(clientId: string): AwsApiError {
  const message = `The client "${clientId}" is not connected and has no session.`;
  return new AwsApiError(404, 'ResourceNotFoundException', message);
}
