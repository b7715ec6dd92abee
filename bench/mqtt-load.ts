import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { generate, type Packet } from 'mqtt-packet';

/**
 * A client that costs next to nothing, so that what is measured is the gateway: packets are written as bytes
 * that were made before, and of what arrives only the lengths are read. Messages at QoS 1 are acknowledged.
 */
export class LoadClient {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #onPacket: (type: number, packet: Buffer) => void = () => undefined;
  /** PUBLISH packets that have arrived. */
  received = 0;
  /** PUBACK packets that have arrived. */
  acknowledged = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  static async connect(
    clientId: string,
    where: { port: number; tls?: ConnectionOptions },
  ): Promise<LoadClient> {
    const { port, tls } = where;
    const socket =
      tls === undefined ? connect(port, '127.0.0.1') : connectTls({ ...tls, port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => {
      socket.once(tls === undefined ? 'connect' : 'secureConnect', resolve).once('error', reject);
    });
    const client = new LoadClient(socket);
    await client.#ask(
      { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId, keepalive: 60 },
      2,
    );
    return client;
  }

  async subscribe(topic: string, qos: 0 | 1 = 0): Promise<void> {
    await this.#ask({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] }, 9);
  }

  /** Writes packets; resolves when the socket takes more. */
  async write(packets: Buffer): Promise<void> {
    if (this.#socket.write(packets)) return;
    await new Promise((resolve) => this.#socket.once('drain', resolve));
  }

  /** Takes each PUBLISH as it arrives; the packet is only good until the call returns. */
  onPublish(listener: (packet: Buffer) => void): void {
    this.#onPacket = (type, packet) => {
      if (type === 3) listener(packet);
    };
  }

  end(): void {
    this.#socket.destroy();
  }

  async #ask(packet: Packet, answerType: number): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#onPacket = (type) => {
        if (type === answerType) resolve();
      };
    });
    this.#socket.write(generate(packet));
    await answered;
    this.#onPacket = () => undefined;
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    const pubacks: Buffer[] = [];
    for (;;) {
      const length = packetLength(bytes, at);
      if (length === undefined || at + length > bytes.length) break;
      const type = (bytes[at] ?? 0) >> 4;
      const packet = bytes.subarray(at, at + length);
      if (type === 3) {
        this.received += 1;
        if (((packet[0] ?? 0) & 0x06) !== 0) pubacks.push(pubackOf(packet));
      } else if (type === 4) this.acknowledged += 1;
      this.#onPacket(type, packet);
      at += length;
    }
    if (pubacks.length > 0) this.#socket.write(Buffer.concat(pubacks));
    this.#rest = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
  }
}

/** A PUBLISH at QoS 0, MQTT 3.1.1. */
export function publishPacket(topic: string, payload: string): Buffer {
  return generate({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false });
}

/** A PUBLISH at QoS 1. */
export function confirmedPublishPacket(topic: string, payload: string, messageId: number): Buffer {
  return generate({ cmd: 'publish', topic, payload, qos: 1, messageId, retain: false, dup: false });
}

/** The PUBACK of a PUBLISH at QoS 1: the packet identifier stands behind the topic. */
function pubackOf(packet: Buffer): Buffer {
  let start = 1;
  while ((packet[start] ?? 0) >= 0x80) start += 1;
  const topicAt = start + 1;
  const identifierAt = topicAt + 2 + packet.readUInt16BE(topicAt);
  return Buffer.from([0x40, 2, packet[identifierAt] ?? 0, packet[identifierAt + 1] ?? 0]);
}

/** Length of the packet that begins at `at`, its header included; undefined when that is not all there. */
function packetLength(bytes: Buffer, at: number): number | undefined {
  let length = 0;
  for (let digit = 0; digit < 4; digit += 1) {
    const byte = bytes[at + 1 + digit];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** digit;
    if (byte < 0x80) return length + 2 + digit;
  }
  throw new Error('the gateway sent a length of more than four bytes');
}
