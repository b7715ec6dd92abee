import type { IPingreqPacket } from 'mqtt-packet';
import type { PacketCall } from './packet-call.ts';
import { requireNoBody } from './packet-call.ts';
import { runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type PingreqCall = PacketCall<IPingreqPacket>;

const steps: readonly Step<PingreqCall>[] = [requireNoBody, respond];

/** MQTT 3.1.1 §3.12. */
export function handlePingreq(call: PingreqCall): Verdict {
  return runSteps(steps, call);
}

/** [MQTT-3.12.4-1] */
function respond({ connection, client }: PingreqCall): Verdict {
  connection.output.write(client.protocol.pingresp());
  return undefined;
}
