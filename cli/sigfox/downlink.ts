import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { normaliseDeviceId } from '../../shared/sigfox/device-id.ts';
import { downlinkStateTopic, downlinkTopic } from '../../shared/sigfox/topics.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError, EXIT } from '../errors.ts';
import { connectMqtt, untilClosed } from '../mqtt.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted, type Terminal } from '../terminal.ts';

/** How long the function may take until it says that it has queued a downlink. */
const WAIT_MS = 10_000;

const stateSchema = z.object({ id: z.string(), state: z.string(), reason: z.string().optional() });

/** Queues a downlink in the running cloud, and waits until it says so. */
export async function downlink(
  words: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [given, data, ...more] = words;
  if (given === undefined || data === undefined || more.length > 0) {
    throw args.wrong(
      'sigfox downlink takes a device and eight bytes: sigfox downlink 1A2B3C 0011223344556677',
    );
  }
  const device = normaliseDeviceId(given);
  if (device === undefined)
    throw args.wrong(`${quoted(given)} is no device: one to eight hexadecimal digits`);
  if (!/^[0-9A-Fa-f]{16}$/.test(data)) {
    throw args.wrong(`a downlink is eight bytes, sixteen hexadecimal digits; ${quoted(data)} is not`);
  }
  const id = args.text('id') ?? randomUUID();
  const { mqttUrl } = requireRunningCloud(terminal);
  const client = await connectMqtt(mqttUrl);
  return untilClosed(client, 'it refuses the downlink', async () => {
    const answer = Promise.withResolvers<z.infer<typeof stateSchema>>();
    client.on('message', (_topic, payload) => {
      const parsed = stateSchema.safeParse(jsonOf(payload));
      if (parsed.success && parsed.data.id === id) answer.resolve(parsed.data);
    });
    const timer = setTimeout(() => {
      const message = `the cloud has not said within ${WAIT_MS / 1000} s that it has queued the downlink: see glasshouse logs`;
      answer.reject(new CommandError('DOWNLINK_NOT_QUEUED', message, { retryable: true }));
    }, WAIT_MS);
    try {
      await client.subscribeAsync(downlinkStateTopic(device), { qos: 1 });
      await client.publishAsync(downlinkTopic(device), JSON.stringify({ data, id }), { qos: 1 });
      const { state, reason } = await answer.promise;
      const why = reason === undefined ? '' : `, ${reason}`;
      await terminal.out.line(`${state}${why}: ${data.toLowerCase()} for ${device} (${id})`);
      return EXIT.done;
    } finally {
      clearTimeout(timer);
    }
  });
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
