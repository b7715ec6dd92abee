import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { watchDoor } from '../../../cli/sigfox/watch-door.ts';
import { httpDoor, type SigfoxCall } from '../../../local/devices/sigfox/door.ts';

const CALL: SigfoxCall = { type: 'uplink', variables: { device: '1A2B3C' } };

test('What a door does not take is counted, with the reason of the last; what it takes is not.', async () => {
  const statuses = [204, 401, 503];
  const server = createServer((_request, response) => {
    response.writeHead(statuses.shift() ?? 500, { connection: 'close' }).end('no\nentry');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { door, failures } = watchDoor(httpDoor(`http://127.0.0.1:${port}/sigfox`, {}));
  expect((await door(CALL)).status).toBe(204);
  expect(failures).toEqual({ count: 0, last: '' });
  expect((await door(CALL)).status).toBe(401);
  expect(failures).toEqual({ count: 1, last: 'the door answered 401: no\\nentry' });
  await door(CALL);
  server.close();
  await once(server, 'close');
  await expect(door(CALL)).rejects.toThrow('fetch failed');
  expect(failures.count).toBe(3);
  expect(failures.last).toMatch(/^the door was not reached: .*ECONNREFUSED/);
});
