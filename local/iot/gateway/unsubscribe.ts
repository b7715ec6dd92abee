import type { IUnsubscribePacket } from 'mqtt-packet';
import type { PacketCall } from './packet-call.ts';
import { requirePacketIdentifier } from './packet-call.ts';
import { clientError, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type UnsubscribeCall = PacketCall<IUnsubscribePacket>;

const steps: readonly Step<UnsubscribeCall>[] = [
  requirePacketIdentifier,
  requireFilters,
  unsubscribe,
  acknowledge,
];

/** MQTT 3.1.1 §3.10. */
export function handleUnsubscribe(call: UnsubscribeCall): Verdict {
  return runSteps(steps, call);
}

/** [MQTT-3.10.3-2] */
function requireFilters({ packet }: UnsubscribeCall): Verdict {
  return packet.unsubscriptions.length === 0
    ? clientError('UNSUBSCRIBE without a topic filter [MQTT-3.10.3-2]')
    : undefined;
}

/** Filters are compared character by character [MQTT-3.10.4-1]; unknown ones have no effect. */
function unsubscribe({ gateway, client, packet }: UnsubscribeCall): Verdict {
  for (const filter of packet.unsubscriptions) gateway.subscriptions.remove(client.session, filter);
  return undefined;
}

/** Always, even when nothing was subscribed [MQTT-3.10.4-4, MQTT-3.10.4-5]. */
function acknowledge({ connection, client, packet }: UnsubscribeCall): Verdict {
  const { messageId, unsubscriptions } = packet;
  connection.output.write(client.protocol.unsuback(messageId ?? 0, unsubscriptions.length));
  return undefined;
}
