import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../local/clock.ts';
import { Container, type ContainerOptions } from '../../../local/lambda/container.ts';

const bundle = path.join(import.meta.dirname, '../../fixtures/functions/probe.mjs');
const open: Container[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((container) => container.stop()));
});

function start(options: Partial<ContainerOptions> = {}): { container: Container; lines: string[] } {
  const lines: string[] = [];
  const container = new Container({
    bundle,
    handlerName: 'handler',
    functionName: 'probe',
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:probe',
    memoryMb: 128,
    environment: { AWS_REGION: 'eu-west-1', SETTING: 'set' },
    timeoutSeconds: 5,
    clock: systemClock,
    onLine: (line) => lines.push(line),
    ...options,
  });
  open.push(container);
  return { container, lines };
}

test('A container answers one invocation after the other and keeps its memory between them.', async () => {
  const { container } = start();
  const first = await container.invoke('id-1', '{"a":1}');
  const second = await container.invoke('id-2', '{"a":2}');
  const answers = [first, second].map((result) => (result.ok ? JSON.parse(result.payload) : result.error));
  expect(answers).toMatchObject([
    { event: { a: 1 }, invocations: 1, requestId: 'id-1', region: 'eu-west-1', setting: 'set' },
    { event: { a: 2 }, invocations: 2, requestId: 'id-2' },
  ]);
  expect(answers[0].left).toBeGreaterThan(4_000);
});

test('It sees no variable of the process around it.', async () => {
  process.env['GLASSHOUSE_TEST_SECRET'] = 'secret';
  const { container } = start({ environment: {} });
  const result = await container.invoke('id', '{}');
  expect(result.ok && JSON.parse(result.payload).region).toBeUndefined();
});

test('What the handler throws is the error of the invocation, by its own type; the container goes on.', async () => {
  const { container } = start();
  const failed = await container.invoke('id-1', '{"fail":"no"}');
  expect(failed).toMatchObject({ ok: false, error: { errorType: 'TypeError', errorMessage: 'no' } });
  expect((await container.invoke('id-2', '{}')).ok).toBe(true);
});

test('An invocation that takes too long is ended, and its container with it.', async () => {
  const { container } = start({ timeoutSeconds: 0.2 });
  const result = await container.invoke('id-1', '{"sleepMs":60000}');
  expect(result).toMatchObject({ ok: false, error: { errorType: 'Sandbox.Timedout' } });
  expect(!result.ok && result.error.errorMessage).toMatch(/id-1 Task timed out after 0\.20 seconds$/);
  expect(container.dead).toBe(true);
});

test('A function that ends its process ends its container only.', async () => {
  const { container } = start();
  const result = await container.invoke('id', '{"crash":true}');
  expect(result).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  expect(container.dead).toBe(true);
});

test.each([
  [{ bundle: '/nowhere/at-all.mjs' }, /at-all/],
  [{ handlerName: 'missing' }, /exports no function "missing"/],
])('A bundle that cannot be loaded is the error of every invocation.', async (options, message) => {
  const { container } = start(options);
  const result = await container.invoke('id', '{}');
  expect(!result.ok && result.error.errorMessage).toMatch(message);
  expect((await container.invoke('id', '{}')).ok).toBe(false);
});

test("Console lines carry Lambda's fields; lines on standard output come as they are.", async () => {
  const { container, lines } = start();
  await container.invoke('id-7', '{"log":{"answer":42},"metric":"Tests"}');
  await expect.poll(() => lines.length).toBe(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'INFO',
    requestId: 'id-7',
    message: { answer: 42 },
  });
  expect(lines[1]).toMatch(/^\{"_aws"/);
});

test('What a function wrote before it ended its process is not lost.', async () => {
  const { container, lines } = start();
  await container.invoke('id', '{"log":"last words","crash":true}');
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toContain('last words');
});

test('What a function writes while it is at work can be read before it ends.', async () => {
  const { container, lines } = start();
  const running = container.invoke('id', '{"log":"at work","sleepMs":1000}');
  await expect.poll(() => lines.length, { timeout: 900 }).toBe(1);
  await running;
});
