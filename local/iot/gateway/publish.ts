import { Buffer } from 'node:buffer';
import type { IPublishPacket } from 'mqtt-packet';
import { errorText } from '../../../shared/errors.ts';
import type { ConnectedClient, Will } from './connection.ts';
import type { PacketCall } from './packet-call.ts';
import { requirePacketIdentifier } from './packet-call.ts';
import type { GatewayState } from './state.ts';
import { publishFault } from './topic-checks.ts';
import { clientError, end, forbidden, ignored, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type PublishCall = PacketCall<IPublishPacket>;

/**
 * The order: what the protocol forbids, then what AWS forbids, then what the client's policy forbids, and
 * only then an effect. PUBACK is last, as it says that the message has been taken over.
 */
const steps: readonly Step<PublishCall>[] = [
  refuseDupAtQos0,
  ignoreQos2,
  requireIdentifierAtQos1,
  limitPayload,
  requirePublishableTopic,
  takeIn,
  acknowledge,
];

/** A message from a client (MQTT 3.1.1 §3.3). */
export function handlePublish(call: PublishCall): Verdict {
  return runSteps(steps, call);
}

/** Publishes in a client's name: an inbound PUBLISH, or its last will. */
export function publishFor(gateway: GatewayState, client: ConnectedClient, message: Will): Verdict {
  const { topic, payload, qos, retain } = message;
  if (!gateway.authoriser.publish(client.identity, topic, retain)) {
    return forbidden(`not allowed to publish${retain ? ' a retained message' : ''} to ${topic}`);
  }
  try {
    gateway.publish({
      topic,
      // A message that may be kept must not hold on to the 64 KB that it was read with.
      payload: qos === 1 || retain ? Buffer.from(payload) : payload,
      qos,
      retain,
      publisher: client.publisher,
      traceId: gateway.uuid(),
      republishes: 0,
    });
  } catch (thrown) {
    return end('SERVER_ERROR', `a message to ${topic} could not be taken in: ${errorText(thrown)}`);
  }
  return undefined;
}

/** [MQTT-3.3.1-2] */
function refuseDupAtQos0({ packet }: PublishCall): Verdict {
  return packet.dup && packet.qos === 0 ? clientError('PUBLISH with DUP at QoS 0 [MQTT-3.3.1-2]') : undefined;
}

/** AWS neither publishes nor answers at QoS 2. */
function ignoreQos2({ packet }: PublishCall): Verdict {
  return packet.qos === 2
    ? ignored(`PUBLISH to ${packet.topic} at QoS 2: AWS IoT takes QoS 0 and 1 only`)
    : undefined;
}

function requireIdentifierAtQos1(call: PublishCall): Verdict {
  const { qos, topic, length } = call.packet;
  if (qos === 0) return undefined;
  if ((length ?? 0) < 2 + Buffer.byteLength(topic) + 2) return clientError('PUBLISH is cut short');
  return requirePacketIdentifier(call);
}

function limitPayload({ gateway, packet }: PublishCall): Verdict {
  const limit = gateway.limits.payloadBytes;
  if (packet.payload.length <= limit) return undefined;
  return clientError(
    `a payload of ${packet.payload.length} bytes to ${packet.topic}; at most ${limit} are allowed`,
  );
}

/** [MQTT-3.3.2-2] and AWS's limits and reserved topics. */
function requirePublishableTopic({ packet }: PublishCall): Verdict {
  return publishFault(packet.topic);
}

function takeIn({ gateway, client, packet }: PublishCall): Verdict {
  const { topic, payload, retain } = packet;
  return publishFor(gateway, client, {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    qos: packet.qos === 0 ? 0 : 1,
    retain,
  });
}

/** [MQTT-4.3.2-2]; a PUBLISH with DUP is a new message for the receiver, and gets its PUBACK as well. */
function acknowledge({ connection, client, packet }: PublishCall): Verdict {
  if (packet.qos === 1 && packet.messageId !== undefined) {
    connection.output.write(client.protocol.puback(packet.messageId));
  }
  return undefined;
}
