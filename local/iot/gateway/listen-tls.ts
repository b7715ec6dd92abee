import { createServer, type TLSSocket } from 'node:tls';
import { deviceDoor, type DeviceDoorOptions } from './devices.ts';
import type { Gateway } from './gateway.ts';
import { listenForDevices, type DeviceListener, type ListenerOptions } from './listening.ts';

/** AWS's name for MQTT with client certificates in the TLS handshake; on 8883 clients may leave it out. */
const applicationProtocol = 'x-amzn-mqtt-ca';
/** A client that is slower with its handshake is cut. */
const handshakeTimeoutMs = 10_000;

/** What the server shows of itself. */
export interface ServerCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM, with the chain up to but without the root. */
  readonly cert: string;
}

export interface TlsOptions extends ListenerOptions, DeviceDoorOptions {
  readonly server: ServerCertificate;
}

/**
 * Listens for MQTT over TLS, with client certificates. As on AWS the handshake succeeds with any certificate
 * whose key the client has; whether it may connect is decided on the CONNECT packet.
 *
 * @throws ConfigurationError `PORT_TAKEN` or `PORT_UNUSABLE`, with the port, what it is for and the setting
 */
export function listenTls(gateway: Gateway, options: TlsOptions): Promise<DeviceListener> {
  const server = createServer(
    { ...options.server, ...handshake, ALPNProtocols: [applicationProtocol], noDelay: true },
    (socket) => {
      const { remoteAddress = '', remotePort = 0 } = socket;
      const serverName = typeof socket.servername === 'string' ? { serverName: socket.servername } : {};
      const door = deviceDoor(options, peerCertificateDer(socket), remoteAddress);
      gateway.acceptStream(socket, { remoteAddress, remotePort, transport: 'tls', ...serverName }, door);
    },
  );
  // A handshake that fails has no stream that could report it; Node cuts the socket itself.
  server.on('tlsClientError', () => undefined);
  return listenForDevices(server, options, 'which devices connect to with MQTT over TLS');
}

/** How both device listeners shake hands. */
export const handshake = {
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  handshakeTimeout: handshakeTimeoutMs,
} as const;

/** The DER of the client's own certificate; undefined when it showed none. */
export function peerCertificateDer(socket: TLSSocket): Uint8Array | undefined {
  return socket.getPeerX509Certificate()?.raw;
}
