import type { IotMessage } from '../message.ts';
import { isReserved } from '../topics/reserved-topics.ts';
import { readBasicIngest } from '../topics/topic-name.ts';
import { expiryOf, OutgoingMessage } from './outgoing.ts';
import type { Session, Subscription } from './session.ts';
import type { SharedGroup } from './shared-group.ts';
import type { GatewayState } from './state.ts';
import type { Subscriber } from './subscriptions.ts';

/**
 * Hands one message of the cloud to the clients that subscribe to its topic, and keeps it when it is
 * retained. Basic Ingest topics go to rules only. An existing subscription gets the message with RETAIN 0,
 * whatever it was published with [MQTT-3.3.1-9], unless it asked for the flag as it was [MQTT-3.3.1-13].
 */
export function deliver(gateway: GatewayState, message: IotMessage): void {
  if (isReserved(message.topic) && readBasicIngest(message.topic) !== undefined) return;
  if (message.retain) keepRetained(gateway, message);
  const subscribers = gateway.subscriptions.match(message.topic);
  const [first, second] = subscribers;
  if (first === undefined) return;
  const outgoing = new OutgoingMessage(message, expiryOf(message, gateway.clock));
  if (second !== undefined) deliverToAll(gateway, subscribers, outgoing);
  else if (first.kind === 'group') deal(gateway, first, outgoing);
  else deliverTo(gateway, first, outgoing);
}

/**
 * A client with overlapping subscriptions gets one copy, with the highest QoS of them [MQTT-3.3.5-1]. Shared
 * ones are apart from that: each group deals out a copy of its own.
 */
function deliverToAll(
  gateway: GatewayState,
  subscribers: readonly Subscriber[],
  outgoing: OutgoingMessage,
): void {
  const bySession = new Map<Session, Subscription>();
  for (const subscriber of subscribers) {
    if (subscriber.kind === 'group') {
      deal(gateway, subscriber, outgoing);
    } else if (!isOwnEcho(subscriber, outgoing)) {
      const other = bySession.get(subscriber.session);
      bySession.set(subscriber.session, other === undefined ? subscriber : broader(other, subscriber));
    }
  }
  for (const subscription of bySession.values()) deliverTo(gateway, subscription, outgoing);
}

function broader(one: Subscription, other: Subscription): Subscription {
  const qos = one.qos === 1 || other.qos === 1 ? 1 : 0;
  return { ...one, qos, retainAsPublished: one.retainAsPublished || other.retainAsPublished };
}

/** [MQTT-3.8.3-3] */
function isOwnEcho({ noLocal, session }: Subscription, { message }: OutgoingMessage): boolean {
  return noLocal && message.publisher.protocol === 'MQTT' && message.publisher.clientId === session.clientId;
}

function deliverTo(gateway: GatewayState, subscription: Subscription, outgoing: OutgoingMessage): void {
  if (isOwnEcho(subscription, outgoing)) return;
  const { session, qos, retainAsPublished } = subscription;
  send(gateway, session, outgoing, qos, retainAsPublished && outgoing.message.retain);
}

/** Sends the retained message of a new subscription, with RETAIN 1 [MQTT-3.3.1-8]. */
export function deliverRetained(
  gateway: GatewayState,
  { session, qos }: Subscription,
  outgoing: OutgoingMessage,
): void {
  send(gateway, session, outgoing, qos, true);
}

/** Gives a message to one member of a group, or keeps it there until one is online. */
export function deal(gateway: GatewayState, group: SharedGroup, outgoing: OutgoingMessage): void {
  const member = group.choose(gateway.random);
  if (member !== undefined) {
    send(gateway, member.session, outgoing, member.qos, false, group);
  } else if (outgoing.message.qos === 1 && !group.keep(outgoing)) {
    gateway.dropped.qos1 += 1;
  }
}

/** Deals out what a group has kept, now that a member is online. */
export function dealKept(gateway: GatewayState, group: SharedGroup): void {
  for (const outgoing of group.takeKept()) {
    if (!outgoing.hasExpired(gateway.clock.now())) deal(gateway, group, outgoing);
  }
}

/** Delivers at the lower of the published and the granted QoS [MQTT-3.8.4-6]. */
function send(
  gateway: GatewayState,
  session: Session,
  outgoing: OutgoingMessage,
  grantedQos: 0 | 1,
  retain: boolean,
  group?: SharedGroup,
): void {
  const qos = outgoing.message.qos === 1 && grantedQos === 1 ? 1 : 0;
  if (session.deliver(outgoing, qos, retain, group)) return;
  gateway.dropped[qos === 1 ? 'qos1' : 'qos0'] += 1;
  session.dropped += 1;
  // Once a session: a client that is too slow would fill the log as well.
  if (session.dropped > 1) return;
  const { clientId } = session;
  const detail = `reads too slowly or is away; lost one on ${outgoing.message.topic}`;
  gateway.log({ event: 'dropped', clientId, detail });
}

/** AWS retains nothing on topics that begin with `$`. */
function keepRetained(gateway: GatewayState, message: IotMessage): void {
  if (isReserved(message.topic) || gateway.retained.keep(message)) return;
  gateway.dropped.retained += 1;
  gateway.log({ event: 'dropped', detail: `no room to retain the message on ${message.topic}` });
}
