import type { PresentClient } from '../lifecycle/presence.ts';
import type { Publisher } from '../message.ts';
import type { ClientIdentity } from './authoriser.ts';

/** Who publishes what comes from a client. */
export function publisherOf({ clientId, origin }: ClientIdentity): Publisher {
  return {
    protocol: 'MQTT',
    clientId,
    ...(origin.principal === undefined ? {} : { principal: origin.principal }),
    sourceIp: origin.remoteAddress,
  };
}

/** A client as lifecycle events know it. */
export function present(identity: ClientIdentity, sessionIdentifier: string): PresentClient {
  return {
    clientId: identity.clientId,
    sessionIdentifier,
    principalIdentifier: identity.origin.principal,
    publisher: publisherOf(identity),
    ipAddress: identity.origin.remoteAddress,
  };
}
