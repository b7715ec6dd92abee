import type { IDisconnectPacket } from 'mqtt-packet';
import type { PacketCall } from './packet-call.ts';
import { requireNoBody } from './packet-call.ts';
import { end, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type DisconnectCall = PacketCall<IDisconnectPacket>;

const steps: readonly Step<DisconnectCall>[] = [requireNoBody, leave];

/** MQTT 3.1.1 §3.14. The will is discarded by the reason for the end [MQTT-3.14.4-3]. */
export function handleDisconnect(call: DisconnectCall): Verdict {
  return runSteps(steps, call);
}

function leave(): Verdict {
  return end('CLIENT_INITIATED_DISCONNECT', 'the client sent DISCONNECT');
}
