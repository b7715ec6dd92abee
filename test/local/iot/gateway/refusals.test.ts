import type { Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { createRefusalLog } from '../../../../local/iot/device-refusals.ts';
import type { GatewayOptions } from '../../../../local/iot/gateway/index.ts';
import { turnedAway } from '../../../../local/iot/gateway/verdict.ts';
import { AttemptLog, describeExplanation } from '../../../../local/iot/policies/index.ts';
import { whyAnswerSchema } from '../../../../local/iot/policies/why-route.ts';
import {
  allowEverything,
  connected,
  connectPacket,
  PacketClient,
  publishPacket,
  startCloud,
} from './support.ts';

const ARN = 'arn:aws:iot:eu-west-1:000000000000:';

/** A gateway whose refusals are noted, and what `glasshouse why` would print of a client. */
function start(options: Partial<GatewayOptions> = {}) {
  const attempts = new AttemptLog(() => cloud.clock.now());
  const refused = createRefusalLog(attempts, { region: 'eu-west-1', accountId: '000000000000' });
  const cloud = startCloud({ refused, ...options });
  return {
    ...cloud,
    attempts,
    why: (id: string): string[][] =>
      (attempts.attemptsOf(id) ?? []).map(({ explanation }) => describeExplanation(explanation)),
  };
}

const subscribe = (...topics: readonly string[]): Packet => ({
  cmd: 'subscribe',
  messageId: 5,
  subscriptions: topics.map((topic) => ({ topic, qos: 0 })),
});
const CLIENT = 'lamp';
const ended = (reason: string) => `  the connection was ended (${reason})`;

test.each<[string, Packet | Buffer, string, RegExp, string]>([
  [
    'a reserved topic',
    publishPacket('$aws/events/mine', { qos: 1, messageId: 1 }),
    `iot:Publish on ${ARN}topic/$aws/events/mine`,
    /^ {2}the topic \$aws\/events\/mine /,
    ended('FORBIDDEN_ACCESS'),
  ],
  [
    'a topic with a wildcard',
    publishPacket('a/#'),
    `iot:Publish on ${ARN}topic/a/#`,
    /^ {2}the topic a\/# .*wildcard/,
    ended('CLIENT_ERROR'),
  ],
  [
    'a topic that is too long',
    publishPacket('x'.repeat(1_000)),
    `iot:Publish on ${ARN}topic/${'x'.repeat(300)}`,
    /^ {2}the topic x{80}… /,
    ended('CLIENT_ERROR'),
  ],
  [
    'a topic of too many levels',
    publishPacket('1/2/3/4/5/6/7/8/9'),
    `iot:Publish on ${ARN}topic/1/2/3/4/5/6/7/8/9`,
    /levels|slash/,
    ended('CLIENT_ERROR'),
  ],
  [
    'a payload that is too large',
    publishPacket('a', { payload: Buffer.alloc(131_073) }),
    `iot:Publish on ${ARN}topic/a`,
    /^ {2}a payload of 131073 bytes to a; at most 131072 are allowed$/,
    ended('CLIENT_ERROR'),
  ],
  [
    'QoS 2',
    publishPacket('a', { qos: 2, messageId: 1 }),
    `iot:Publish on ${ARN}topic/a`,
    /at QoS 2: AWS IoT takes QoS 0 and 1 only$/,
    '  it had no effect, and there was no answer',
  ],
  [
    'a subscription to Basic Ingest',
    subscribe('a', '$aws/rules/mine'),
    `iot:Subscribe on ${ARN}topicfilter/a, ${ARN}topicfilter/$aws/rules/mine`,
    /^ {2}nobody can subscribe to \$aws\/rules/,
    ended('FORBIDDEN_ACCESS'),
  ],
  [
    'too many filters at once',
    subscribe(...Array.from({ length: 9 }, (_, index) => `f/${index}`)),
    `iot:Subscribe on ${Array.from({ length: 8 }, (_, index) => `${ARN}topicfilter/f/${index}`).join(', ')}`,
    /^ {2}SUBSCRIBE with 9 topic filters; at most 8 are allowed$/,
    ended('CLIENT_ERROR'),
  ],
  [
    'a second CONNECT',
    connectPacket({ clientId: 'other' }),
    `iot:Connect on ${ARN}client/${CLIENT}`,
    /second CONNECT/,
    ended('CLIENT_ERROR'),
  ],
  [
    'what is no packet at all',
    Buffer.from([0xf0, 0]),
    `MQTT connection on ${ARN}client/${CLIENT}`,
    /./,
    ended('CLIENT_ERROR'),
  ],
])('In MQTT 3.1.1 %s is refused, and why tells it.', async (_, sent, request, detail, outcome) => {
  const { gateway, why } = start();
  const client = await connected(gateway, { clientId: CLIENT });
  if (Buffer.isBuffer(sent)) client.stream.write(sent);
  else client.send(sent);
  await client.settle();
  expect(why(CLIENT)).toEqual([[`refused: ${request}`, expect.stringMatching(detail), outcome]]);
});

test('MQTT 5 is answered, filter by filter, and stays connected.', async () => {
  const { gateway, why } = start();
  const client = await connected(gateway, { clientId: CLIENT, protocolVersion: 5 });
  client.send(
    publishPacket('$aws/events/mine', { qos: 1, messageId: 1 }),
    subscribe('good', '$aws/rules/mine'),
  );
  await client.settle();
  const answered = (reason: string) => `  it was answered with an error (${reason})`;
  expect(why(CLIENT)).toEqual([
    [
      `refused: iot:Subscribe on ${ARN}topicfilter/$aws/rules/mine`,
      expect.any(String),
      answered('FORBIDDEN_ACCESS'),
    ],
    [
      `refused: iot:Publish on ${ARN}topic/$aws/events/mine`,
      expect.any(String),
      answered('FORBIDDEN_ACCESS'),
    ],
  ]);
  expect(gateway.counts().connections).toBe(1);
});

test('Silence, a namesake and an operator are told of; a goodbye and a lost connection are not.', async () => {
  const { gateway, clock, why } = start();
  await connected(gateway, { clientId: 'silent', keepalive: 60 });
  clock.advance(90_000);
  await connected(gateway, { clientId: 'twin' });
  await connected(gateway, { clientId: 'twin' });
  await connected(gateway, { clientId: 'deleted' });
  gateway.disconnectClient('deleted');
  const polite = await connected(gateway, { clientId: 'polite' });
  polite.send({ cmd: 'disconnect' });
  await polite.settle();
  const lost = await connected(gateway, { clientId: 'lost' });
  lost.stream.destroy();
  await expect.poll(() => gateway.client('lost')?.connection).toBeUndefined();
  const reasons = ['silent', 'twin', 'deleted', 'polite', 'lost'].map((id) =>
    why(id).map((lines) => lines[2]),
  );
  expect(reasons).toEqual([
    [ended('MQTT_KEEP_ALIVE_TIMEOUT')],
    [ended('DUPLICATE_CLIENTID')],
    [ended('API_INITIATED_DISCONNECT')],
    [],
    [],
  ]);
});

test('A CONNECT that the gateway refuses is told under the name that it came with, and under the certificate.', async () => {
  const { gateway, why } = start();
  const refused = turnedAway('AUTH_ERROR', 'the certificate has expired', 'cert-1');
  const door = { admit: () => ({ refused }) };
  const client = new PacketClient(gateway, { door });
  client.send(connectPacket({ clientId: CLIENT }));
  expect(await client.next()).toBe('closed');
  const told = [
    [`refused: iot:Connect on ${ARN}client/${CLIENT}`, '  the certificate has expired', ended('AUTH_ERROR')],
  ];
  expect(why(CLIENT)).toEqual(told);
  expect(why('cert-1')).toEqual(told);
});

test('What a policy denies is not told a second time.', async () => {
  const { gateway, attempts } = start({ authoriser: { ...allowEverything, publish: () => false } });
  const client = await connected(gateway, { clientId: CLIENT });
  client.send(publishPacket('a'));
  expect(await client.settle()).toEqual(['closed']);
  expect(attempts.attemptsOf(CLIENT)).toBeUndefined();
});

test('The same refusal again is counted, and the answer has the form that is promised.', async () => {
  const { gateway, attempts } = start();
  const client = await connected(gateway, { clientId: CLIENT, protocolVersion: 5 });
  for (let messageId = 1; messageId <= 3; messageId += 1) {
    client.send(publishPacket('$aws/x', { qos: 1, messageId }));
  }
  await client.settle();
  const answer = { id: CLIENT, attempts: [...(attempts.attemptsOf(CLIENT) ?? [])] };
  expect(whyAnswerSchema.parse(JSON.parse(JSON.stringify(answer))).attempts).toMatchObject([
    {
      count: 3,
      clientId: CLIENT,
      explanation: {
        outcome: 'refused',
        policyNames: [],
        refusal: { reason: 'FORBIDDEN_ACCESS', effect: 'answered', detail: expect.any(String) },
      },
    },
  ]);
});
