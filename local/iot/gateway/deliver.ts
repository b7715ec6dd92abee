import type { IotMessage } from '../message.ts';
import { OutgoingMessage } from './outgoing.ts';
import type { Session } from './session.ts';
import type { GatewayState } from './state.ts';
import { isBasicIngest, isReserved } from './topic-checks.ts';

/**
 * Hands one message of the cloud to the clients that subscribe to its topic, and keeps it when it is
 * retained. Basic Ingest topics go to rules only. An existing subscription gets the message with RETAIN 0,
 * whatever it was published with [MQTT-3.3.1-9].
 */
export function deliver(gateway: GatewayState, message: IotMessage): void {
  if (isBasicIngest(message.topic)) return;
  if (message.retain) keepRetained(gateway, message);
  const matched = gateway.subscriptions.match(message.topic);
  const [first, second] = matched;
  if (first === undefined) return;
  const outgoing = new OutgoingMessage(message, false);
  if (second === undefined) {
    deliverTo(gateway, first.session, outgoing, first.qos);
    return;
  }
  // A client with overlapping subscriptions gets one copy, with the highest QoS of them [MQTT-3.3.5-1].
  const qosBySession = new Map<Session, 0 | 1>();
  for (const { session, qos } of matched) {
    if (qosBySession.get(session) !== 1) qosBySession.set(session, qos);
  }
  for (const [session, qos] of qosBySession) deliverTo(gateway, session, outgoing, qos);
}

/** Delivers at the lower of the published and the granted QoS [MQTT-3.8.4-6], if the client may receive it. */
export function deliverTo(
  gateway: GatewayState,
  session: Session,
  outgoing: OutgoingMessage,
  grantedQos: 0 | 1,
): void {
  const { topic, qos } = outgoing.message;
  if (!gateway.authoriser.receive(session.identity, topic)) return;
  const deliveryQos = qos === 1 && grantedQos === 1 ? 1 : 0;
  if (session.deliver(outgoing, deliveryQos)) return;
  gateway.dropped[deliveryQos === 1 ? 'qos1' : 'qos0'] += 1;
  session.dropped += 1;
  // Once a session: a client that is too slow would fill the log as well.
  if (session.dropped === 1) {
    const { clientId } = session.identity;
    gateway.log({ event: 'dropped', clientId, detail: `reads too slowly or is away; lost one on ${topic}` });
  }
}

/** AWS retains nothing on topics that begin with `$`. */
function keepRetained(gateway: GatewayState, message: IotMessage): void {
  if (isReserved(message.topic) || gateway.retained.keep(message)) return;
  gateway.dropped.retained += 1;
  gateway.log({ event: 'dropped', detail: `no room to retain the message on ${message.topic}` });
}
