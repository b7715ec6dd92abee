import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';

/** Packets are joined up to about this size: one write then fills one read of the other side. */
const joinBytes = 64 * 1024;

/**
 * The bytes on their way to one client. Packets that are written in one turn of the event loop leave in one
 * write: one system call on TCP, one frame on a WebSocket, in place of one a packet. The end of the turn, and
 * not of the tick, is what counts: a turn reads from a thousand clients, and all of them may write to this one
 * (measured: twice the messages a second from a thousand connections to one subscriber).
 */
export class PacketOutput {
  readonly #stream: Duplex;
  readonly #limitBytes: number;
  #packets: Buffer[] = [];
  #packetBytes = 0;
  #flushDue = false;
  #closed = false;
  /** Called whenever bytes have left and there is room again. */
  onRoom: (() => void) | undefined;

  constructor(stream: Duplex, limitBytes: number) {
    this.#stream = stream;
    this.#limitBytes = limitBytes;
  }

  /** Bytes that the client has not taken yet, as far as this process knows. */
  get unsentBytes(): number {
    return this.#packetBytes + this.#stream.writableLength;
  }

  /** Whether a message may be written. Acknowledgements and ping responses do not ask. */
  get hasRoom(): boolean {
    return this.unsentBytes < this.#limitBytes;
  }

  write(packet: Buffer): void {
    if (this.#closed) return;
    this.#packets.push(packet);
    this.#packetBytes += packet.length;
    if (this.#packetBytes >= joinBytes) {
      this.#flush();
    } else if (!this.#flushDue) {
      this.#flushDue = true;
      setImmediate(this.#flushTurn);
    }
  }

  /** Sends what is waiting, then closes the stream's writing side. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#stream.end();
  }

  readonly #flushTurn = (): void => {
    this.#flushDue = false;
    if (!this.#closed) this.#flush();
  };

  readonly #written = (error?: Error | null): void => {
    if (!error && !this.#closed && this.hasRoom) this.onRoom?.();
  };

  #flush(): void {
    const [first, second] = this.#packets;
    if (first === undefined || !this.#stream.writable) return;
    const bytes = second === undefined ? first : Buffer.concat(this.#packets, this.#packetBytes);
    this.#packets = [];
    this.#packetBytes = 0;
    this.#stream.write(bytes, this.#written);
  }
}
