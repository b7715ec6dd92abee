import { Buffer } from 'node:buffer';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Gateway } from './gateway.ts';

/** AWS's path for MQTT over WebSocket. */
const mqttPath = '/mqtt';
/** `mqtt` is the standard's name [MQTT-6.0.0-3]; AWS takes `mqttv3.1` as well. */
const subprotocols = ['mqtt', 'mqttv3.1'];
/** One frame may carry several packets, or a part of one [MQTT-6.0.0-2]. */
const frameBytes = 1024 * 1024;

/** Stands for a WebSocket that ended without a close frame (RFC 6455 §7.4.1). */
const abnormalClosure = 1006;

export interface WebSocketAttachment {
  /** Takes MQTT off the HTTP server again and cuts what is still open. */
  close(): void;
}

/**
 * Speaks MQTT over WebSocket on `/mqtt` of an HTTP server that is listening already, or will be. Upgrades
 * to other paths are left to the server's other listeners; without any they get a 404.
 *
 * A browser lets every page open a WebSocket to this machine, so only pages from this machine are let in.
 * Programs that are not browsers send no origin.
 */
export function attachWebSocket(httpServer: Server, gateway: Gateway): WebSocketAttachment {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = refusalOf(request);
    if (refusal === undefined) {
      const remoteAddress = request.socket.remoteAddress ?? '';
      server.handleUpgrade(request, socket, head, (webSocket) => accept(gateway, webSocket, remoteAddress));
    } else if (refusal.status !== 404 || httpServer.listenerCount('upgrade') === 1) {
      refuse(socket, refusal);
    }
  };
  httpServer.on('upgrade', upgrade);
  return {
    close() {
      httpServer.off('upgrade', upgrade);
      for (const webSocket of server.clients) webSocket.terminate();
      server.close();
    },
  };
}

function accept(gateway: Gateway, webSocket: WebSocket, remoteAddress: string): void {
  const stream = createWebSocketStream(webSocket);
  // In front of the stream's own listener, so that a text frame never reaches the parser [MQTT-6.0.0-1].
  webSocket.prependListener('message', (_data, isBinary) => {
    if (!isBinary) stream.destroy();
  });
  const accepted = gateway.acceptStream(stream, { remoteAddress, transport: 'websocket' });
  // In front of the stream's own listener as well: a close frame is a goodbye, the mere end of the stream is not.
  webSocket.prependListener('close', (code) => {
    if (code !== abnormalClosure) accepted.leave();
  });
}

interface Refusal {
  readonly status: 400 | 403 | 404;
  readonly text: string;
}

function refusalOf({ url, headers }: IncomingMessage): Refusal | undefined {
  if ((url ?? '').split('?', 1)[0] !== mqttPath) {
    return { status: 404, text: `Not Found: MQTT is on ${mqttPath}` };
  }
  if (!isLoopbackOrigin(headers.origin)) {
    return { status: 403, text: 'Forbidden: only pages from this machine may connect' };
  }
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!subprotocols.some((name) => offered.includes(name))) {
    return { status: 400, text: `Bad Request: the subprotocol must be ${subprotocols.join(' or ')}` };
  }
  return undefined;
}

/** Whether an `Origin` header is absent or names this machine. `null`, a sandboxed page's, is neither. */
function isLoopbackOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  const hostname = URL.parse(origin)?.hostname ?? '';
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function refuse(socket: Duplex, { status, text }: Refusal): void {
  // The client may be gone already, and nobody else listens on a socket that is being upgraded.
  socket.on('error', () => socket.destroy());
  const [reason = ''] = text.split(':', 1);
  const head = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`, () => socket.destroy());
}
