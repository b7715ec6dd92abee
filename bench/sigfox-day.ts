import { z } from 'zod';
import { startSigfoxTables, type SigfoxTables } from '../test/functions/ingest-sigfox/support.ts';
import { accountForDownlinks, playSigfoxDay, type SigfoxDay } from '../test/support/sigfox-day.ts';
import type { Measurement } from './measurement.ts';
import { withoutTokens } from './sigfox-tokens.ts';

const SEED = 20_260_131;
const DEVICES = 1_000;
const MESSAGES_EACH = 140;
const DOWNLINKS_EACH = 4;

/** What goes wrong between a device and the functions, and between the functions and AWS. */
const FAULTS = { duplicates: 0.05, lateAnswers: 0.05, disorder: 0.02, failures: 0.01, deaf: 0.05 };
const FAILING_CALLS = 0.01;

/**
 * A day of a thousand devices that send as much as Sigfox allows, with 5 % of the callbacks made twice, 5 %
 * answered too late and so made again, 2 % overtaken by newer ones, and 1 % of the calls to the cloud failing,
 * half of them after they were carried out. The functions are the real ones, and so is the engine of the tables.
 */
export async function measureDay(): Promise<Measurement[]> {
  const tables = await startSigfoxTables();
  withoutTokens(tables.client);
  try {
    const day = await playSigfoxDay({
      tables,
      seed: SEED,
      devices: DEVICES,
      hours: 24,
      intervalMs: 86_400_000 / MESSAGES_EACH,
      askEvery: 25,
      downlinksEach: DOWNLINKS_EACH,
      faults: FAULTS,
      failingCalls: FAILING_CALLS,
      concurrency: 32,
      callbacks: ['uplink', 'bidir', 'acknowledge'],
    });
    return await account(tables, day);
  } finally {
    await tables.stop();
  }
}

const itemSchema = z.object({
  deviceid: z.string(),
  time: z.string(),
  seqNumber: z.number(),
  data: z.string(),
});

async function account(tables: SigfoxTables, day: SigfoxDay): Promise<Measurement[]> {
  const { network, backend, wanted, elapsedMs } = day;
  const { sent, delivery } = network;
  const wantedData = new Map(
    sent.map(({ device, time, seqNumber, data }) => [`${device} ${time} ${seqNumber}`, data]),
  );
  const found = new Set<string>();
  let foreign = 0;
  for (const item of await tables.messagesOf()) {
    if (item['data'] === undefined) continue;
    const { deviceid, time, seqNumber, data } = itemSchema.parse(item);
    const key = `${deviceid} ${Date.parse(time) / 1000} ${seqNumber}`;
    if (wantedData.get(key) !== data || found.has(key)) foreign += 1;
    found.add(key);
  }
  const { states, wrong } = await accountForDownlinks(tables, day);
  const { calls, retries, duplicates, heldUp } = delivery.counts;
  process.stderr.write(
    `  ${sent.length} messages in ${calls} callbacks: ${retries} made again, ${duplicates} made twice, ${heldUp} overtaken; ` +
      `${backend.counts.calls} calls to tables, work begun again ${backend.counts.failures} times; ` +
      `downlinks ${JSON.stringify(states)}\n${wrong
        .slice(0, 5)
        .map((one) => `  ${one}\n`)
        .join('')}`,
  );
  const none = { of: 'value', at: 'most', limit: 0 } as const;
  return [
    {
      what: `a day of ${DEVICES.toLocaleString('en-GB')} Sigfox devices, with all that goes wrong (seed ${SEED})`,
      value: (sent.length * 1_000) / elapsedMs,
      unit: 'messages/s',
    },
    {
      what: 'its messages that are stored',
      value: found.size - foreign,
      unit: 'messages',
      against: { what: 'sent', value: sent.length },
      bound: { of: 'ratio', at: 'least', limit: 1 },
    },
    {
      what: 'its messages that are lost',
      value: sent.length - found.size + foreign,
      unit: 'messages',
      bound: none,
    },
    {
      what: 'its messages that are there twice, or not as sent',
      value: foreign,
      unit: 'messages',
      bound: none,
    },
    {
      what: `of ${wanted.length.toLocaleString('en-GB')} downlinks, without a true state`,
      value: wrong.length,
      unit: 'downlinks',
      bound: none,
    },
  ];
}
