import { once } from 'node:events';
import type { Server } from 'node:http';
import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';

/** How long requests that run when the server closes may go on. */
const GRACE_MS = 1_000;

export interface ListenOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What the port is for, in words: `the AWS APIs`. @default the AWS APIs */
  readonly purpose?: string;
  /** The name of the setting that moves it elsewhere, for the message when the port is taken. */
  readonly setting: string;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** `http://<host>:<port>`, as AWS_ENDPOINT_URL wants it. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Lets an HTTP server listen.
 *
 * @throws ConfigurationError `PORT_UNAVAILABLE` that names the port, what it is for and the setting to change.
 */
export async function listen(server: Server, options: ListenOptions): Promise<Listener> {
  const { host = '127.0.0.1', port: wanted, purpose = 'the AWS APIs', setting } = options;
  server.listen({ host, port: wanted });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new ConfigurationError(
      `Port ${wanted} on ${host} for ${purpose} cannot be opened: ${reason(cause)}. ` +
        `Stop what uses it, or set ${setting} to another port.`,
      { code: 'PORT_UNAVAILABLE', data: { host, port: wanted, setting }, cause },
    );
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : wanted;
  return { host, port, url: `http://${host}:${port}`, close: () => closeServer(server) };
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return 'another program is using it';
  if (code === 'EACCES') return 'this user may not open it';
  return errorText(cause);
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  // close() ends the connections that are idle now; the sweep those whose last answer is still on its way.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  const closed = once(server, 'close');
  server.close();
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
