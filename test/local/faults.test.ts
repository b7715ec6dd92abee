import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Faults, withFaults } from '../../local/endpoint/faults.ts';
import { authorization, startEndpoint } from './endpoint/support.ts';

const faults = new Faults();
let running: Awaited<ReturnType<typeof startEndpoint>>;

beforeAll(async () => {
  running = await startEndpoint({
    plain: withFaults('plain', (_request, response) => void response.end('served'), faults),
    buffered: withFaults(
      'buffered',
      { maxBodyBytes: 9, handle: ({ body }, response) => void response.end(`served ${body.length}`) },
      faults,
    ),
    streaming: withFaults(
      'streaming',
      { stream: async (_head, incoming, response) => void response.end(`served ${await text(incoming)}`) },
      faults,
    ),
  });
});
beforeEach(() => faults.clear());
afterAll(() => running.close());

async function call(service: string, operation?: string): Promise<string> {
  const target = operation === undefined ? {} : { 'x-amz-target': `Api_20120810.${operation}` };
  const headers = { ...authorization(service), ...target };
  const answer = await fetch(running.url, { method: 'POST', headers, body: 'abc' });
  const body = await answer.text();
  return answer.ok ? body : `${answer.status} ${answer.headers.get('x-amzn-errortype')}`;
}

test.each(['plain', 'buffered', 'streaming'])(
  'So many calls of a service fail, then it serves: %s.',
  async (service) => {
    faults.add({ service, code: 'Throttled', status: 429, times: 2 });
    expect([await call(service), await call(service)]).toEqual(['429 Throttled', '429 Throttled']);
    expect(await call(service)).toMatch(/^served/);
  },
);

test('A fault of one operation leaves the others and other services alone.', async () => {
  faults.add({ service: 'plain', operation: 'UpdateItem', code: 'Throttled', status: 400 });
  expect(await call('plain', 'GetItem')).toBe('served');
  expect(await call('plain')).toBe('served');
  expect(await call('buffered', 'UpdateItem')).toBe('served 3');
  expect(await call('plain', 'UpdateItem')).toBe('400 Throttled');
  expect(await call('plain', 'UpdateItem')).toBe('served');
});

test('Faults are met in the order in which they were asked for.', async () => {
  faults.add({ service: 'plain', code: 'First' });
  faults.add({ service: 'plain', code: 'Second', status: 503 });
  expect([await call('plain'), await call('plain'), await call('plain')]).toEqual([
    '500 First',
    '503 Second',
    'served',
  ]);
});
