import { isUtf8, type Buffer } from 'node:buffer';
import { PacketFault } from './packet-fault.ts';

/**
 * Reads the body of one packet from its start to its end. Bytes that it hands out are views, not copies.
 *
 * @throws PacketFault (malformed packet) from each method, when the packet ends too early
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** A variable byte integer of at most four bytes (MQTT 5 §1.5.5). */
  variableInteger(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.uint8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new PacketFault('a variable byte integer of more than four bytes');
  }

  /** Two bytes of length, then as many bytes. */
  binary(): Buffer {
    const length = this.uint16();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** @throws PacketFault for what is not UTF-8 [MQTT-1.5.4-1] and for U+0000 [MQTT-1.5.4-2] */
  text(): string {
    const length = this.uint16();
    const start = this.#take(length);
    return readText(this.#bytes, start, start + length);
  }

  /** All that is left. */
  rest(): Buffer {
    const start = this.#take(this.remaining);
    return this.#bytes.subarray(start, this.#end);
  }

  /** A reader of the next `length` bytes, which this one goes past. */
  part(length: number): ByteReader {
    const start = this.#take(length);
    return new ByteReader(this.#bytes, start, start + length);
  }

  #take(length: number): number {
    if (length > this.remaining) throw new PacketFault('the packet is too short for what it announces');
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/**
 * The text between two places.
 *
 * @throws PacketFault for what MQTT does not allow in text
 */
export function readText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  // The decoder puts U+FFFD in the place of what is not UTF-8; only then does it need a second look.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
    throw new PacketFault('text that is not UTF-8 [MQTT-1.5.4-1]');
  }
  if (text.includes('\0')) throw new PacketFault('text with U+0000 [MQTT-1.5.4-2]');
  return text;
}
