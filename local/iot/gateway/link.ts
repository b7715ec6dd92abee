import type { Protocol } from './codec/protocol.ts';
import type { PacketOutput } from './output.ts';
import type { Permissions } from './permissions.ts';

/** The open connection that a session sends through. */
export interface Link {
  readonly output: PacketOutput;
  readonly protocol: Protocol;
  readonly permissions: Permissions;
  /** Unacknowledged QoS 1 messages that the client takes at a time. */
  readonly receiveMaximum: number;
  /** The longest packet that the client takes; a longer one is not sent at all [MQTT-3.1.2-25]. */
  readonly maximumPacketBytes: number;
}
