import { OutgoingMessage } from './outgoing.ts';
import type { Pending } from './outbox.ts';
import type { GatewayState } from './state.ts';
import type { Owner, SessionStorage, StoredMessage } from './storage/session-storage.ts';

/**
 * Takes back the sessions, shared groups and retained messages that an earlier run of the gateway has left.
 * Sessions that were connected when it ended count as away from now on.
 */
export function restore(gateway: GatewayState, storage: SessionStorage): void {
  const nowMs = gateway.clock.now();
  const { sessions, subscriptions, messages, retained } = storage.load();
  for (const entry of retained) gateway.retained.restore(entry);
  for (const stored of sessions) {
    const { clientId, version, expirySeconds, sessionIdentifier, disconnectedAtMs = nowMs } = stored;
    const fields = { clientId, version, expirySeconds, sessionIdentifier };
    // The cloud's clock may have been ahead when the session was left: it starts anew with the machine's.
    gateway.sessions.restore(fields, Math.max(0, nowMs - disconnectedAtMs));
  }
  for (const { clientId, ...options } of subscriptions) {
    const session = gateway.sessions.get(clientId);
    if (session !== undefined) gateway.subscriptions.add(session, options);
  }
  for (const [owner, queue] of byOwner(messages)) {
    const holder =
      owner.kind === 'client'
        ? gateway.sessions.get(owner.name)?.outbox
        : gateway.subscriptions.group(owner.name);
    holder?.restore(queue.map((stored) => pendingOf(gateway, stored)));
  }
}

function byOwner(messages: readonly StoredMessage[]): Iterable<readonly [Owner, StoredMessage[]]> {
  const owners = new Map<string, [Owner, StoredMessage[]]>();
  for (const message of messages) {
    const key = `${message.owner.kind} ${message.owner.name}`;
    const known = owners.get(key);
    if (known === undefined) owners.set(key, [message.owner, [message]]);
    else known[1].push(message);
  }
  return owners.values();
}

function pendingOf(gateway: GatewayState, stored: StoredMessage): Pending {
  const { message, expiresAtMs, retain, sequence, sharedFilter } = stored;
  return {
    message: new OutgoingMessage(message, expiresAtMs),
    retain,
    sequence,
    group: sharedFilter === undefined ? undefined : gateway.subscriptions.group(sharedFilter),
  };
}
