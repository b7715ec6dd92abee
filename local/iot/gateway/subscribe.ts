import { readSharedFilter } from '../topics/topic-filter.ts';
import type { RequestedSubscription, SubscribePacket } from './codec/packets.ts';
import { firstFailure, reasonCodes } from './codec/reason-codes.ts';
import { dealKept, deliverRetained } from './deliver.ts';
import { OutgoingMessage } from './outgoing.ts';
import type { PacketCall } from './packet-call.ts';
import { present } from './present.ts';
import { tellRefusal } from './refusal.ts';
import type { Subscription } from './session.ts';
import { hasWildcard, subscribeFault } from './topic-checks.ts';
import { clientError, end, ignored, runSteps, unauthorised } from './verdict.ts';
import type { End, Step, Verdict } from './verdict.ts';

/** One filter of the packet: a code of its SUBACK, and what became of it. */
interface Outcome {
  readonly requested: RequestedSubscription;
  code: number;
  subscription: Subscription | undefined;
  /** Whether the client had this filter before. */
  isRepeated: boolean;
}

interface SubscribeCall extends PacketCall<SubscribePacket> {
  /** In the packet's order [MQTT-3.9.3-1]. */
  readonly outcomes: readonly Outcome[];
}

/** All filters are judged before the first takes effect: a refused packet leaves no subscription behind. */
const steps: readonly Step<SubscribeCall>[] = [
  refuseSubscriptionIdentifier,
  limitFilters,
  refuseQos2,
  refuseNoLocalOfShared,
  judgeFilters,
  subscribe,
  acknowledge,
  announce,
  sendRetained,
  sendKept,
];

/** §3.8 of both versions. */
export function handleSubscribe(call: PacketCall<SubscribePacket>): Verdict {
  const outcomes = call.packet.subscriptions.map((requested): Outcome => {
    return { requested, code: reasonCodes.success, subscription: undefined, isRepeated: false };
  });
  return runSteps(steps, { ...call, outcomes });
}

/** AWS IoT has none, as its CONNACK says. */
function refuseSubscriptionIdentifier({ packet }: SubscribeCall): Verdict {
  return packet.subscriptionIdentifier === undefined
    ? undefined
    : clientError('AWS IoT has no subscription identifiers', reasonCodes.subscriptionIdentifiersNotSupported);
}

function limitFilters({ gateway, packet }: SubscribeCall): Verdict {
  const limit = gateway.limits.filtersPerSubscribe;
  const count = packet.subscriptions.length;
  if (count <= limit) return undefined;
  const detail = `SUBSCRIBE with ${count} topic filters; at most ${limit} are allowed`;
  return clientError(detail, reasonCodes.quotaExceeded);
}

/** AWS sends no SUBACK when QoS 2 is asked for; MQTT 5 was told in its CONNACK that there is none. */
function refuseQos2({ client, packet }: SubscribeCall): Verdict {
  const asked = packet.subscriptions.find(({ qos }) => qos === 2);
  if (asked === undefined) return undefined;
  const detail = `SUBSCRIBE to ${asked.filter.slice(0, 80)} at QoS 2: AWS IoT takes QoS 0 and 1 only`;
  return client.link.protocol.version === 5
    ? end('CLIENT_ERROR', detail, reasonCodes.qosNotSupported)
    : ignored(detail);
}

/** [MQTT-3.8.3-4] */
function refuseNoLocalOfShared({ packet }: SubscribeCall): Verdict {
  return packet.subscriptions.some(({ filter, noLocal }) => noLocal && readSharedFilter(filter) !== undefined)
    ? clientError('a shared subscription with No Local [MQTT-3.8.3-4]')
    : undefined;
}

/** An MQTT 3.1.1 client that may not subscribe is disconnected (AWS); MQTT 5 is told filter by filter. */
function judgeFilters(call: SubscribeCall): Verdict {
  for (const outcome of call.outcomes) {
    const fault = faultOf(call, outcome.requested.filter);
    if (fault === undefined) continue;
    if (call.client.link.protocol.version === 4 || fault.code === undefined) return fault;
    outcome.code = fault.code;
    const { clientId } = call.client.identity;
    call.gateway.log({ event: 'refused', clientId, reason: fault.reason, detail: fault.detail });
    const alone = { ...call.packet, subscriptions: [outcome.requested] };
    tellRefusal(call.gateway, call.connection, 'answered', fault, alone);
  }
  return undefined;
}

function faultOf({ connection, client }: SubscribeCall, filter: string): End | undefined {
  const fault = subscribeFault(filter);
  if (fault !== undefined || connection.authoriser.subscribe(client.identity, filter)) return fault;
  return unauthorised(`not allowed to subscribe to ${filter}`);
}

/** A filter that the client has already is replaced [MQTT-3.8.4-3]. One too many gets a failure code. */
function subscribe({ gateway, client: { session }, outcomes }: SubscribeCall): Verdict {
  for (const outcome of outcomes) {
    if (outcome.code >= firstFailure) continue;
    const { filter, noLocal, retainAsPublished } = outcome.requested;
    outcome.isRepeated = session.subscriptions.has(filter);
    const isFull = session.subscriptions.size >= gateway.limits.subscriptionsPerConnection;
    if (isFull && !outcome.isRepeated) {
      outcome.code = reasonCodes.quotaExceeded;
      continue;
    }
    const qos = outcome.requested.qos === 0 ? 0 : 1;
    outcome.code = qos;
    outcome.subscription = gateway.subscriptions.add(session, { filter, qos, noLocal, retainAsPublished });
  }
  return undefined;
}

/** [MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-5] */
function acknowledge({ connection, client, packet, outcomes }: SubscribeCall): Verdict {
  const codes = outcomes.map(({ code }) => code);
  connection.output.write(client.link.protocol.suback(packet.packetId, codes));
  return undefined;
}

function announce({ gateway, client, outcomes }: SubscribeCall): Verdict {
  const filters = outcomes.flatMap(({ subscription }) => subscription?.filter ?? []);
  const { identity, session } = client;
  if (filters.length > 0) {
    gateway.presence.subscribed(present(identity, session.sessionIdentifier), filters);
  }
  return undefined;
}

/**
 * With RETAIN 1 [MQTT-3.3.1-8], again for a repeated filter [MQTT-3.8.4-3] unless the client asks otherwise
 * [MQTT-3.3.1-10], never for a wildcard (AWS) nor a shared subscription.
 */
function sendRetained({ gateway, outcomes }: SubscribeCall): Verdict {
  for (const { subscription, requested, isRepeated } of outcomes) {
    if (subscription === undefined || subscription.group !== undefined) continue;
    const { retainHandling, filter } = requested;
    if (retainHandling === 2 || (retainHandling === 1 && isRepeated) || hasWildcard(filter)) continue;
    const entry = gateway.retained.get(filter);
    if (entry === undefined) continue;
    deliverRetained(gateway, subscription, new OutgoingMessage(entry.message, entry.expiresAtMs));
  }
  return undefined;
}

/** What a group has kept while nobody of it was online. */
function sendKept({ gateway, outcomes }: SubscribeCall): Verdict {
  for (const { subscription } of outcomes) {
    if (subscription?.group !== undefined) dealKept(gateway, subscription.group);
  }
  return undefined;
}
