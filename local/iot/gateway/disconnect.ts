import type { DisconnectPacket } from './codec/packets.ts';
import { reasonCodes } from './codec/reason-codes.ts';
import { endConnection } from './end.ts';
import type { PacketCall } from './packet-call.ts';
import { clientError, end, runSteps } from './verdict.ts';
import type { Step, Verdict } from './verdict.ts';

type DisconnectCall = PacketCall<DisconnectPacket>;

const steps: readonly Step<DisconnectCall>[] = [changeSessionExpiry, leave];

/** §3.14 of both versions. */
export function handleDisconnect(call: DisconnectCall): Verdict {
  return runSteps(steps, call);
}

/** A session that was to end with its connection cannot be kept after all [MQTT-3.14.2-2]. */
function changeSessionExpiry({ gateway, client: { session }, packet }: DisconnectCall): Verdict {
  const asked = packet.sessionExpirySeconds;
  if (asked === undefined) return undefined;
  if (session.expirySeconds === 0 && asked > 0) {
    return clientError('DISCONNECT keeps a session that was to end [MQTT-3.14.2-2]');
  }
  session.expirySeconds = Math.min(asked, gateway.limits.sessionExpirySeconds);
  return undefined;
}

/** The will is discarded [MQTT-3.14.4-3], unless the client of MQTT 5 wants it published (§3.14.2.1). */
function leave({ gateway, connection, packet: { reasonCode } }: DisconnectCall): Verdict {
  const publishesWill = reasonCode !== reasonCodes.success;
  const words = publishesWill ? ` with reason code 0x${reasonCode.toString(16).padStart(2, '0')}` : '';
  const why = end('CLIENT_INITIATED_DISCONNECT', `the client sent DISCONNECT${words}`);
  endConnection(gateway, connection, why, { publishesWill });
  return undefined;
}
