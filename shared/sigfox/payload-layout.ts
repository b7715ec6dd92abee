import { parsePayloadConfig, type PayloadField } from './payload-config.ts';
import { PayloadConfigError } from './payload-errors.ts';

/** What a Sigfox message can carry, in bytes. */
export const MAX_PAYLOAD_BYTES = 12;

/** A field with its place in the payload. */
export interface PlacedField extends PayloadField {
  /** Its first bit, counted from the first bit of the payload. */
  readonly firstBit: number;
}

/**
 * Finds where each field of a config lies. The rules, as deployed configs and firmware agree on them:
 *
 * 1. A cursor starts at byte 0; an index moves it.
 * 2. A bool reads its bit of the byte at the cursor, and the cursor stays.
 * 3. Another field without a bit begins at the cursor's first bit; the cursor goes to the first byte that it
 *    does not touch.
 * 4. Another field with a bit begins there and runs on through the bytes after it; the cursor goes to the last
 *    byte that it touches, so that the next field can take the rest of it.
 *
 * @throws PayloadConfigError also FIELD_BEYOND_PAYLOAD for what no message can carry.
 */
export function layOutPayload(config: string): PlacedField[] {
  let cursor = 0;
  return parsePayloadConfig(config).map((field) => {
    const byte = field.index ?? cursor;
    const firstBit = byte * 8 + (7 - (field.bit ?? 7));
    const endBit = firstBit + field.bits;
    if (endBit > MAX_PAYLOAD_BYTES * 8) {
      const reason = `it ends in byte ${Math.ceil(endBit / 8)}, and a message has at most ${MAX_PAYLOAD_BYTES}`;
      const { name, column } = field;
      throw new PayloadConfigError('FIELD_BEYOND_PAYLOAD', { field: name, column, reason });
    }
    if (field.type === 'bool') cursor = byte;
    else cursor = field.bit === undefined ? Math.ceil(endBit / 8) : Math.floor((endBit - 1) / 8);
    return { ...field, firstBit };
  });
}
