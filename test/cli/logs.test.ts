import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../cli/commands/logs.ts';
import { entryLine } from '../../cli/logs/entry-line.ts';
import { entrySchema } from '../../cli/logs/read-logs.ts';
import { Output } from '../../cli/terminal.ts';
import { systemClock } from '../../local/clock.ts';
import { createEndpoint, type Endpoint } from '../../local/endpoint/endpoint.ts';
import { Faults } from '../../local/endpoint/faults.ts';
import { createRulesEngine, readTopicRule, type RulesEngine } from '../../local/iot/rules/index.ts';
import { TraceLog } from '../../local/iot/trace/index.ts';
import { createOwnHandler } from '../../local/own-api.ts';
import { writeRunning } from '../../local/running.ts';
import { messageOn } from '../local/iot/rules/message.ts';
import { runCommand } from './run-command.ts';

/** The parts of a cloud that write the log and answer for it. */
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-logs-'));
const env = { GLASSHOUSE_FOLDER: folder };
const accountId = '000000000000';
const region = 'eu-west-1';
const log = new TraceLog({ clock: systemClock, accountId });
let endpoint: Endpoint;
let engine: RulesEngine;

const lambda = { Lambda: { FunctionArn: 'arn:score' } };
const rules = {
  hot: { Sql: "SELECT temp FROM 'a/+' WHERE temp > 30", Actions: [lambda] },
  all: { Sql: "SELECT * FROM 'a/#'", Actions: [{ Sqs: { QueueUrl: 'queue', RoleArn: 'role' } }] },
};

beforeAll(async () => {
  const refuse = async (): Promise<void> => {
    throw new Error('no such queue');
  };
  engine = createRulesEngine({
    rules: Object.entries(rules).map(([ruleName, payload]) => readTopicRule({ ruleName, payload })),
    clock: systemClock,
    account: accountId,
    region,
    log: (event) => log.recordRule(event),
    services: {
      invokeAsync: async () => undefined,
      publish: () => undefined,
      putObject: refuse,
      sendMessage: refuse,
      putItem: refuse,
    },
  });
  const own = createOwnHandler({ faults: new Faults(), status: () => ({}), log });
  endpoint = createEndpoint({ services: {}, own, log: () => undefined });
  const { port } = await endpoint.listen({ port: 0, setting: 'the test' });
  const endpointUrl = `http://127.0.0.1:${port}`;
  writeRunning(folder, {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    service: 'test',
    stage: 'dev',
    region,
    accountId,
    endpointUrl,
    mqttUrl: 'mqtt://127.0.0.1:1',
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: endpointUrl,
    resources: {},
  });
  engine.evaluate(messageOn('a/b', { temp: 21 }, { traceId: '11111111-0000' }));
  engine.evaluate(messageOn('a/b', { temp: 35 }, { traceId: '22222222-0000' }));
  await engine.drained();
});

afterAll(async () => {
  log.close();
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

const logs = (...words: string[]) => runCommand('logs', command, words, { env });

/** Lines without what differs from run to run: the time, and how long it took. */
function steady(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^[\d:.]{12} /, '').replace(/ \([\d.]+ ms\)$/, ''));
}

test('Each message is told with its rules, their results and their actions.', async () => {
  const { code, out } = await logs();
  expect(code).toBe(0);
  expect(steady(out).toSorted()).toEqual(
    [
      '11111111 a/b hot: matched; WHERE is not true, no action runs: temp > 30 is false (temp = 21); payload {"temp":21}',
      '11111111 a/b all: matched → {"temp":21}',
      '11111111 a/b all: SqsAction queue FAILED: no such queue',
      '22222222 a/b hot: matched → {"temp":35}',
      '22222222 a/b all: matched → {"temp":35}',
      '22222222 a/b hot: LambdaAction arn:score done',
      '22222222 a/b all: SqsAction queue FAILED: no such queue',
    ].toSorted(),
  );
});

test.each<[words: string[], lines: number]>([
  [['--rule', 'hot'], 3],
  [['--trace', '11111111-0000'], 3],
  [['--topic', 'b/#'], 0],
  [['--topic', 'a/+', '--errors'], 2],
  [['--debug'], 10],
  [['--lines', '2'], 2],
])('%j picks %d lines.', async (words, lines) => {
  const { out } = await logs(...words);
  expect(out.split('\n').length - 1).toBe(lines);
});

test.each([
  [['--rule', 'Nope'], 'nothing recorded matches --rule "Nope"\n'],
  [['--trace', 'zzz', '--errors'], 'nothing recorded matches --trace "zzz", --errors\n'],
  [['--rule', 'hot'], ''],
])('What %j asks for in vain is said on standard error.', async (words, told) => {
  expect(await logs(...words)).toMatchObject({ code: 0, err: told });
});

test('With --json a line is an entry of AWSIotLogsV2.', async () => {
  const { out } = await logs('--json', '--rule', 'hot', '--debug', '--trace', '22222222-0000');
  const entries = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(entries).toMatchObject([
    { eventType: 'RuleMatch', glasshouse: { result: { temp: 35 } } },
    { eventType: 'StartingRuleExecution', ruleAction: 'LambdaAction' },
    {
      eventType: 'RuleExecution',
      resources: { Resource: 'arn:score' },
      accountId,
      principalId: 'certificate-1',
    },
  ]);
});

test('With --follow it goes on as things happen, and ends after --count lines.', async () => {
  const following = logs('--follow', '--lines', '100', '--rule', 'hot', '--count', '5');
  engine.evaluate(messageOn('a/c', { temp: 40 }, { traceId: '33333333-0000' }));
  await engine.drained();
  const { code, out } = await following;
  expect(code).toBe(0);
  expect(steady(out).slice(-2)).toEqual([
    '33333333 a/c hot: matched → {"temp":40}',
    '33333333 a/c hot: LambdaAction arn:score done',
  ]);
});

test('It says so when no cloud runs, and when it gives no logs.', async () => {
  const nowhere = await runCommand('logs', command, [], { env: { GLASSHOUSE_FOLDER: '/nowhere' } });
  expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('no cloud is running')]);
});

test.each<[string[], string]>([
  [['--topic', 'a#'], 'the topic filter "a#"'],
  [['--lines', '1001'], '--lines takes at most 1000'],
  [['--lines', 'x'], '--lines takes a whole number'],
])('%j is a wrong call.', async (words, told) => {
  const { code, err } = await logs(...words);
  expect([code, err]).toEqual([2, expect.stringContaining(told)]);
});

const out = new Output(process.stdout, false);

test.each<[entry: object, line: string]>([
  [
    { eventType: 'RuleMatch', ruleName: 'r', topicName: 'a', glasshouse: { resultBytes: 9_000 } },
    'a r: matched → 9000 bytes',
  ],
  [
    { eventType: 'RuleMatch', ruleName: 'r', glasshouse: { resultBase64: '/wA=' } },
    'r: matched → base64:/wA=',
  ],
  [
    { eventType: 'RuleMatch', ruleName: 'r', glasshouse: { resultText: '{"x":5.0}' } },
    'r: matched → {"x":5.0}',
  ],
  [
    { eventType: 'RuleMatch', ruleName: 'r', glasshouse: { resultProblem: 'too deep' } },
    'r: matched → too deep',
  ],
  [{ eventType: 'StartingRuleExecution', ruleName: 'r', ruleAction: 'S3Action' }, 'r: S3Action starts'],
  [
    { eventType: 'RuleExecution', status: 'Failure', ruleName: 'r', details: 'not JSON', glasshouse: {} },
    'r: SQL FAILED: not JSON',
  ],
  [
    {
      eventType: 'RuleExecution',
      ruleName: 'r',
      ruleAction: 'SqsAction',
      glasshouse: { isErrorAction: true, durationMs: 2 },
    },
    'r: error action SqsAction done (2 ms)',
  ],
  [
    { eventType: 'RuleNotFound', status: 'Failure', ruleName: 'r', clientId: 'c', reason: 'RuleNotFound' },
    'r: RuleNotFound c FAILED: RuleNotFound',
  ],
  [{ eventType: 'Connect', clientId: 'c\u001b[2J' }, 'Connect c\\u001b[2J ok'],
  [
    { eventType: 'Disconnect', clientId: 'c', disconnectReason: 'CONNECTION_LOST' },
    'Disconnect c ok: CONNECTION_LOST',
  ],
  [
    { eventType: 'RuleMatch', ruleName: 'r', glasshouse: { resultText: 'x'.repeat(500) } },
    `r: matched → ${'x'.repeat(400)}…`,
  ],
])('An entry is a line for people: %j.', (fields, line) => {
  const entry = entrySchema.parse({
    timestamp: '2026-01-31 10:00:00.007',
    logLevel: 'INFO',
    status: 'Success',
    ...fields,
  });
  expect(entryLine(entry, out)).toBe(`10:00:00.007          ${line}`);
});

test('Nothing in an entry leaves its line or steers the terminal.', () => {
  const text = fc.string({ unit: 'binary' });
  const fields = fc.record({
    eventType: fc.oneof(fc.constantFrom('RuleMatch', 'RuleExecution', 'StartingRuleExecution'), text),
    status: fc.constantFrom('Success', 'Failure'),
    topicName: text,
    ruleName: text,
    clientId: text,
    ruleAction: text,
    details: text,
    reason: text,
    resources: fc.dictionary(text, text),
    glasshouse: fc.dictionary(fc.constantFrom('result', 'resultText', 'payload', 'payloadText'), text),
  });
  fc.assert(
    fc.property(fields, (given) => {
      const entry = entrySchema.parse({ timestamp: '2026-01-31 10:00:00.007', logLevel: 'INFO', ...given });
      const line = entryLine(entry, out);
      const steering = Array.from(line).filter((character) => /\p{Cc}|\u2028|\u2029/u.test(character));
      expect(steering).toEqual([]);
    }),
    { seed: 20261121, numRuns: 500 },
  );
});
