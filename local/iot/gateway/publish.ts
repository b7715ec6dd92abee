import type { PublishPacket } from './codec/packets.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import type { PacketCall } from './packet-call.ts';
import { publishFor } from './publish-for.ts';
import { tellRefusal } from './refusal.ts';
import { publishFault } from './topic-checks.ts';
import { clientError, end, ignored, refused, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

interface PublishCall extends PacketCall<PublishPacket> {
  /** The packet's topic, or the one that its alias stands for. */
  topic: string;
}

/**
 * The order: what the protocol forbids, then what AWS forbids, then what the client's policy forbids, and
 * only then an effect. PUBACK is last, as it says that the message has been taken over.
 */
const steps: readonly Step<PublishCall>[] = [
  refuseQos2,
  resolveTopicAlias,
  limitRate,
  limitPayload,
  requirePublishableTopic,
  takeIn,
  acknowledge,
];

/**
 * A message from a client (§3.3 of both versions). MQTT 5 answers at QoS 1 what is not taken; in all other
 * cases there is no answer, and the connection ends.
 */
export function handlePublish(call: PacketCall<PublishPacket>): Verdict {
  const verdict = runSteps(steps, { ...call, topic: call.packet.topic });
  if (verdict?.verdict !== 'end' || !verdict.answerable || verdict.code === undefined) return verdict;
  const { gateway, client, connection, packet } = call;
  if (packet.qos !== 1) return verdict;
  const words = client.wantsReasons && verdict.detail.length < 400 ? verdict.detail : undefined;
  const answer = client.link.protocol.negativePuback(packet.packetId, verdict.code, words);
  if (answer === undefined) return verdict;
  connection.output.write(answer);
  const { clientId } = client.identity;
  gateway.log({ event: 'refused', clientId, reason: verdict.reason, detail: verdict.detail });
  tellRefusal(gateway, connection, 'answered', verdict, packet);
  return undefined;
}

/** AWS neither publishes nor answers at QoS 2 in MQTT 3.1.1; MQTT 5 was told so in its CONNACK. */
function refuseQos2({ client, packet }: PublishCall): Verdict {
  if (packet.qos !== 2) return undefined;
  const detail = `PUBLISH to ${packet.topic} at QoS 2: AWS IoT takes QoS 0 and 1 only`;
  return client.link.protocol.version === 5
    ? end('CLIENT_ERROR', detail, reasonCodes.qosNotSupported)
    : ignored(detail);
}

/** MQTT 5 §3.3.2.3.4: an alias with a topic is set, one without stands for the topic it was set with. */
function resolveTopicAlias(call: PublishCall): Verdict {
  const { gateway, client, packet } = call;
  const { topicAlias, topic } = packet;
  if (topicAlias === undefined) {
    return topic === '' ? clientError('PUBLISH without a topic [MQTT-4.7.3-1]') : undefined;
  }
  if (topicAlias === 0 || topicAlias > gateway.limits.topicAliases) {
    const detail = `topic alias ${topicAlias} of 1 to ${gateway.limits.topicAliases} [MQTT-3.3.2-9]`;
    return clientError(detail, reasonCodes.topicAliasInvalid);
  }
  const aliases = (client.topicAliases ??= new Map());
  if (topic !== '') {
    aliases.set(topicAlias, topic);
    return undefined;
  }
  call.topic = aliases.get(topicAlias) ?? '';
  return call.topic === '' ? clientError(`topic alias ${topicAlias} has not been set`) : undefined;
}

/** AWS drops what is too much; a PUBACK says so in MQTT 5, and its absence in MQTT 3.1.1. */
function limitRate({ gateway, client, packet }: PublishCall): Verdict {
  const { publishesPerSecond } = gateway.limits;
  if (publishesPerSecond === Infinity || client.publishRate.take(gateway.networkClock.now()))
    return undefined;
  const detail = `more than ${publishesPerSecond} PUBLISH packets a second`;
  return packet.qos === 1 && client.link.protocol.version === 5
    ? refused('THROTTLED', detail, reasonCodes.quotaExceeded)
    : ignored(detail);
}

function limitPayload({ gateway, packet, topic }: PublishCall): Verdict {
  const limit = gateway.limits.payloadBytes;
  const { length } = packet.payload;
  if (length <= limit) return undefined;
  const detail = `a payload of ${length} bytes to ${topic.slice(0, 80)}; at most ${limit} are allowed`;
  return refused('CLIENT_ERROR', detail, reasonCodes.quotaExceeded);
}

/** [MQTT-3.3.2-2] and AWS's limits and reserved topics. */
function requirePublishableTopic({ gateway, topic }: PublishCall): Verdict {
  return publishFault(topic, gateway.servedTopics);
}

function takeIn({ gateway, client, packet, topic }: PublishCall): Verdict {
  const { payload, retain, properties } = packet;
  const qos = packet.qos === 0 ? 0 : 1;
  return publishFor(gateway, client, { topic, payload, qos, retain, properties });
}

/** [MQTT-4.3.2-2]; a PUBLISH with DUP is a new message for the receiver, and gets its PUBACK as well. */
function acknowledge({ connection, client, packet }: PublishCall): Verdict {
  if (packet.qos === 1) connection.output.write(client.link.protocol.puback(packet.packetId));
  return undefined;
}
