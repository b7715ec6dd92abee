import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseArguments } from '../../../../cli/arguments.ts';
import { command } from '../../../../cli/commands/why.ts';
import { Output } from '../../../../cli/terminal.ts';
import { createEndpoint, type Endpoint } from '../../../../local/endpoint/endpoint.ts';
import { answerWhy, AttemptLog } from '../../../../local/iot/policies/index.ts';
import { writeRunning } from '../../../../local/running.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { ARN, arns, bound, document } from './support.ts';

const clock = new ManualClock();
const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-why-'));
let log: AttemptLog;
let endpoint: Endpoint;

const policies = bound(
  [document({ Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/dev/\${iot:ClientId}` })],
  { clientId: 'lamp 1' },
);

function publish(topic: string, certificateId = 'c1'): void {
  const decision = policies.decide({ action: 'iot:Publish', resource: arns.topic(topic) });
  log.record({ clientId: 'lamp 1', certificateId }, decision);
  clock.advance(1_000);
}

beforeAll(async () => {
  endpoint = createEndpoint({
    services: {},
    own: ({ url = '' }, response) => void response.end(JSON.stringify(answerWhy(log, url))),
    log: () => {},
  });
  const { url } = await endpoint.listen({ port: 0, setting: 'TEST' });
  writeRunning(folder, {
    pid: process.pid,
    startedAt: new Date(clock.now()).toISOString(),
    service: 'test',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '123456789012',
    endpointUrl: url,
    mqttUrl: 'mqtt://127.0.0.1:1',
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: 'http://127.0.0.1:1/',
    resources: {},
  });
});
beforeEach(() => (log = new AttemptLog(() => clock.now())));
afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

async function why(...words: string[]): Promise<string> {
  const args = parseArguments('why', command.options, words);
  if (args === undefined) throw new Error('it was asked for help');
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = text(stdout);
  try {
    await command.run(args, {
      stdin: Readable.from([]),
      out: new Output(stdout, false),
      err: new Output(stderr, false),
      env: { GLASSHOUSE_FOLDER: folder },
      cwd: folder,
    });
  } finally {
    stdout.end();
    stderr.resume().end();
  }
  return out;
}

test('The last attempt comes first, with its reason, under the client and under the certificate.', async () => {
  publish('dev/lamp 1');
  publish('dev/lamp 2');
  const told = await why('lamp 1');
  expect(told.split('\n').slice(0, 5)).toEqual([
    '2026-11-21T00:00:01.000Z client lamp 1, certificate c1',
    `denied: iot:Publish on ${ARN}topic/dev/lamp 2`,
    '  no statement of policy-1 allows it',
    '  statement 1 of policy-1 (Allow) has the action, but',
    '    takes only',
  ]);
  expect(told).toContain(`allowed: iot:Publish on ${ARN}topic/dev/lamp 1\n`);
  expect(await why('c1')).toBe(told);
});

test('Only what was denied, all of it, or JSON, on demand.', async () => {
  for (let index = 0; index < 5; index += 1) publish(`else/${index}`);
  publish('dev/lamp 1');
  expect(await why('lamp 1')).toContain('else/4');
  expect(await why('lamp 1')).not.toContain('else/2');
  expect(await why('lamp 1', '--all')).toContain('else/0');
  expect(await why('lamp 1', '--denied')).not.toContain('allowed:');
  expect(JSON.parse(await why('lamp 1', '--json'))).toMatchObject([
    { count: 1, clientId: 'lamp 1', explanation: { outcome: 'allowed' } },
    { explanation: { outcome: 'default-deny' } },
    {},
  ]);
});

test('The same attempt again is counted, not repeated.', async () => {
  publish('a');
  publish('b');
  publish('a');
  publish('a');
  const told = await why('lamp 1', '--all');
  expect(told).toContain('2026-11-21T');
  expect(log.attemptsOf('lamp 1')).toMatchObject([
    { count: 3, explanation: { resource: arns.topic('a') } },
    { count: 1, explanation: { resource: arns.topic('b') } },
  ]);
  expect(told).toContain(', 3 times\n');
});

test('An id of which nothing is known is refused, with those that are.', async () => {
  publish('a');
  await expect(why('lamp 2')).rejects.toThrow(
    'Nothing was tried under the id "lamp 2". Known are:\n  lamp 1\n  c1',
  );
  log = new AttemptLog(() => clock.now());
  await expect(why('lamp 2')).rejects.toMatchObject({ code: 'NOTHING_KNOWN' });
});

test('It needs one id.', async () => {
  await expect(why()).rejects.toMatchObject({ name: 'UsageError' });
  await expect(why('a', 'b')).rejects.toMatchObject({ name: 'UsageError' });
});

test('Of one client the last twenty attempts are kept, and of clients the last thousand.', () => {
  for (let index = 0; index < 25; index += 1) publish(`t/${index}`);
  const attempts = log.attemptsOf('lamp 1') ?? [];
  expect(attempts).toHaveLength(20);
  expect(attempts[19]?.explanation.resource).toBe(arns.topic('t/5'));
  const decision = policies.decide({ action: 'iot:Connect', resource: arns.client('x') });
  for (let index = 0; index < 1_000; index += 1) log.record({ clientId: `client-${index}` }, decision);
  expect(log.attemptsOf('lamp 1')).toBeUndefined();
  expect(log.attemptsOf('c1')).toBeDefined();
  expect(log.attemptsOf('client-0')).toBeDefined();
});
