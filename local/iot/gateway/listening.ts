import type { Server, Socket } from 'node:net';
import { ConfigurationError } from '../../errors.ts';

export interface ListenerOptions {
  /** Loopback only: nothing else may reach a cloud that runs on a laptop. */
  readonly host: '127.0.0.1';
  /** 0 takes a free port. */
  readonly port: number;
  /** What the user changes to get another port, for the message about a taken one: `mqttPort in …`. */
  readonly setting: string;
}

export interface DeviceListener {
  readonly port: number;
  /** Stops listening and cuts what is still open; close the gateway first to end connections properly. */
  close(): Promise<void>;
}

/**
 * Lets a server listen for devices.
 *
 * @param purpose a clause for messages: `which devices connect to with MQTT`
 * @throws ConfigurationError `PORT_TAKEN` or `PORT_UNUSABLE`, with the port, what it is for and the setting
 */
export async function listenForDevices(
  server: Server,
  options: ListenerOptions,
  purpose: string,
): Promise<DeviceListener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, options, purpose);
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

function listen(server: Server, options: ListenerOptions, purpose: string): Promise<void> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(portError(error, options, purpose));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function portError(
  error: NodeJS.ErrnoException,
  { host, port, setting }: ListenerOptions,
  purpose: string,
): ConfigurationError {
  const what = `Port ${port} on ${host}, ${purpose},`;
  const data = { host, port, setting };
  if (error.code === 'EADDRINUSE') {
    const message = `${what} is taken by another program. Stop that program, or choose another port with ${setting}.`;
    return new ConfigurationError(message, { code: 'PORT_TAKEN', data, cause: error });
  }
  const message = `${what} cannot be used: ${error.message}. Choose another port with ${setting}.`;
  return new ConfigurationError(message, { code: 'PORT_UNUSABLE', data, cause: error });
}
