import { isUtf8 } from 'node:buffer';
import { topicFilterProblem } from '../../local/iot/topics/topic-filter.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted, visible } from '../terminal.ts';

export const command: Command = {
  usage: ['subscribe FILTER… [options]'],
  description: [
    'Prints the messages that the running cloud delivers for topic filters, one a line: the topic, a',
    'space, and the payload. Ends on Ctrl-C, or after --count messages. Quote filters with # or +.',
    '',
    'With --json a line is {"topic", "payload", "receivedAt"}; a payload that is not JSON is a string,',
    'and one that is not text is base64, which "encoding": "base64" then says.',
  ],
  options: {
    count: { type: 'string', short: 'n', value: 'N', help: 'ends after N messages' },
    json: { type: 'boolean', help: 'prints every message as one line of JSON' },
  },
  examples: [
    ["subscribe 'anom/#'", 'every reading and every result'],
    [`subscribe anom/pred --json | jq 'select(.payload.anomaly)'`, 'the anomalies'],
    ['subscribe anom/pred --count 1', 'waits for one result'],
  ],
  async run(args, { env, cwd, out, err }) {
    const filters = [...new Set(args.positionals)];
    if (filters.length === 0) throw args.wrong(`subscribe needs a topic filter, such as 'anom/#'`);
    for (const filter of filters) {
      const problem = topicFilterProblem(filter);
      if (problem !== undefined) throw args.wrong(`the topic filter ${quoted(filter)} ${problem}`);
    }
    const wanted = args.count('count') ?? Infinity;
    const asJson = args.flag('json');
    const { mqttUrl } = requireRunningCloud({ env, cwd });
    const { connectMqtt, untilClosed } = await import('../mqtt.ts');
    const client = await connectMqtt(mqttUrl);
    return untilClosed(client, 'it refuses a topic filter', async () => {
      const finished = Promise.withResolvers<void>();
      let seen = 0;
      client.on('message', (topic, payload) => {
        if (seen >= wanted) return;
        seen += 1;
        const text = asJson ? messageJson(topic, payload, Date.now()) : messageText(topic, payload);
        out.line(text).catch(finished.reject);
        if (seen >= wanted) finished.resolve();
      });
      process.once('SIGINT', finished.resolve);
      process.once('SIGTERM', finished.resolve);
      try {
        for (const filter of filters) {
          const [granted] = await client.subscribeAsync(filter, { qos: 1 });
          if (granted !== undefined && granted.qos > 2) {
            throw new CommandError('FILTER_REFUSED', `the cloud refuses the topic filter ${quoted(filter)}`);
          }
        }
        const names = filters.map((filter) => visible(filter)).join(' ');
        await err.line(err.paint('dim', `subscribed to ${names} at ${mqttUrl}; Ctrl-C ends`));
        await finished.promise;
      } finally {
        process.off('SIGINT', finished.resolve);
        process.off('SIGTERM', finished.resolve);
      }
      return undefined;
    });
  },
};

/** A message for people: nothing in it can leave its line or steer the terminal. */
export function messageText(topic: string, payload: Buffer): string {
  const text = isUtf8(payload) ? visible(payload.toString()) : `base64:${payload.toString('base64')}`;
  return `${visible(topic)} ${text}`;
}

/** A message as one line of JSON. */
export function messageJson(topic: string, payload: Buffer, receivedAtMs: number): string {
  const receivedAt = new Date(receivedAtMs).toISOString();
  if (!isUtf8(payload)) {
    return JSON.stringify({ topic, payload: payload.toString('base64'), receivedAt, encoding: 'base64' });
  }
  return JSON.stringify({ topic, payload: jsonOrText(payload.toString()), receivedAt });
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
