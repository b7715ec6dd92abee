import type { IPubackPacket } from 'mqtt-packet';
import type { PacketCall } from './packet-call.ts';
import { requirePacketIdentifier } from './packet-call.ts';
import { runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type PubackCall = PacketCall<IPubackPacket>;

const steps: readonly Step<PubackCall>[] = [requirePacketIdentifier, acknowledge];

/** MQTT 3.1.1 §3.4. */
export function handlePuback(call: PubackCall): Verdict {
  return runSteps(steps, call);
}

function acknowledge({ client, packet }: PubackCall): Verdict {
  if (packet.messageId !== undefined) client.session.outbox.acknowledge(packet.messageId);
  return undefined;
}
