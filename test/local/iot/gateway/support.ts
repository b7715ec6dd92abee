import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { generate, parser as createParser } from 'mqtt-packet';
import type { IConnectPacket, Packet } from 'mqtt-packet';
import { ManualClock } from '../../../support/manual-clock.ts';
import { createGateway } from '../../../../local/iot/gateway/index.ts';
import type { Gateway, GatewayLogEntry, GatewayOptions } from '../../../../local/iot/gateway/index.ts';
import type { IotMessage } from '../../../../local/iot/message.ts';

export interface TestCloud {
  readonly gateway: Gateway;
  readonly clock: ManualClock;
  /** What reached the cloud, in order. */
  readonly published: IotMessage[];
  readonly log: GatewayLogEntry[];
}

/** A gateway in the smallest cloud: what is published is delivered. */
export function startCloud(options: Partial<GatewayOptions> = {}): TestCloud {
  const clock = new ManualClock();
  const published: IotMessage[] = [];
  const log: GatewayLogEntry[] = [];
  const gateway = createGateway({
    clock,
    publish(message) {
      published.push(message);
      gateway.deliver(message);
    },
    log: (entry) => log.push(entry),
    ...options,
  });
  return { gateway, clock, published, log };
}

/** Speaks raw packets over an in-memory stream. */
export class PacketClient {
  readonly stream: Duplex;
  readonly #received: Packet[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(gateway: Gateway) {
    const [near, far] = duplexPair();
    this.stream = near;
    const parser = createParser();
    parser.on('packet', (packet) => this.#receive(packet));
    near.on('data', (chunk) => parser.parse(chunk));
    near.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      near.on(event, () => {
        this.#closed = true;
        this.#wake?.();
      });
    }
    gateway.acceptStream(far, { remoteAddress: '127.0.0.1', transport: 'tcp' });
  }

  send(...packets: readonly Packet[]): void {
    this.stream.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  /** The next packet, or `closed` when the gateway ends the connection without one. */
  async next(): Promise<Packet | 'closed'> {
    for (;;) {
      const packet = this.#received.shift();
      if (packet !== undefined) return packet;
      if (this.#closed) return 'closed';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** All that has come by now, without waiting. */
  take(): (Packet | 'closed')[] {
    return [...this.#received.splice(0), ...(this.#closed ? (['closed'] as const) : [])];
  }

  /** The next packets up to the answer of a PINGREQ sent now, or up to the end: all that the gateway has to say. */
  async settle(): Promise<(Packet | 'closed')[]> {
    if (!this.#closed) this.send({ cmd: 'pingreq' });
    const packets: (Packet | 'closed')[] = [];
    for (;;) {
      const packet = await this.next();
      if (packet !== 'closed' && packet.cmd === 'pingresp') return packets;
      packets.push(packet);
      if (packet === 'closed') return packets;
    }
  }

  #receive(packet: Packet): void {
    this.#received.push(packet);
    this.#wake?.();
  }
}

/** A CONNECT with a client id and a clean session. */
export function connectPacket(fields: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'thing',
    clean: true,
    keepalive: 60,
    ...fields,
  };
}

/** A client whose CONNECT has been accepted. */
export async function connected(
  gateway: Gateway,
  fields: Partial<IConnectPacket> = {},
): Promise<PacketClient> {
  const client = new PacketClient(gateway);
  client.send(connectPacket(fields));
  const answer = await client.next();
  if (answer === 'closed' || answer.cmd !== 'connack' || answer.returnCode !== 0) {
    throw new Error(`CONNECT was not accepted: ${JSON.stringify(answer)}`);
  }
  return client;
}

/** A connected client with subscriptions; their SUBACK and retained messages are read. */
export async function subscribed(
  gateway: Gateway,
  filters: Readonly<Record<string, 0 | 1>>,
  fields: Partial<IConnectPacket> = {},
): Promise<PacketClient> {
  const client = await connected(gateway, fields);
  const subscriptions = Object.entries(filters).map(([topic, qos]) => ({ topic, qos }));
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
  await client.settle();
  return client;
}

export function publishPacket(
  topic: string,
  fields: {
    qos?: 0 | 1 | 2;
    retain?: boolean;
    dup?: boolean;
    payload?: string | Buffer;
    messageId?: number;
  } = {},
): Packet {
  return {
    cmd: 'publish',
    topic,
    payload: 'x',
    qos: 0,
    retain: false,
    dup: false,
    ...(fields.qos === undefined || fields.qos === 0 ? {} : { messageId: 7 }),
    ...fields,
  };
}

/** A message from inside the cloud. */
export function cloudMessage(topic: string, fields: Partial<IotMessage> = {}): IotMessage {
  return {
    topic,
    payload: Buffer.from('x'),
    qos: 0,
    retain: false,
    publisher: { protocol: 'HTTP' },
    traceId: 'trace',
    republishes: 0,
    ...fields,
  };
}

/** Packets as short texts: what a reader of a table wants to see. */
export function summary(packets: readonly (Packet | 'closed')[]): string[] {
  return packets.map((packet) => {
    if (packet === 'closed') return 'closed';
    if (packet.cmd === 'connack')
      return `connack ${packet.returnCode}${packet.sessionPresent ? ' present' : ''}`;
    if (packet.cmd === 'suback') return `suback ${packet.messageId} [${packet.granted.map(Number).join()}]`;
    if (packet.cmd === 'publish') {
      const identifier = packet.qos === 0 ? '' : ` id${packet.messageId}`;
      const flags = `${packet.dup ? ' dup' : ''}${packet.retain ? ' retain' : ''}`;
      return `publish ${packet.topic}=${packet.payload.toString()} qos${packet.qos}${identifier}${flags}`;
    }
    return packet.messageId === undefined ? packet.cmd : `${packet.cmd} ${packet.messageId}`;
  });
}
