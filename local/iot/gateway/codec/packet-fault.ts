import { GlasshouseError } from '../../../../shared/errors.ts';
import { reasonCodes, type ReasonCode } from './reason-codes.ts';

/** A packet that breaks the protocol: its connection ends [MQTT-4.8.0-1, MQTT-4.13.1-1]. */
export class PacketFault extends GlasshouseError {
  override readonly name = 'PacketFault' as const;
  /** What an MQTT 5 client is told. */
  readonly reasonCode: ReasonCode;

  constructor(message: string, reasonCode: ReasonCode = reasonCodes.malformedPacket) {
    super(message, { code: 'PACKET_FAULT', retryable: false, data: { reasonCode } });
    this.reasonCode = reasonCode;
  }
}

/** The packet is well formed, but not allowed as or where it is (MQTT 5 §4.13). */
export function protocolError(message: string): PacketFault {
  return new PacketFault(message, reasonCodes.protocolError);
}
