import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect as connectClient, connectAsync } from 'mqtt';
import { generate } from 'mqtt-packet';
import { WebSocket } from 'ws';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { ConfigurationError } from '../../../../local/errors.ts';
import { attachWebSocket, listenTcp } from '../../../../local/iot/gateway/index.ts';
import type { Gateway } from '../../../../local/iot/gateway/index.ts';
import { connectPacket, startCloud } from './support.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const tcp = { host: '127.0.0.1', port: 0, setting: 'the option --mqtt-port' } as const;

/** A gateway on both transports; `urls` are for MQTT clients. */
async function start(): Promise<{
  gateway: Gateway;
  urls: Record<'tcp' | 'ws', string>;
  webPort: number;
  httpServer: Server;
}> {
  const { gateway } = startCloud({ clock: systemClock });
  const listener = await listenTcp(gateway, tcp);
  const httpServer = createServer((_request, response) => response.end('page'));
  const attachment = attachWebSocket(httpServer, gateway);
  const webPort = await new Promise<number>((resolve) => {
    httpServer.listen(0, '127.0.0.1', () => {
      const address = httpServer.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  cleanUps.push(async () => {
    gateway.close();
    attachment.close();
    httpServer.closeAllConnections();
    httpServer.close();
    await listener.close();
  });
  const urls = { tcp: `mqtt://127.0.0.1:${listener.port}`, ws: `ws://127.0.0.1:${webPort}/mqtt` };
  return { gateway, urls, webPort, httpServer };
}

async function connect(url: string, clientId: string, clean = true) {
  const client = await connectAsync(url, { clientId, clean, protocolVersion: 4, reconnectPeriod: 0 });
  cleanUps.push(() => client.endAsync(true));
  return client;
}

test.each(['tcp', 'ws'] as const)('MQTT.js publishes and subscribes over %s.', async (transport) => {
  const { urls } = await start();
  const reader = await connect(urls[transport], 'reader');
  const received: [string, string][] = [];
  const done = new Promise<void>((resolve) => {
    reader.on('message', (topic, payload) => {
      received.push([topic, payload.toString().slice(0, 10)]);
      if (received.length === 3) resolve();
    });
  });
  expect(await reader.subscribeAsync({ 'room/+': { qos: 1 }, big: { qos: 0 } })).toHaveLength(2);
  const writer = await connect(urls[transport === 'tcp' ? 'ws' : 'tcp'], 'writer');
  await writer.publishAsync('room/1', 'one', { qos: 1 });
  await writer.publishAsync('room/2', 'two', { qos: 0 });
  await writer.publishAsync('big', Buffer.alloc(131_072, 'b'), { qos: 1 });
  await done;
  expect(received).toEqual([
    ['room/1', 'one'],
    ['room/2', 'two'],
    ['big', 'bbbbbbbbbb'],
  ]);
});

test.each(['tcp', 'ws'] as const)('MQTT.js speaks MQTT 5 over %s.', async (transport) => {
  const { urls } = await start();
  const five = { protocolVersion: 5, reconnectPeriod: 0 } as const;
  const reader = await connectAsync(urls[transport], { ...five, clientId: 'reader' });
  const writer = await connectAsync(urls[transport], { ...five, clientId: 'writer' });
  cleanUps.push(() => Promise.all([reader.endAsync(true), writer.endAsync(true)]));
  const received = new Promise((resolve) => {
    reader.on('message', (topic, payload, { properties }) => {
      resolve([topic, payload.toString(), properties?.contentType, properties?.userProperties]);
    });
  });
  const [granted] = await reader.subscribeAsync('$share/group/room/+', { qos: 1 });
  expect(granted?.qos).toBe(1);
  const properties = { contentType: 'text/plain', userProperties: { unit: 'lux' } };
  await writer.publishAsync('room/1', 'one', { qos: 1, properties });
  expect(await received).toEqual(['room/1', 'one', 'text/plain', { unit: 'lux' }]);
  await expect(writer.publishAsync('$aws/x', 'one', { qos: 1 })).rejects.toMatchObject({ code: 0x90 });
});

test.each([
  ['with a close frame', (socket: WebSocket) => socket.close(), 'CLIENT_INITIATED_DISCONNECT'],
  ['without one', (socket: WebSocket) => socket.terminate(), 'CONNECTION_LOST'],
])('AWS: a WebSocket that ends %s is told apart.', async (_how, finish, disconnectReason) => {
  const { urls, gateway } = await start();
  const socket = new WebSocket(urls.ws, ['mqtt']);
  socket.on('open', () => socket.send(generate(connectPacket({ clientId: 'page' }))));
  await new Promise((resolve) => {
    socket.once('message', resolve);
  });
  finish(socket);
  await expect.poll(() => gateway.connectivity('page')).toMatchObject({ connected: false, disconnectReason });
});

test('A persistent session of MQTT.js is resumed over another transport.', async () => {
  const { urls } = await start();
  const before = await connect(urls.tcp, 'kept', false);
  await before.subscribeAsync('a', { qos: 1 });
  await before.endAsync();
  const writer = await connect(urls.tcp, 'writer');
  await writer.publishAsync('a', 'while away', { qos: 1 });
  const after = connectClient(urls.ws, { clientId: 'kept', clean: false, protocolVersion: 4 });
  cleanUps.push(() => after.endAsync(true));
  const text = await new Promise((resolve) => {
    after.on('message', (_topic, payload) => resolve(payload.toString()));
  });
  expect(text).toBe('while away');
});

test('A taken port is an error that names the port, its use and the setting.', async () => {
  const { gateway } = startCloud();
  const first = await listenTcp(gateway, tcp);
  cleanUps.push(() => first.close());
  const taken = listenTcp(gateway, { ...tcp, port: first.port });
  await expect(taken).rejects.toBeInstanceOf(ConfigurationError);
  await expect(taken).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: `Port ${first.port} on 127.0.0.1, which devices connect to with MQTT, is taken by another program. Stop that program, or choose another port with the option --mqtt-port.`,
  });
});

/** What a WebSocket handshake ends in: the chosen subprotocol, or the HTTP status of the refusal. */
function handshake(url: string, subprotocols: string[], origin?: string): Promise<string | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, subprotocols, origin === undefined ? {} : { origin });
    cleanUps.push(() => socket.terminate());
    socket.on('open', () => resolve(socket.protocol));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });
}

test.each([
  { path: '/mqtt', offered: ['mqtt'], outcome: 'mqtt' },
  { path: '/mqtt?x=1', offered: ['other', 'mqttv3.1'], outcome: 'mqttv3.1' },
  { path: '/mqtt', offered: ['mqttv3.1', 'mqtt'], outcome: 'mqtt' },
  { path: '/mqtt', offered: [], outcome: 400 },
  { path: '/mqtt', offered: ['other'], outcome: 400 },
  { path: '/other', offered: ['mqtt'], outcome: 404 },
  { path: '/mqtt', offered: ['mqtt'], origin: 'http://localhost:5173', outcome: 'mqtt' },
  { path: '/mqtt', offered: ['mqtt'], origin: 'https://127.0.0.1', outcome: 'mqtt' },
  { path: '/mqtt', offered: ['mqtt'], origin: 'http://[::1]:80', outcome: 'mqtt' },
  { path: '/mqtt', offered: ['mqtt'], origin: 'https://example.com', outcome: 403 },
  { path: '/mqtt', offered: ['mqtt'], origin: 'http://localhost.example.com', outcome: 403 },
  { path: '/mqtt', offered: ['mqtt'], origin: 'null', outcome: 403 },
])('$path with $offered from $origin gets $outcome.', async ({ path, offered, origin, outcome }) => {
  const { webPort } = await start();
  expect(await handshake(`ws://127.0.0.1:${webPort}${path}`, offered, origin)).toBe(outcome);
});

test('Upgrades to other paths are left to other listeners of the HTTP server.', async () => {
  const { webPort, httpServer } = await start();
  httpServer.on('upgrade', (request, socket) => {
    if (request.url === '/live') socket.end('HTTP/1.1 418 Live\r\nContent-Length: 0\r\n\r\n');
  });
  expect(await handshake(`ws://127.0.0.1:${webPort}/live`, [])).toBe(418);
});

test('[MQTT-6.0.0-1] A text frame ends the connection.', async () => {
  const { urls } = await start();
  const socket = new WebSocket(urls.ws, ['mqtt']);
  cleanUps.push(() => socket.terminate());
  await new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('open', () => socket.send('text'));
  });
  expect(socket.readyState).toBe(WebSocket.CLOSED);
});
