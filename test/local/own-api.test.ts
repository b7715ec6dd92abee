import { afterAll, beforeAll, expect, test } from 'vitest';
import { Faults } from '../../local/endpoint/faults.ts';
import { createOwnHandler } from '../../local/own-api.ts';
import { startEndpoint } from './endpoint/support.ts';

const faults = new Faults();
let running: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  running = await startEndpoint({}, createOwnHandler({ faults, status: () => ({ pending: 3 }) }));
});
afterAll(() => running.close());

async function ask(method: string, at: string, body?: string) {
  const request = body === undefined ? { method } : { method, body };
  const answer = await fetch(`${running.url}/_glasshouse/${at}`, request);
  const answered: unknown = await answer.json();
  return { status: answer.status, body: answered };
}

test('The status is JSON.', async () => {
  expect(await ask('GET', 'status')).toEqual({ status: 200, body: { pending: 3 } });
});

test('A fault is taken, with what it leaves out filled in; all of them are taken back.', async () => {
  const fault = { service: 'sqs', code: 'Throttled' };
  expect(await ask('POST', 'faults', JSON.stringify(fault))).toEqual({
    status: 201,
    body: { ...fault, status: 500, message: 'a fault that was asked for', times: 1 },
  });
  expect(await ask('DELETE', 'faults')).toEqual({ status: 200, body: {} });
  expect(() => faults.meet('sqs', 'SendMessage')).not.toThrow();
});

test.each([
  ['POST', 'faults', '{'],
  ['POST', 'faults', '{"service":"sqs"}'],
  ['POST', 'faults', '{"service":"sqs","code":"X","times":0}'],
  ['POST', 'faults', '{"service":"sqs","code":"X","status":200}'],
  ['POST', 'faults', '{"service":"sqs","code":"X","operations":"Y"}'],
])('What is no fault is refused: %s %s %s.', async (method, at, body) => {
  expect((await ask(method, at, body)).status).toBe(400);
});

test('A body without end is refused.', async () => {
  expect((await ask('POST', 'faults', 'x'.repeat(70_000))).status).toBe(413);
});

test.each([
  ['GET', 'faults'],
  ['POST', 'status'],
  ['GET', ''],
  ['GET', 'status/x'],
])('There is nothing at %s %s, and the answer says what there is.', async (method, at) => {
  const answer = await ask(method, at);
  expect(answer.status).toBe(404);
  expect(JSON.stringify(answer.body)).toContain('GET /_glasshouse/status');
});
