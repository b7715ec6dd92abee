import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../local/free-port.ts';

let server: Server;
let taken: number;

beforeEach(async () => {
  server = createServer();
  taken = await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
});
afterEach(() => {
  server.close();
});

test('A free port is none that the system would give to somebody else meanwhile.', async () => {
  for (let count = 0; count < 20; count += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(15_000);
    expect(port).toBeLessThan(32_768);
  }
});

test('A port that is taken is passed over.', async () => {
  const free = await freePort();
  const picks = [taken, taken, free];
  expect(await freePort(() => picks.shift() ?? 0)).toBe(free);
});

test('Where every pick is taken, the system chooses.', async () => {
  const port = await freePort(() => taken);
  expect(port).not.toBe(taken);
  expect(port).toBeGreaterThan(0);
});
