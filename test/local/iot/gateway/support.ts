import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { generate, parser as createParser } from 'mqtt-packet';
import type { IConnectPacket, Packet } from 'mqtt-packet';
import { ManualClock } from '../../../support/manual-clock.ts';
import { allowAll, createGateway } from '../../../../local/iot/gateway/index.ts';
import type {
  Authoriser,
  Door,
  Gateway,
  GatewayLogEntry,
  GatewayOptions,
  StreamOrigin,
} from '../../../../local/iot/gateway/index.ts';
import type { IotMessage } from '../../../../local/iot/message.ts';

export interface TestCloud {
  readonly gateway: Gateway;
  readonly clock: ManualClock;
  /** What reached the cloud, in order, without lifecycle events. */
  readonly published: IotMessage[];
  readonly events: LifecycleEvent[];
  readonly log: GatewayLogEntry[];
}

/** A lifecycle event with its body read. */
export interface LifecycleEvent {
  readonly topic: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A gateway in the smallest cloud: what is published is delivered. */
export function startCloud(options: Partial<GatewayOptions> = {}): TestCloud {
  const clock = new ManualClock();
  const published: IotMessage[] = [];
  const events: LifecycleEvent[] = [];
  const log: GatewayLogEntry[] = [];
  const gateway = createGateway({
    clock,
    publish(message) {
      const { topic, payload } = message;
      if (!topic.startsWith('$aws/events/')) published.push(message);
      else events.push({ topic, body: JSON.parse(Buffer.from(payload).toString()) });
      gateway.deliver(message);
    },
    log: (entry) => log.push(entry),
    ...options,
  });
  return { gateway, clock, published, events, log };
}

/** An authoriser to change single answers of. */
export const allowEverything: Authoriser = { ...allowAll };

const loopback: StreamOrigin = { remoteAddress: '127.0.0.1', transport: 'tcp' };

export interface ClientOptions {
  /** @default 4, MQTT 3.1.1 */
  readonly version?: 4 | 5;
  readonly origin?: StreamOrigin;
  readonly door?: Door;
}

/** Speaks raw packets over an in-memory stream. */
export class PacketClient {
  readonly stream: Duplex;
  readonly #received: Packet[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  readonly #version: 4 | 5;

  constructor(gateway: Gateway, { version = 4, origin = loopback, door = {} }: ClientOptions = {}) {
    this.#version = version;
    const [near, far] = duplexPair();
    this.stream = near;
    const parser = createParser({ protocolVersion: version });
    parser.on('packet', (packet) => this.#receive(packet));
    near.on('data', (chunk) => parser.parse(chunk));
    near.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      near.on(event, () => {
        this.#closed = true;
        this.#wake?.();
      });
    }
    gateway.acceptStream(far, origin, door);
  }

  send(...packets: readonly Packet[]): void {
    this.stream.write(
      Buffer.concat(packets.map((packet) => generate(packet, { protocolVersion: this.#version }))),
    );
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

/** A client whose CONNECT has been accepted; of MQTT 5 when the fields say so. */
export async function connected(
  gateway: Gateway,
  fields: Partial<IConnectPacket> = {},
  options: ClientOptions = {},
): Promise<PacketClient> {
  const version = fields.protocolVersion === 5 ? 5 : 4;
  const client = new PacketClient(gateway, { version, ...options });
  client.send(connectPacket(fields));
  const answer = await client.next();
  if (answer === 'closed' || answer.cmd !== 'connack' || (answer.returnCode ?? answer.reasonCode) !== 0) {
    throw new Error(`CONNECT was not accepted: ${JSON.stringify(answer)}`);
  }
  return client;
}

/** A connected client with subscriptions; their SUBACK and retained messages are read. */
export async function subscribed(
  gateway: Gateway,
  filters: Readonly<Record<string, 0 | 1>>,
  fields: Partial<IConnectPacket> = {},
  options: ClientOptions = {},
): Promise<PacketClient> {
  const client = await connected(gateway, fields, options);
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

/** Packets as short texts: what a reader of a table wants to see. Reason codes other than 0 are hexadecimal. */
export function summary(packets: readonly (Packet | 'closed')[]): string[] {
  return packets.map((packet) => {
    if (packet === 'closed') return 'closed';
    if (packet.cmd === 'connack') {
      const code = packet.returnCode ?? `0x${packet.reasonCode?.toString(16)}`;
      return `connack ${code === '0x0' ? 0 : code}${packet.sessionPresent ? ' present' : ''}`;
    }
    if (packet.cmd === 'suback') return `suback ${packet.messageId} [${packet.granted.map(Number).join()}]`;
    if (packet.cmd === 'publish') {
      const identifier = packet.qos === 0 ? '' : ` id${packet.messageId}`;
      const flags = `${packet.dup ? ' dup' : ''}${packet.retain ? ' retain' : ''}`;
      return `publish ${packet.topic}=${packet.payload.toString()} qos${packet.qos}${identifier}${flags}`;
    }
    const identifier = packet.messageId === undefined ? '' : ` ${packet.messageId}`;
    const reason = 'reasonCode' in packet && packet.reasonCode ? ` 0x${packet.reasonCode.toString(16)}` : '';
    return `${packet.cmd}${identifier}${reason}`;
  });
}

/** Ends the stream as a lost network does, and waits until the gateway has seen it. */
export async function lose(gateway: Gateway, client: PacketClient): Promise<void> {
  const before = gateway.counts().connections;
  client.stream.end();
  while (gateway.counts().connections === before) await turn();
}

/** Lets every stream hand on what it holds. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
