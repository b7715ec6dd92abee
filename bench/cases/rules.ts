import { CreateTopicRuleCommand, IoTClient } from '@aws-sdk/client-iot';
import alasql from 'alasql';
import jsonata from 'jsonata';
import { compileRule } from '../../local/iot/rules/sql/compile-rule.ts';
import { Payload, type MessageContext } from '../../local/iot/rules/sql/context.ts';
import { TopicTrie } from '../../local/iot/topics/topic-trie.ts';
import { withCloud } from '../cloud-under-test.ts';
import { LoadClient, publishPacket } from '../mqtt-load.ts';
import { median, percentile, type BenchCase, type Measurement } from '../measurement.ts';

const ROUNDS = 5;
const PAYLOADS = 1_000;

export const rules: BenchCase = {
  name: 'rules',
  summary: 'the rules engine: WHERE beside jsonata and alasql, many rules, messages through a rule',
  run: async () => [...(await where()), ...matching(), ...(await throughRule())],
};

/** Half of them match. */
const payloads = Array.from({ length: PAYLOADS }, (_, index) => ({
  temperature: index % 40,
  status: { battery: (index * 7) % 60, firmware: '1.2.3' },
  device: `device-${index}`,
}));

async function where(): Promise<Measurement[]> {
  const rule = compileRule("SELECT * FROM 'a' WHERE temperature > 20 AND status.battery <= 30", '2016-03-23');
  const contexts = payloads.map(parsedMessage);
  const expression = jsonata('temperature > 20 and status.battery <= 30');
  const query = 'SELECT VALUE COUNT(*) FROM ? WHERE temperature > 20 AND status->battery <= 30';
  const expected = payloads.filter(
    ({ temperature, status }) => temperature > 20 && status.battery <= 30,
  ).length;
  const rates: Record<'own' | 'jsonata' | 'alasql', number[]> = { own: [], jsonata: [], alasql: [] };
  // Turn by turn, so that whatever disturbs the machine disturbs each of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.own.push(
      await rate(1_000, expected, () => contexts.filter((context) => rule.where?.(context)).length),
    );
    rates.jsonata.push(
      await rate(10, expected, async () => {
        let found = 0;
        for (const payload of payloads) if ((await expression.evaluate(payload)) === true) found += 1;
        return found;
      }),
    );
    rates.alasql.push(
      await rate(20, expected, () => {
        let found = 0;
        // One message at a time, as rules run; over a table at once it is much faster.
        for (const payload of payloads) found += Number(alasql(query, [[payload]]));
        return found;
      }),
    );
  }
  const value = median(rates.own);
  const row = (peer: 'jsonata' | 'alasql', limit: number): Measurement => ({
    what: 'WHERE, two comparisons and a path',
    value: value / 1e6,
    unit: 'M/s',
    against: { what: peer, value: median(rates[peer]) / 1e6 },
    bound: { of: 'ratio', at: 'least', limit },
  });
  return [
    {
      what: 'WHERE, two comparisons and a path',
      value: value / 1e6,
      unit: 'M/s',
      bound: { of: 'value', at: 'least', limit: 1 },
    },
    row('jsonata', 10),
    row('alasql', 5),
  ];
}

/** A message whose payload has been read already. */
function parsedMessage(payload: unknown): MessageContext {
  const context: MessageContext = {
    payload: new Payload(Buffer.from(JSON.stringify(payload))),
    topic: 'a',
    accountId: '000000000000',
    nowMs: 0,
    newUuid: () => '',
    random: () => 0,
  };
  context.payload.json('2016-03-23');
  return context;
}

/** Evaluations a second, over passes through all payloads; each pass must find what is there. */
async function rate(passes: number, expected: number, pass: () => number | Promise<number>): Promise<number> {
  const startedMs = performance.now();
  for (let count = 0; count < passes; count += 1) {
    const found = await pass();
    if (found !== expected) throw new Error(`${found} payloads matched, not ${expected}`);
  }
  return (passes * PAYLOADS * 1_000) / (performance.now() - startedMs);
}

function matching(): Measurement[] {
  const few = trieOf(10);
  const many = trieOf(10_000);
  const times = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.few.push(nanosecondsToMatch(few));
    times.many.push(nanosecondsToMatch(many));
  }
  return [
    {
      what: 'one topic against 10,000 rules',
      value: median(times.many),
      unit: 'ns',
      against: { what: 'against 10', value: median(times.few) },
      bound: { of: 'ratio', at: 'most', limit: 2 },
    },
  ];
}

/** Rules as fleets have them: one a device, and now and then one for all of them. */
function trieOf(rules: number): TopicTrie<number> {
  const trie = new TopicTrie<number>();
  trie.add('fleet/+/temperature', 0);
  for (let rule = 1; rule < rules; rule += 1) trie.add(`fleet/device-${rule}/+/reading`, rule);
  return trie;
}

let matched = 0;

function nanosecondsToMatch(trie: TopicTrie<number>): number {
  const count = 500_000;
  const topics = ['fleet/device-5/indoor/reading', 'fleet/device-7/temperature', 'other/topic'];
  const startedMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    matched += trie.match(topics[index % topics.length] ?? '').length;
  }
  return ((performance.now() - startedMs) * 1e6) / count;
}

const MESSAGES = 300_000;
const BATCH = 50;
/** Messages that may be on their way: enough to keep the engine busy, too few to fill a socket's buffer. */
const IN_FLIGHT = 2_000;

/** Through the whole cloud, which also keeps a trace of every message. */
function throughRule(): Promise<Measurement[]> {
  return withCloud(async ({ cloud: { mqttUrl, endpointUrl, region } }) => {
    const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
    const iot = new IoTClient({ endpoint: endpointUrl, region, credentials });
    await iot.send(
      new CreateTopicRuleCommand({
        ruleName: 'bench',
        topicRulePayload: {
          sql: "SELECT upper(color) AS color, sentAt FROM 'bench/in'",
          awsIotSqlVersion: '2016-03-23',
          actions: [{ republish: { topic: 'bench/out', roleArn: 'arn:aws:iam::000000000000:role/bench' } }],
        },
      }),
    );
    iot.destroy();
    const port = Number(new URL(mqttUrl).port);
    const echo = await LoadClient.connect('echo', { port });
    await echo.subscribe('bench/echo');
    const subscriber = await LoadClient.connect('subscriber', { port });
    await subscriber.subscribe('bench/out');
    const publisher = await LoadClient.connect('publisher', { port });
    const packet = publishPacket('bench/in', '{"color":"red","sentAt":1234567890}');

    const echoes = await roundTrips(echo, publisher, publishPacket('bench/echo', '{}'));
    const times = await roundTrips(subscriber, publisher, packet);
    await flood(subscriber, publisher, packet, MESSAGES / 5);
    const perSecond = await flood(subscriber, publisher, packet, MESSAGES);
    for (const client of [echo, subscriber, publisher]) client.end();
    return [
      {
        what: 'gateway → rule with one function → republish → subscriber',
        value: perSecond,
        unit: 'messages/s',
        bound: { of: 'value', at: 'least', limit: 25_000 },
      },
      {
        what: 'the same, one at a time, p50',
        value: percentile(times, 0.5),
        unit: 'ms',
        against: { what: 'without the rule', value: percentile(echoes, 0.5) },
        bound: { of: 'value', at: 'most', limit: 0.13 },
      },
    ];
  });
}

/** @returns sorted milliseconds. */
async function roundTrips(subscriber: LoadClient, publisher: LoadClient, packet: Buffer): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < 12_000; index += 1) {
    const startedMs = performance.now();
    const arrived = new Promise<void>((resolve) => subscriber.onPublish(() => resolve()));
    await publisher.write(packet);
    await arrived;
    if (index >= 2_000) times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b);
}

/** @returns messages a second, from the first sent to the last received: all must arrive. */
async function flood(
  subscriber: LoadClient,
  publisher: LoadClient,
  packet: Buffer,
  messages: number,
): Promise<number> {
  const batch = Buffer.concat(Array.from({ length: BATCH }, () => packet));
  const before = subscriber.received;
  let sent = 0;
  const startedMs = performance.now();
  let wake = (): void => undefined;
  subscriber.onPublish(() => wake());
  while (subscriber.received - before < messages) {
    while (sent < messages && sent - (subscriber.received - before) < IN_FLIGHT) {
      await publisher.write(batch);
      sent += BATCH;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return (messages * 1_000) / (performance.now() - startedMs);
}
