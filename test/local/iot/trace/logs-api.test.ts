import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { Faults } from '../../../../local/endpoint/faults.ts';
import { TraceLog } from '../../../../local/iot/trace/index.ts';
import { createOwnHandler } from '../../../../local/own-api.ts';
import { startEndpoint } from '../../endpoint/support.ts';

let log: TraceLog;
let running: Awaited<ReturnType<typeof startEndpoint>>;

function newLog(): TraceLog {
  return new TraceLog({ clock: systemClock, accountId: '000000000000', maxRecords: 50 });
}

beforeAll(async () => {
  const faults = new Faults();
  running = await startEndpoint({}, (incoming, response) =>
    createOwnHandler({ faults, status: () => ({}), log })(incoming, response),
  );
});
beforeEach(() => {
  log = newLog();
});
afterAll(() => running.close());

function connect(clientId: string, topicName = 'a'): void {
  log.record({ logLevel: 'INFO', status: 'Success', eventType: 'Connect', clientId, topicName });
}

async function get(query: string) {
  const response = await fetch(`${running.url}/_glasshouse/logs${query}`);
  const body: unknown = await response.json();
  return { status: response.status, body };
}

test('The newest are answered, with where to go on.', async () => {
  for (const name of ['one', 'two', 'three']) connect(name);
  const { status, body } = await get('?limit=2');
  expect(status).toBe(200);
  expect(body).toMatchObject({ entries: [{ clientId: 'two' }, { clientId: 'three' }], next: 3, missed: 0 });
  connect('four');
  expect((await get('?after=3')).body).toMatchObject({ entries: [{ clientId: 'four' }], next: 4 });
  expect((await get('?after=4')).body).toEqual({ entries: [], next: 4, missed: 0 });
});

test('A query picks by topic filter and level.', async () => {
  connect('here', 'a/b');
  connect('elsewhere', 'c');
  log.record({ logLevel: 'ERROR', status: 'Failure', eventType: 'Publish-In', topicName: 'a/b' });
  expect((await get('?topic=a/%2B')).body).toMatchObject({
    entries: [{ clientId: 'here' }, { eventType: 'Publish-In' }],
  });
  expect((await get('?level=ERROR')).body).toMatchObject({ entries: [{ eventType: 'Publish-In' }] });
});

test.each([
  '?limit=0',
  '?limit=1001',
  '?after=-1',
  '?after=x',
  '?topic=a%23',
  '?follow=yes',
  '?level=LOUD',
  '?what=1',
])('A query that cannot be is refused: %s.', async (query) => {
  const { status, body } = await get(query);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain('The query is wrong');
});

async function follow(query: string): Promise<{ lines: AsyncIterator<string>; response: IncomingMessage }> {
  const asked = request(`${running.url}/_glasshouse/logs?follow=true${query}`).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
  });
  return { lines: createInterface({ input: response })[Symbol.asyncIterator](), response };
}

test('Who follows gets what was, what comes, and an end with the log.', async () => {
  connect('before');
  const { lines, response } = await follow('&limit=1');
  expect(response.headers['content-type']).toBe('application/x-ndjson');
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  expect(await next()).toMatchObject({ clientId: 'before', glasshouse: { sequence: 1 } });
  connect('after');
  connect('later');
  expect(await next()).toMatchObject({ clientId: 'after' });
  expect(await next()).toMatchObject({ clientId: 'later' });
  log.close();
  expect((await lines.next()).done).toBe(true);
});

test('Who is too slow is told what is missing.', async () => {
  for (let count = 0; count < 80; count += 1) connect(`c${count}`);
  const { lines, response } = await follow('&after=0&limit=1');
  expect(JSON.parse(String((await lines.next()).value))).toEqual({ missed: 30 });
  response.destroy();
});

test('Many who go away leave nothing behind.', async () => {
  for (let count = 0; count < 20; count += 1) {
    const { response } = await follow('');
    const closed = once(response, 'close');
    response.destroy();
    await closed;
  }
  connect('still there');
  expect((await get('')).body).toMatchObject({ entries: [{ clientId: 'still there' }] });
});

test('A cloud without a log has nothing there.', async () => {
  const without = await startEndpoint({}, createOwnHandler({ faults: new Faults(), status: () => ({}) }));
  expect((await fetch(`${without.url}/_glasshouse/logs`)).status).toBe(404);
  await without.close();
});
