import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system hands out by itself: Linux does so from 32768, others from 49152. Between the choice of one
 * and its use no other program is given it by chance.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;

/** More in a row are not taken by chance. */
const MAX_TRIES = 20;

/**
 * A port of the loopback that was free a moment ago, for programs that cannot choose one themselves.
 *
 * @param pick gives ports to try. @default any of 15000 to 32000
 */
export async function freePort(
  pick: () => number = () => randomInt(FIRST_PORT, LAST_PORT + 1),
): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = await tryPort(pick());
    if (port !== undefined) return port;
  }
  // The system knows one, if there is any.
  return (await tryPort(0)) ?? 0;
}

/** Undefined when the port cannot be had. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
