import { forEachAtOnce } from './iot-api.ts';
import type { FleetMember } from './fleet.ts';
import type { FleetLoadResult, FleetLoadTask } from './fleet-load-task.ts';
import { median, percentile } from './measurement.ts';
import { confirmedPublishPacket, LoadClient, publishPacket } from './mqtt-load.ts';

/**
 * A process of its own that plays a fleet against one broker: bench/cases/gateway.ts forks it, tells it what to
 * do in one message, and gets one back.
 */
process.once('message', (task: FleetLoadTask) => {
  void play(task).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());

/** How long to wait for messages that should be there: what comes later is lost. */
const PATIENCE_MS = 10_000;

interface Device {
  readonly client: LoadClient;
  readonly topic: string;
  /** A reading whose last digits are still to be written. */
  readonly packet: Buffer;
}

interface Connected {
  readonly devices: readonly Device[];
  readonly watchers: readonly LoadClient[];
}

/** A stretch of time at the rate that is asked for. The median of several is told: a machine does other things too. */
interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

async function play(task: FleetLoadTask): Promise<FleetLoadResult> {
  const startedMs = performance.now();
  const fleet = await connect(task);
  const connectSeconds = (performance.now() - startedMs) / 1_000;
  await paced(fleet, task.perSecond, 1);
  const rounds: Round[] = [];
  for (let round = 0; round < task.rounds; round += 1) {
    rounds.push(await paced(fleet, task.perSecond, task.roundSeconds));
  }
  await flood(fleet, task.floodMessages / 10);
  const floodPerSecond = await flood(fleet, task.floodMessages);
  const confirmed = await confirm(fleet, task);
  return {
    connectSeconds,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    floodPerSecond,
    ...confirmed,
  };
}

async function connect({ port, ca, devices, watchers }: FleetLoadTask): Promise<Connected> {
  const join = ({ clientId, key, cert }: FleetMember): Promise<LoadClient> =>
    LoadClient.connect(clientId, { port, tls: { key, cert, ca, servername: 'localhost' } });
  const watching: LoadClient[] = [];
  for (const watcher of watchers) {
    const client = await join(watcher);
    await client.subscribe(watcher.topic, 1);
    watching.push(client);
  }
  const connected: Device[] = [];
  await forEachAtOnce(
    devices,
    async (device) => {
      const { topic } = device;
      connected.push({ client: await join(device), topic, packet: publishPacket(topic, reading(0)) });
    },
    32,
  );
  return { devices: connected, watchers: watching };
}

const DIGITS = 11;

/** The number, at a fixed place, is what the watcher reads: when the reading was due, or which one it is. */
function reading(number: number): string {
  return `{"temperature":21.5,"humidity":44,"number":"${String(number).padStart(DIGITS, '0')}"}`;
}

function stamped(packet: Buffer, number: number): Buffer {
  const own = Buffer.from(packet);
  own.write(String(number).padStart(DIGITS, '0'), own.length - DIGITS - 2, 'latin1');
  return own;
}

function numberIn(packet: Buffer): number {
  return Number(packet.toString('latin1', packet.length - DIGITS - 2, packet.length - 2));
}

/**
 * Sends readings as a clock says, whatever comes back, each device in its turn. The time of a message counts from
 * when it was due: what waits in this process because the other side is slow has waited as well.
 */
async function paced({ devices, watchers }: Connected, perSecond: number, seconds: number): Promise<Round> {
  const messages = perSecond * seconds;
  const timesMs = new Float64Array(messages);
  let received = 0;
  let lastMs = 0;
  const startMs = performance.now();
  for (const watcher of watchers) {
    watcher.onPublish((packet) => {
      lastMs = performance.now() - startMs;
      timesMs[received] = lastMs - numberIn(packet) / 1_000;
      received += 1;
    });
  }
  for (let sent = 0; sent < messages;) {
    const due = Math.min(messages, Math.ceil(((performance.now() - startMs) * perSecond) / 1_000));
    for (; sent < due; sent += 1) {
      const device = devices[sent % devices.length];
      const dueMicroseconds = Math.round((sent * 1e6) / perSecond);
      if (device !== undefined) void device.client.write(stamped(device.packet, dueMicroseconds));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await arrivalOf(() => received >= messages);
  const sorted = [...timesMs.subarray(0, received)].sort((a, b) => a - b);
  return {
    perSecond: (received * 1_000) / lastMs,
    lost: messages - received,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  };
}

/** As many as go through, with so many on their way that the other side always has work and nothing overflows. */
async function flood({ devices, watchers }: Connected, messages: number): Promise<number> {
  const batch = 10;
  const batches = devices.map(({ client, packet }) => ({
    client,
    bytes: Buffer.concat(Array.from({ length: batch }, () => packet)),
  }));
  const arrived = { messages: 0 };
  let wake = (): void => undefined;
  for (const watcher of watchers) {
    watcher.onPublish(() => {
      arrived.messages += 1;
      wake();
    });
  }
  const startedMs = performance.now();
  for (let sent = 0; arrived.messages < messages;) {
    const next = Math.min(messages, arrived.messages + 4_000);
    for (; sent < next; sent += batch) {
      const one = batches[(sent / batch) % batches.length];
      if (one !== undefined) void one.client.write(one.bytes);
    }
    if (performance.now() - startedMs > 60_000)
      throw new Error(`${arrived.messages} of ${sent} messages arrived`);
    await Promise.race([
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
      new Promise((resolve) => setTimeout(resolve, 1_000)),
    ]);
  }
  return (messages * 1_000) / (performance.now() - startedMs);
}

/** QoS 1 from the device to the watcher, every message counted. */
async function confirm(
  { devices, watchers }: Connected,
  { confirmedMessages, confirmedPerSecond }: FleetLoadTask,
) {
  const seen = new Uint8Array(confirmedMessages);
  let delivered = 0;
  for (const watcher of watchers) {
    watcher.onPublish((packet) => {
      const number = numberIn(packet);
      if (seen[number] === 0) delivered += 1;
      seen[number] = 1;
    });
  }
  const acknowledged = (): number => devices.reduce((sum, { client }) => sum + client.acknowledged, 0);
  const startMs = performance.now();
  for (let sent = 0; sent < confirmedMessages;) {
    const due = Math.ceil(((performance.now() - startMs) * confirmedPerSecond) / 1_000);
    for (; sent < Math.min(due, confirmedMessages); sent += 1) {
      const device = devices[sent % devices.length];
      const messageId = 1 + Math.floor(sent / devices.length);
      if (device === undefined) continue;
      void device.client.write(confirmedPublishPacket(device.topic, reading(sent), messageId));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await arrivalOf(() => delivered >= confirmedMessages && acknowledged() >= confirmedMessages);
  return {
    confirmedLost: confirmedMessages - delivered,
    unacknowledged: confirmedMessages - acknowledged(),
  };
}

async function arrivalOf(isThere: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!isThere() && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 5));
}
