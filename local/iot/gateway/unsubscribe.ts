import type { UnsubscribePacket } from './codec/packets.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import type { PacketCall } from './packet-call.ts';
import { present } from './present.ts';
import { runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

interface UnsubscribeCall extends PacketCall<UnsubscribePacket> {
  /** One a filter, in the packet's order (MQTT 5 §3.11.3). */
  readonly codes: number[];
}

const steps: readonly Step<UnsubscribeCall>[] = [unsubscribe, acknowledge, announce];

/** §3.10 of both versions. */
export function handleUnsubscribe(call: PacketCall<UnsubscribePacket>): Verdict {
  return runSteps(steps, { ...call, codes: [] });
}

/** Filters are compared character by character [MQTT-3.10.4-1]; unknown ones have no effect. */
function unsubscribe({ gateway, client, packet, codes }: UnsubscribeCall): Verdict {
  for (const filter of packet.filters) {
    const existed = gateway.subscriptions.remove(client.session, filter);
    codes.push(existed ? reasonCodes.success : reasonCodes.noSubscriptionExisted);
  }
  return undefined;
}

/** Always, even when nothing was subscribed [MQTT-3.10.4-4, MQTT-3.10.4-5]. */
function acknowledge({ connection, client, packet, codes }: UnsubscribeCall): Verdict {
  connection.output.write(client.link.protocol.unsuback(packet.packetId, codes));
  return undefined;
}

function announce({ gateway, client, packet }: UnsubscribeCall): Verdict {
  const { identity, session } = client;
  gateway.presence.unsubscribed(present(identity, session.sessionIdentifier), packet.filters);
  return undefined;
}
