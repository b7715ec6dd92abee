import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { ConfigurationError } from '../../errors.ts';
import type { Gateway } from './gateway.ts';

export interface TcpOptions {
  /** Loopback only: plain MQTT asks nobody who they are. */
  readonly host: '127.0.0.1';
  /** 0 takes a free port. */
  readonly port: number;
  /** What the user changes to get another port, for the message about a taken one: `mqttPort in …`. */
  readonly setting: string;
}

export interface TcpListener {
  readonly port: number;
  /** Stops listening and cuts what is still open; close the gateway first to end connections properly. */
  close(): Promise<void>;
}

/**
 * Listens for MQTT on plain TCP.
 *
 * @throws ConfigurationError `PORT_TAKEN` or `PORT_UNUSABLE`, with the port, what it is for and the setting
 */
export async function listenTcp(gateway: Gateway, options: TcpOptions): Promise<TcpListener> {
  const sockets = new Set<Socket>();
  // Without noDelay a QoS 1 round trip waits up to 44 ms for Nagle's algorithm and delayed TCP ACKs.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    gateway.acceptStream(socket, { remoteAddress: socket.remoteAddress ?? '', transport: 'tcp' });
  });
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, options: TcpOptions): Promise<void> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(portError(error, options));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function portError(error: NodeJS.ErrnoException, { host, port, setting }: TcpOptions): ConfigurationError {
  const what = `Port ${port} on ${host}, which devices connect to with MQTT,`;
  const data = { host, port, setting };
  if (error.code === 'EADDRINUSE') {
    const message = `${what} is taken by another program. Stop that program, or choose another port with ${setting}.`;
    return new ConfigurationError(message, { code: 'PORT_TAKEN', data, cause: error });
  }
  const message = `${what} cannot be used: ${error.message}. Choose another port with ${setting}.`;
  return new ConfigurationError(message, { code: 'PORT_UNUSABLE', data, cause: error });
}
