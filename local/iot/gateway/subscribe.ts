import type { ISubscribePacket } from 'mqtt-packet';
import { deliverTo } from './deliver.ts';
import { OutgoingMessage } from './outgoing.ts';
import type { PacketCall } from './packet-call.ts';
import { requirePacketIdentifier } from './packet-call.ts';
import type { SubscribeReturnCode } from './protocol.ts';
import { hasWildcard, isShared, subscribeFault } from './topic-checks.ts';
import { clientError, forbidden, ignored, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

interface SubscribeCall extends PacketCall<ISubscribePacket> {
  /** One code a filter, in the packet's order [MQTT-3.9.3-1]. */
  readonly granted: SubscribeReturnCode[];
}

/** All filters are judged before the first takes effect: a refused packet leaves no subscription behind. */
const steps: readonly Step<SubscribeCall>[] = [
  requirePacketIdentifier,
  requireFilters,
  limitFilters,
  ignoreQos2,
  requireSubscribableFilters,
  authorise,
  subscribe,
  acknowledge,
  sendRetained,
];

/** MQTT 3.1.1 §3.8. */
export function handleSubscribe(call: PacketCall<ISubscribePacket>): Verdict {
  return runSteps(steps, { ...call, granted: [] });
}

/** [MQTT-3.8.3-3] */
function requireFilters({ packet }: SubscribeCall): Verdict {
  return packet.subscriptions.length === 0
    ? clientError('SUBSCRIBE without a topic filter [MQTT-3.8.3-3]')
    : undefined;
}

function limitFilters({ gateway, packet }: SubscribeCall): Verdict {
  const limit = gateway.limits.filtersPerSubscribe;
  const count = packet.subscriptions.length;
  return count > limit
    ? clientError(`SUBSCRIBE with ${count} topic filters; at most ${limit} are allowed`)
    : undefined;
}

/** AWS sends no SUBACK when QoS 2 is asked for. */
function ignoreQos2({ packet }: SubscribeCall): Verdict {
  const asked = packet.subscriptions.find(({ qos }) => qos === 2);
  return asked === undefined
    ? undefined
    : ignored(`SUBSCRIBE to ${asked.topic} at QoS 2: AWS IoT takes QoS 0 and 1 only`);
}

function requireSubscribableFilters({ packet }: SubscribeCall): Verdict {
  for (const { topic } of packet.subscriptions) {
    const fault = subscribeFault(topic);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** An MQTT 3.1.1 client that may not subscribe is disconnected; it gets no failure code. */
function authorise({ gateway, client, packet }: SubscribeCall): Verdict {
  for (const { topic } of packet.subscriptions) {
    if (!gateway.authoriser.subscribe(client.identity, topic)) {
      return forbidden(`not allowed to subscribe to ${topic}`);
    }
  }
  return undefined;
}

/**
 * A filter that the client has already is replaced [MQTT-3.8.4-3]. One too many gets a failure code, and so
 * does a shared one, as it would otherwise never match.
 */
function subscribe({ gateway, client, packet, granted }: SubscribeCall): Verdict {
  const { session } = client;
  for (const { topic, qos } of packet.subscriptions) {
    const full = session.subscriptions.size >= gateway.limits.subscriptionsPerConnection;
    if (isShared(topic) || (full && !session.subscriptions.has(topic))) {
      granted.push(128);
    } else {
      const grantedQos = qos === 0 ? 0 : 1;
      gateway.subscriptions.add(session, topic, grantedQos);
      granted.push(grantedQos);
    }
  }
  return undefined;
}

/** [MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-5] */
function acknowledge({ connection, client, packet, granted }: SubscribeCall): Verdict {
  connection.output.write(client.protocol.suback(packet.messageId ?? 0, granted));
  return undefined;
}

/** With RETAIN 1 [MQTT-3.3.1-8], again for a repeated filter [MQTT-3.8.4-3], never for a wildcard (AWS). */
function sendRetained({ gateway, client, packet, granted }: SubscribeCall): Verdict {
  for (const [index, { topic }] of packet.subscriptions.entries()) {
    const qos = granted[index];
    if (qos === undefined || qos === 128 || hasWildcard(topic)) continue;
    const message = gateway.retained.get(topic);
    if (message !== undefined) deliverTo(gateway, client.session, new OutgoingMessage(message, true), qos);
  }
  return undefined;
}
