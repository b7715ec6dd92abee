import { createServer } from 'node:net';
import type { Gateway } from './gateway.ts';
import { listenForDevices, type DeviceListener, type ListenerOptions } from './listening.ts';

/**
 * Listens for MQTT on plain TCP, where nobody is asked who they are.
 *
 * @throws ConfigurationError `PORT_TAKEN` or `PORT_UNUSABLE`, with the port, what it is for and the setting
 */
export function listenTcp(gateway: Gateway, options: ListenerOptions): Promise<DeviceListener> {
  // Without noDelay a QoS 1 round trip waits up to 44 ms for Nagle's algorithm and delayed TCP ACKs.
  const server = createServer({ noDelay: true }, (socket) => {
    const { remoteAddress = '', remotePort = 0 } = socket;
    gateway.acceptStream(socket, { remoteAddress, remotePort, transport: 'tcp' });
  });
  return listenForDevices(server, options, 'which devices connect to with MQTT');
}
