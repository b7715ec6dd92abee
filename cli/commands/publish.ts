import { createInterface } from 'node:readline';
import type { MqttClient } from 'mqtt';
import { topicNameProblem } from '../../local/iot/topics/topic-name.ts';
import { errorText } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { counted, quoted } from '../terminal.ts';

/** AWS IoT's quota for the payload of one message. */
const MAX_PAYLOAD_BYTES = 128 * 1024;

export const command: Command = {
  usage: ['publish TOPIC JSON [options]', 'publish TOPIC - [options] < MESSAGES'],
  description: [
    'Publishes a message over MQTT to the running cloud. With - in place of the message, every line of',
    'standard input is one; blank lines are left out.',
  ],
  options: {
    qos: {
      type: 'string',
      short: 'q',
      value: '0|1',
      help: '1 waits until the cloud has the message, 0 does not (default: 1)',
    },
    retain: {
      type: 'boolean',
      short: 'r',
      help: 'the cloud keeps the message for those who subscribe later',
    },
    raw: { type: 'boolean', help: 'sends text as it is, without checking that it is JSON' },
  },
  examples: [
    [`publish anom/detect '{"device":"a","timestamp":"2026-01-31T10:00:00Z","value":21.5}'`, 'one reading'],
    ['publish anom/detect - < readings.ndjson', 'one reading a line'],
    ['publish --raw anom/detect "not JSON"', 'what a broken device sends'],
  ],
  async run(args, terminal) {
    const [topic, message, ...more] = args.positionals;
    if (topic === undefined || message === undefined) throw args.wrong('publish needs a topic and a message');
    if (more.length > 0) {
      throw args.wrong('publish takes one message: put it in quotes, so that the shell keeps it together');
    }
    const problem = topicNameProblem(topic);
    if (problem !== undefined) throw args.wrong(`the topic ${quoted(topic)} ${problem}`);
    const qos = args.choice('qos', ['0', '1']) === '0' ? 0 : 1;
    const retain = args.flag('retain');
    const isRaw = args.flag('raw');
    const fromStdin = message === '-';
    // A message that is wrong is so whether or not a cloud runs.
    if (!fromStdin) checkMessage(message, isRaw);
    const { mqttUrl } = requireRunningCloud(terminal);
    const { connectMqtt, untilClosed } = await import('../mqtt.ts');
    const client = await connectMqtt(mqttUrl);
    const publish = (text: string) => publishTo(client, topic, text, { qos, retain });
    return untilClosed(client, `it refuses the message on ${quoted(topic)}`, async () => {
      if (!fromStdin) {
        await publish(message);
        return undefined;
      }
      let sent = 0;
      let line = 0;
      for await (const text of createInterface({ input: terminal.stdin, crlfDelay: Infinity })) {
        line += 1;
        if (text.trim() === '') continue;
        try {
          checkMessage(text, isRaw);
        } catch (error) {
          throw new CommandError(
            'LINE_UNSENDABLE',
            `line ${line}: ${errorText(error)}; the ${counted(sent, 'message')} before it ${sent === 1 ? 'was' : 'were'} sent`,
            { cause: error },
          );
        }
        await publish(text);
        sent += 1;
      }
      await terminal.err.line(`${counted(sent, 'message')} sent`);
      return undefined;
    });
  },
};

/** @throws CommandError with the code NOT_JSON or PAYLOAD_TOO_LARGE */
export function checkMessage(text: string, isRaw: boolean): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new CommandError(
      'PAYLOAD_TOO_LARGE',
      `the message has ${bytes} bytes; AWS IoT takes ${MAX_PAYLOAD_BYTES}`,
    );
  }
  if (isRaw) return;
  try {
    JSON.parse(text);
  } catch (error) {
    throw new CommandError('NOT_JSON', `the message ${quoted(text)} is not JSON; --raw sends it as it is`, {
      cause: error,
    });
  }
}

async function publishTo(
  client: MqttClient,
  topic: string,
  text: string,
  options: { qos: 0 | 1; retain: boolean },
): Promise<void> {
  await client.publishAsync(topic, text, options);
}
