import { Buffer } from 'node:buffer';

/** What every lifecycle event says about its client. */
export interface EventSubject {
  readonly clientId: string;
  readonly sessionIdentifier: string;
  /** The certificate id under mTLS; absent where the connection identifies nobody. */
  readonly principalIdentifier: string | undefined;
}

/** A lifecycle event on its way to be published. */
export interface LifecycleEvent {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** AWS publishes no events for client ids that could not be part of a topic. */
export function hasEvents(clientId: string): boolean {
  return !/[#+]/.test(clientId);
}

/** `$aws/events/presence/connected/<clientId>`. Times are milliseconds since the epoch. */
export function connectedEvent(
  subject: EventSubject,
  timestamp: number,
  ipAddress: string,
  versionNumber: number,
): LifecycleEvent {
  return event('presence', 'connected', subject, timestamp, { ipAddress, versionNumber });
}

/** `$aws/events/presence/disconnected/<clientId>`. */
export function disconnectedEvent(
  subject: EventSubject,
  timestamp: number,
  disconnectReason: string,
  versionNumber: number,
): LifecycleEvent {
  const clientInitiatedDisconnect = disconnectReason === 'CLIENT_INITIATED_DISCONNECT';
  const rest = { clientInitiatedDisconnect, disconnectReason, versionNumber };
  return event('presence', 'disconnected', subject, timestamp, rest);
}

/** `$aws/events/presence/connect_failed/<clientId>`: a policy did not allow the connection, or its last will. */
export function connectFailedEvent(
  subject: EventSubject,
  timestamp: number,
  ipAddress: string,
): LifecycleEvent {
  const rest = { connectFailureReason: 'AUTHORIZATION_FAILED', ipAddress };
  return event('presence', 'connect_failed', subject, timestamp, rest);
}

/** `$aws/events/subscriptions/subscribed|unsubscribed/<clientId>`: one for all filters of a packet. */
export function subscriptionEvent(
  eventType: 'subscribed' | 'unsubscribed',
  subject: EventSubject,
  timestamp: number,
  topics: readonly string[],
): LifecycleEvent {
  return event('subscriptions', eventType, subject, timestamp, { topics });
}

function event(
  family: 'presence' | 'subscriptions',
  eventType: string,
  { clientId, sessionIdentifier, principalIdentifier }: EventSubject,
  timestamp: number,
  rest: Readonly<Record<string, unknown>>,
): LifecycleEvent {
  const body = { clientId, timestamp, eventType, sessionIdentifier, principalIdentifier, ...rest };
  return {
    topic: `$aws/events/${family}/${eventType}/${clientId}`,
    payload: Buffer.from(JSON.stringify(body)),
  };
}
