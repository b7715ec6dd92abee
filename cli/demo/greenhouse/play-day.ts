import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { withRealTimers } from '../../../local/clock/index.ts';
import { SimulatedShade, startIrRepeater } from '../../../local/devices/ir-repeater/index.ts';
import { parseIrCode } from '../../../shared/greenhouse/ir-code.ts';
import { POSITIONS } from '../../../shared/greenhouse/position.ts';
import { commandTopic } from '../../../shared/greenhouse/topics.ts';
import type { GreenhouseCloud } from './cloud.ts';
import { DAY_MINUTES, POWER_CUT, readingAt, windAt } from './day.ts';
import type { DesignRecord, Order } from './record.ts';
import { CODES, settingsOf, ZONE } from './zone.ts';

const MINUTE_MS = 60_000;
const TRAVEL_MS = 40_000;

const END = 'end';

const commandSchema = z.object({
  target: z.enum(POSITIONS),
  status: z.string(),
  reason: z.string(),
  why: z.string(),
  endedAt: z.iso.datetime().optional(),
});

export interface PlayDayOptions {
  readonly from?: number;
  readonly to?: number;
  readonly onMinute?: (minute: number) => void;
}

/**
 * Plays a day in a cloud, minute by minute: the probes and the weather station publish, time passes, and a shade
 * stands before a simulated repeater. What the functions do, they do by themselves.
 *
 * @param options `from`, `to`: minutes since midnight, the second itself not included; the cloud's clock has to stand
 *   at the first. `onMinute` is told of every minute that is over.
 */
export async function playDay(
  cloud: GreenhouseCloud,
  { from = 0, to = DAY_MINUTES, onMinute }: PlayDayOptions = {},
): Promise<Pick<DesignRecord, 'orders' | 'positions' | 'readings'>> {
  const { clock, running } = cloud;
  const midnightMs = clock.now() - from * MINUTE_MS;
  const shade = new SimulatedShade({
    clock,
    travelMs: TRAVEL_MS,
    codes: { open: parseIrCode(CODES.open), shaded: parseIrCode(CODES.shaded) },
  });
  const start = (port: number) =>
    startIrRepeater({
      // A function waits for its answer in real time, while the cloud's stands still.
      clock: withRealTimers(clock),
      port,
      onEmission: ({ code, isInterrupted }) => {
        if (!isInterrupted) shade.see(code);
      },
    });
  let repeater = await start(0);
  const { port } = repeater;
  const client = await connectAsync(running.mqttUrl, { clientId: 'greenhouse-demo', reconnectPeriod: 0 });
  try {
    const heard = await hearCommands(client, midnightMs);
    await publish(client, `greenhouse/${ZONE}/control/settings`, settingsOf(port));
    const positions: number[] = [];
    let readings = 0;
    for (let minute = from; minute < to; minute += 1) {
      if (minute === POWER_CUT.from) await repeater.stop();
      if (minute === POWER_CUT.to) repeater = await start(port);
      const time = clock.now();
      const wind = windAt(minute);
      if (wind !== undefined) {
        const message = { device: 'station', time, windMetersPerSecond: wind };
        await publish(client, `greenhouse/${ZONE}/control/safety`, message);
      }
      const reading = readingAt(minute);
      if (reading !== undefined) {
        readings += 1;
        await publish(client, `greenhouse/${ZONE}/lux`, { ...reading, time });
      }
      await cloud.advance(MINUTE_MS);
      positions.push(shade.position);
      onMinute?.(minute);
    }
    return { orders: await heard(), positions, readings };
  } finally {
    client.end(true);
    await repeater.stop();
  }
}

/** @returns a function that resolves to every command that has ended, once no more of them is on its way. */
async function hearCommands(client: MqttClient, midnightMs: number): Promise<() => Promise<Order[]>> {
  const orders: Order[] = [];
  const all = Promise.withResolvers<void>();
  client.on('message', (topic, payload) => {
    if (topic === END) {
      all.resolve();
      return;
    }
    const { endedAt, ...command } = commandSchema.parse(JSON.parse(payload.toString()));
    if (endedAt === undefined) return;
    const minute = Math.floor((Date.parse(endedAt) - midnightMs) / MINUTE_MS);
    orders.push({ minute, isDone: command.status === 'ACKED', ...command });
  });
  await client.subscribeAsync([commandTopic(ZONE), END], { qos: 1 });
  return async () => {
    await publish(client, END, {});
    await all.promise;
    return orders.toSorted((a, b) => a.minute - b.minute);
  };
}

async function publish(client: MqttClient, topic: string, message: unknown): Promise<void> {
  await client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
}
