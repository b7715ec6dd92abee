import { Buffer } from 'node:buffer';
import { PacketFault } from './packet-fault.ts';
import { reasonCodes } from './reason-codes.ts';

/** Takes one whole packet: its first byte, and its body from `start` to `end` of `bytes`. */
export type OnPacket = (firstByte: number, bytes: Buffer, start: number, end: number) => void;

/** The first byte and a remaining length of at most four bytes (MQTT 3.1.1 §2.2). */
const longestHeaderBytes = 5;

/**
 * Cuts a stream of bytes into packets. Packets that are whole in a chunk are handed out as they lie in it; one
 * that begins in a chunk and ends in another is gathered in a buffer of its size, so that no byte is copied
 * twice, however small the chunks are.
 */
export class PacketSplitter {
  readonly #limitBytes: number;
  readonly #onPacket: OnPacket;
  /** The beginning of a packet whose length is not known yet. */
  readonly #header = Buffer.alloc(longestHeaderBytes);
  #headerBytes = 0;
  /** A packet whose length is known. */
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;

  /** `limitBytes` is for a whole packet, header and all. */
  constructor(limitBytes: number, onPacket: OnPacket) {
    this.#limitBytes = limitBytes;
    this.#onPacket = onPacket;
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws PacketFault for a length of more than four bytes, and for a packet over the limit, before it is
   *   whole; and whatever the receiver of the packets throws
   */
  push(chunk: Buffer): void {
    let at = 0;
    if (this.#gathered !== undefined) at = this.#gather(this.#gathered, chunk, 0);
    else if (this.#headerBytes > 0) at = this.#continueHeader(chunk);
    while (at < chunk.length) at = this.#next(chunk, at);
  }

  /** Hands out the packet at `at`, or keeps its beginning; returns where the one after it begins. */
  #next(chunk: Buffer, at: number): number {
    const header = readHeader(chunk, at, chunk.length);
    if (header === undefined) {
      this.#headerBytes = chunk.copy(this.#header, 0, at);
      return chunk.length;
    }
    const { bodyStart, length } = header;
    const end = bodyStart + length;
    this.#requireSize(end - at);
    if (end <= chunk.length) {
      this.#onPacket(chunk[at] ?? 0, chunk, bodyStart, end);
      return end;
    }
    this.#gathered = Buffer.allocUnsafe(end - at);
    this.#gatheredBytes = 0;
    return this.#gather(this.#gathered, chunk, at);
  }

  /** Adds byte after byte until the length is known. */
  #continueHeader(chunk: Buffer): number {
    for (let at = 0; at < chunk.length; at += 1) {
      this.#header[this.#headerBytes] = chunk[at] ?? 0;
      this.#headerBytes += 1;
      const header = readHeader(this.#header, 0, this.#headerBytes);
      if (header === undefined) continue;
      const size = header.bodyStart + header.length;
      this.#requireSize(size);
      this.#gathered = Buffer.allocUnsafe(size);
      this.#gatheredBytes = this.#header.copy(this.#gathered, 0, 0, this.#headerBytes);
      this.#headerBytes = 0;
      return this.#gather(this.#gathered, chunk, at + 1);
    }
    return chunk.length;
  }

  #gather(gathered: Buffer, chunk: Buffer, at: number): number {
    const copied = chunk.copy(gathered, this.#gatheredBytes, at);
    this.#gatheredBytes += copied;
    if (this.#gatheredBytes === gathered.length) {
      this.#gathered = undefined;
      const bodyStart = readHeader(gathered, 0, gathered.length)?.bodyStart ?? gathered.length;
      this.#onPacket(gathered[0] ?? 0, gathered, bodyStart, gathered.length);
    }
    return at + copied;
  }

  #requireSize(bytes: number): void {
    if (bytes <= this.#limitBytes) return;
    const message = `a packet of ${bytes} bytes; at most ${this.#limitBytes} are allowed`;
    throw new PacketFault(message, reasonCodes.packetTooLarge);
  }
}

/** The remaining length after a first byte; undefined when it is not all there yet. */
function readHeader(
  bytes: Buffer,
  at: number,
  end: number,
): { bodyStart: number; length: number } | undefined {
  let length = 0;
  for (let index = 1; index < longestHeaderBytes; index += 1) {
    if (at + index >= end) return undefined;
    const byte = bytes[at + index] ?? 0;
    length |= (byte & 0x7f) << (7 * (index - 1));
    if (byte < 0x80) return { bodyStart: at + index + 1, length };
  }
  throw new PacketFault('a remaining length of more than four bytes (§2.2.3)');
}
