import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { callDynamoDb } from '../../local/dynamodb/call.ts';
import { httpDoor, type DoorAnswer } from '../../local/devices/sigfox/door.ts';
import type { RunningCloud } from '../../local/running.ts';
import { parseEventTime } from '../../shared/event-time.ts';
import { normaliseDeviceId } from '../../shared/sigfox/device-id.ts';
import { readingTopic } from '../../shared/sigfox/topics.ts';
import type { Arguments } from '../arguments.ts';
import { describeAwsFailure, sdkConfig } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import { connectMqtt, untilClosed } from '../mqtt.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted, visible, type Terminal } from '../terminal.ts';
import { basicHeader, cloudClock } from './cloud-side.ts';
import { mqttDoor, ownDoor } from './doors.ts';
import { warnUnknownType } from './type-table.ts';

/** How long the message may take until it is told as a reading. */
const WAIT_MS = 10_000;

const SEQUENCE_NUMBERS = 4096;

const readingSchema = z.looseObject({
  time: z.string(),
  seqNumber: z.number().optional(),
  late: z.boolean(),
  data: z.string(),
  values: z.record(z.string(), z.unknown()).optional(),
});

/** Sends one message of a device through the network, and waits until it is told as a reading. */
export async function send(words: readonly string[], args: Arguments, terminal: Terminal): Promise<number> {
  const message = readMessage(words, args);
  const cloud = requireRunningCloud(terminal);
  const { device, data } = message;
  const { time, seqNumber } = await nextOf(cloud, message);
  const type = args.text('type');
  if (type !== undefined) await warnOfType(cloud, type, terminal);
  const isListening = args.flag('listen');
  const isHttp = (args.choice('door', ['http', 'iot']) ?? 'http') === 'http';
  const headers = isHttp ? await basicHeader(cloud) : {};
  const client = await connectMqtt(cloud.mqttUrl);
  return untilClosed(client, 'it refuses the callback', async () => {
    const reading = Promise.withResolvers<z.infer<typeof readingSchema>>();
    client.on('message', (_topic, payload) => {
      const parsed = readingSchema.safeParse(jsonOf(payload));
      const isOwn = parsed.data?.seqNumber === seqNumber && parseEventTime(parsed.data.time) === time * 1000;
      if (parsed.data !== undefined && isOwn) reading.resolve(parsed.data);
    });
    const timer = setTimeout(() => {
      const text = `the message has not been told as a reading within ${WAIT_MS / 1000} s: see glasshouse logs, and the rejections queue`;
      reading.reject(new CommandError('NOT_TOLD', text, { retryable: true }));
    }, WAIT_MS);
    try {
      await client.subscribeAsync(readingTopic(device), { qos: 1 });
      const door = isHttp ? httpDoor(ownDoor(cloud), headers) : mqttDoor(client);
      const variables = {
        device,
        time,
        seqNumber,
        data,
        ...(type === undefined ? {} : { deviceTypeId: type }),
      };
      const call = isListening
        ? ({ type: 'bidir', variables: { ...variables, ack: true, longPolling: false } } as const)
        : ({ type: 'uplink', variables } as const);
      const answer = await door(call);
      checkAnswer(answer);
      const told = await reading.promise;
      await terminal.out.line(args.flag('json') ? JSON.stringify(told) : describe(device, told));
      if (isListening) await terminal.out.line(describeDownlink(answer));
      return EXIT.done;
    } finally {
      clearTimeout(timer);
    }
  });
}

/** A message of a kind that is not known is taken, and told as its digits. */
async function warnOfType(cloud: RunningCloud, type: string, { err }: Terminal): Promise<void> {
  const tableName = cloud.resources['SigfoxDeviceTypesTable'];
  if (tableName === undefined) return;
  const client = new DynamoDBClient(sdkConfig(cloud));
  try {
    await warnUnknownType({ client, tableName }, type, err);
  } catch (error) {
    throw describeAwsFailure(error, cloud);
  } finally {
    client.destroy();
  }
}

interface Message {
  readonly device: string;
  readonly data: string;
  readonly timeMs: number | undefined;
  readonly seqNumber: number | undefined;
}

function readMessage([given, data, ...more]: readonly string[], args: Arguments): Message {
  if (given === undefined || data === undefined || more.length > 0) {
    throw args.wrong('sigfox send takes a device and its payload: sigfox send 1A2B3C 09c464');
  }
  const device = normaliseDeviceId(given);
  if (device === undefined)
    throw args.wrong(`${quoted(given)} is no device: one to eight hexadecimal digits`);
  if (!/^(?:[0-9A-Fa-f]{2}){0,12}$/.test(data)) {
    throw args.wrong(`a payload is up to twelve bytes, two hexadecimal digits each; ${quoted(data)} is not`);
  }
  const time = args.text('time');
  const timeMs = time === undefined ? undefined : parseEventTime(time);
  if (time !== undefined && timeMs === undefined) throw args.wrong(`${quoted(time)} is no time for --time`);
  const sequence = args.text('sequence');
  const seqNumber = sequence === undefined ? undefined : Number(sequence);
  if (seqNumber !== undefined && !(/^\d{1,4}$/.test(sequence ?? '') && seqNumber < SEQUENCE_NUMBERS)) {
    throw args.wrong(`--sequence takes a number from 0 to ${SEQUENCE_NUMBERS - 1}`);
  }
  return { device, data, timeMs, seqNumber };
}

const lastSchema = z.object({
  Item: z
    .object({
      lastTimeMs: z.object({ N: z.coerce.number() }).optional(),
      lastSeqNumber: z.object({ N: z.coerce.number().optional() }).optional(),
    })
    .optional(),
});

/** Time and number of a message after the device's last one, as the device itself would count. */
async function nextOf(cloud: RunningCloud, { device, timeMs, seqNumber }: Message) {
  const TableName = cloud.resources['SigfoxDevicesTable'];
  if (TableName === undefined) {
    const text = 'the running cloud has no table of Sigfox devices: its serverless.yml leaves Sigfox out';
    throw new CommandError('NO_SIGFOX', text);
  }
  const request = { TableName, Key: { device: { S: device } }, ConsistentRead: true };
  const { ok, text } = await callDynamoDb(cloud.endpointUrl, cloud.region, 'GetItem', request);
  const { Item: last } = ok ? lastSchema.parse(JSON.parse(text)) : {};
  const { nowMs } = await cloudClock(cloud);
  const lastSeconds = Math.floor((last?.lastTimeMs?.N ?? 0) / 1000);
  const time =
    timeMs === undefined ? Math.max(Math.floor(nowMs / 1000), lastSeconds + 1) : Math.floor(timeMs / 1000);
  return { time, seqNumber: seqNumber ?? ((last?.lastSeqNumber?.N ?? -1) + 1) % SEQUENCE_NUMBERS };
}

function checkAnswer({ status, body }: DoorAnswer): void {
  if (status < 400) return;
  throw new CommandError('REFUSED', `the door answered ${status}: ${visible(body.slice(0, 500))}`);
}

function describe(
  device: string,
  { time, seqNumber, late, data, values }: z.infer<typeof readingSchema>,
): string {
  const shown = Object.entries(values ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const what = shown.length === 0 ? (data === '' ? 'nothing' : data) : shown.join(', ');
  return visible(`${device} #${seqNumber ?? '-'} ${time}${late ? ' (late)' : ''}: ${what}`);
}

function describeDownlink({ body }: DoorAnswer): string {
  const digits = /"downlinkData":"([0-9A-Fa-f]{16})"/.exec(body)?.[1];
  return digits === undefined ? 'no downlink waits for it' : `downlink ${digits}`;
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
