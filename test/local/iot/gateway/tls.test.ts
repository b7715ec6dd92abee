import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { connectAsync, type IClientOptions } from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { ConfigurationError } from '../../../../local/errors.ts';
import {
  createGateway,
  listenHttps,
  listenTls,
  type Authoriser,
  type DeviceDirectory,
  type Gateway,
} from '../../../../local/iot/gateway/index.ts';
import type { IotMessage } from '../../../../local/iot/message.ts';
import { makeCa, makeCertificate, type TestCertificate } from '../../../support/x509.ts';
import { allowEverything, connectPacket } from './support.ts';

const host = '127.0.0.1';
let ca: TestCertificate;
let server: { readonly key: string; readonly cert: string };
let lamp: TestCertificate;
let stranger: TestCertificate;
let pending: TestCertificate;
let revoked: TestCertificate;

beforeAll(() => {
  ca = makeCa();
  const shown = makeCertificate({ issuer: ca, use: { for: 'server', hosts: ['localhost', host] } });
  server = { cert: shown.pem, key: keyOf(shown) };
  const issue = (name: string) => makeCertificate({ subject: { CommonName: [name] }, issuer: ca });
  [lamp, pending, revoked] = [issue('lamp'), issue('pending'), issue('revoked')];
  stranger = makeCertificate({ subject: { CommonName: ['stranger'] } });
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function keyOf({ keys }: TestCertificate): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Started {
  readonly gateway: Gateway;
  readonly port: number;
  readonly httpsPort: number;
  readonly published: IotMessage[];
  /** Statuses by certificate id, to be changed. */
  readonly statuses: Map<string, string>;
}

/** A gateway with both device listeners, and a registry that knows three certificates. */
async function start(authoriser: Authoriser = allowEverything): Promise<Started> {
  const published: IotMessage[] = [];
  const statuses = new Map([
    [lamp.certificate.certificateId, 'ACTIVE'],
    [pending.certificate.certificateId, 'PENDING_ACTIVATION'],
    [revoked.certificate.certificateId, 'REVOKED'],
  ]);
  const byDer = new Map(
    [lamp, pending, revoked].map(({ certificate: { der, certificateId } }) => [hex(der), certificateId]),
  );
  const directory: DeviceDirectory = {
    identify(der) {
      const certificateId = byDer.get(hex(der));
      const status = statuses.get(certificateId ?? '');
      return certificateId === undefined || status === undefined ? undefined : { certificateId, status };
    },
    registerAtFirstConnect(der) {
      if (hex(der) !== hex(pending.certificate.der)) return {};
      return { event: { topic: '$aws/events/certificates/registered/ca', payload: '{"x":1}' } };
    },
  };
  const publish = (message: IotMessage): void => {
    published.push(message);
    gateway.deliver(message);
  };
  const gateway = createGateway({ clock: systemClock, publish });
  const uuid = () => 'trace';
  const common = {
    host,
    port: 0,
    setting: 'the test',
    server,
    directory,
    authoriser,
    publish,
    uuid,
  } as const;
  const tls = await listenTls(gateway, common);
  const https = await listenHttps(common);
  cleanUps.push(async () => {
    gateway.close();
    await tls.close();
    await https.close();
  });
  return { gateway, port: tls.port, httpsPort: https.port, published, statuses };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function showing(certificate: TestCertificate | undefined): { ca: string; cert?: string; key?: string } {
  const trust = { ca: ca.pem };
  return certificate === undefined ? trust : { ...trust, cert: certificate.pem, key: keyOf(certificate) };
}

async function connect(port: number, certificate: TestCertificate, options: IClientOptions = {}) {
  const client = await connectAsync(`mqtts://localhost:${port}`, {
    ...showing(certificate),
    clientId: 'lamp',
    reconnectPeriod: 0,
    ...options,
  });
  cleanUps.push(() => client.endAsync(true));
  return client;
}

/** Sends a CONNECT over TLS; returns the bytes that came before the end. */
async function rawConnect(port: number, options: ConnectionOptions, version: 4 | 5): Promise<Buffer> {
  const socket = await handshake(port, options);
  socket.write(generate(connectPacket({ clientId: 'lamp', protocolVersion: version })));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectTls({ port, host, servername: 'localhost', ...options });
  socket.on('error', () => undefined);
  cleanUps.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

test.each([4, 5] as const)(
  'A device with an ACTIVE certificate connects with MQTT version %d.',
  async (version) => {
    const { gateway, port, published } = await start();
    const client = await connect(port, lamp, { protocolVersion: version });
    await client.publishAsync('a', 'x', { qos: 1 });
    const principal = lamp.certificate.certificateId;
    expect(published.find(({ topic }) => topic === 'a')?.publisher).toEqual({
      protocol: 'MQTT',
      clientId: 'lamp',
      principal,
      sourceIp: host,
    });
    expect(gateway.client('lamp')).toMatchObject({
      isConnected: true,
      protocolVersion: version,
      connection: { identity: { origin: { transport: 'tls', serverName: 'localhost', principal } } },
    });
  },
);

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '%s is spoken, also by the name x-amzn-mqtt-ca.',
  async (version) => {
    const { port } = await start();
    const only = { minVersion: version, maxVersion: version } as const;
    const socket = await handshake(port, { ...showing(lamp), ...only, ALPNProtocols: ['x-amzn-mqtt-ca'] });
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, 'x-amzn-mqtt-ca']);
    socket.write(generate(connectPacket({ clientId: 'lamp' })));
    const connack = await new Promise<Buffer>((resolve) => {
      socket.once('data', resolve);
    });
    expect([...connack]).toEqual([0x20, 2, 0, 0]);
  },
);

test('Older versions of TLS, and other protocols by name, are not spoken.', async () => {
  const { port } = await start();
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await expect(handshake(port, { ...showing(lamp), ...old })).rejects.toThrow(
    /alert protocol version|EPROTO/,
  );
  await expect(handshake(port, { ...showing(lamp), ALPNProtocols: ['http/1.1'] })).rejects.toThrow(
    /no application protocol/,
  );
});

test.each([
  ['no certificate', () => undefined],
  ['a certificate that nobody knows', () => stranger],
  ['a certificate that waits for its activation', () => pending],
  ['a REVOKED certificate', () => revoked],
])('AWS: with %s the handshake succeeds, and CONNECT gets no CONNACK.', async (_what, certificate) => {
  const { port, gateway, published } = await start();
  for (const version of [4, 5] as const) {
    expect(await rawConnect(port, showing(certificate()), version)).toEqual(Buffer.alloc(0));
  }
  expect(gateway.clients()).toEqual([]);
  const told = published.filter(({ topic }) => topic.startsWith('$aws/events/presence/'));
  expect(told).toEqual([]);
});

test('AWS: a registration is announced on each CONNECT of its certificate, and on nothing less.', async () => {
  const { port, published } = await start();
  const socket = await handshake(port, showing(pending));
  socket.destroy();
  await rawConnect(port, showing(pending), 4);
  await rawConnect(port, showing(pending), 4);
  expect(published).toMatchObject([
    {
      topic: '$aws/events/certificates/registered/ca',
      payload: Buffer.from('{"x":1}'),
      publisher: { protocol: 'MQTT', clientId: 'lamp', sourceIp: host },
    },
    { topic: '$aws/events/certificates/registered/ca' },
  ]);
});

test('A refused certificate does not push the client of the same id off.', async () => {
  const { port, gateway } = await start();
  await connect(port, lamp);
  await rawConnect(port, showing(revoked), 4);
  expect(gateway.client('lamp')).toMatchObject({ isConnected: true });
});

test('Policies see the certificate; who may not connect gets no CONNACK in MQTT 3.1.1, a reason in MQTT 5.', async () => {
  const seen: unknown[] = [];
  const authoriser: Authoriser = {
    ...allowEverything,
    connect(client, { connectAttributes }) {
      seen.push([client.origin.principal, connectAttributes]);
      return false;
    },
  };
  const { port } = await start(authoriser);
  expect(await rawConnect(port, showing(lamp), 4)).toEqual(Buffer.alloc(0));
  const refusal = await rawConnect(port, showing(lamp), 5);
  expect([...refusal.subarray(0, 4)]).toEqual([0x20, refusal.length - 2, 0, 0x87]);
  const principal = lamp.certificate.certificateId;
  expect(seen).toEqual([
    [principal, []],
    [principal, []],
  ]);
});

test('The connections of a certificate end when it is not valid any more.', async () => {
  const { gateway, port, published, statuses } = await start();
  const one = await connect(port, lamp, { clientId: 'one' });
  const two = await connect(port, lamp, { clientId: 'two', protocolVersion: 5 });
  const reasons: unknown[] = [];
  two.on('disconnect', ({ reasonCode }) => reasons.push(reasonCode));
  const closed = Promise.all(
    [one, two].map((client) => new Promise<void>((resolve) => void client.once('close', () => resolve()))),
  );
  const { certificateId } = lamp.certificate;
  statuses.set(certificateId, 'INACTIVE');
  expect(gateway.disconnectPrincipal(certificateId, 'AUTH_ERROR')).toBe(2);
  await closed;
  expect(reasons).toEqual([0x87]);
  expect(published.at(-1)).toMatchObject({ topic: '$aws/events/presence/disconnected/two' });
  expect(gateway.disconnectPrincipal(certificateId, 'AUTH_ERROR')).toBe(0);
});

test('A taken port is an error that says what it is for.', async () => {
  const { gateway, port } = await start();
  const { published: _published, ...rest } = await start();
  expect(rest.port).not.toBe(port);
  const directory: DeviceDirectory = { identify: () => undefined, registerAtFirstConnect: () => ({}) };
  const options = { host, port, setting: 'the option --mqtts-port', server, directory } as const;
  const taken = listenTls(gateway, {
    ...options,
    authoriser: allowEverything,
    publish: () => undefined,
    uuid: () => '',
  });
  await expect(taken).rejects.toBeInstanceOf(ConfigurationError);
  await expect(taken).rejects.toThrow(
    /which devices connect to with MQTT over TLS, is taken .+ --mqtts-port/,
  );
});

interface Answer {
  readonly status: number | undefined;
  readonly type: string | string[] | undefined;
  readonly body: unknown;
}

function call(
  port: number,
  target: string,
  options: { certificate?: TestCertificate; method?: string; body?: string | Buffer } = {},
): Promise<Answer> {
  const { certificate, method = 'POST', body = '' } = options;
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      { host: 'localhost', port, path: target, method, agent: false, ...showing(certificate) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            type: response.headers['x-amzn-errortype'],
            body: JSON.parse(Buffer.concat(chunks).toString()),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('A device publishes over HTTPS with its certificate.', async () => {
  const { httpsPort, published } = await start();
  const answer = await call(httpsPort, '/topics/a%2Fb?qos=1&contentType=text%2Fplain', {
    certificate: lamp,
    body: 'x',
  });
  expect(answer).toMatchObject({ status: 200, body: { message: 'OK', traceId: 'trace' } });
  expect(published).toEqual([
    {
      topic: 'a/b',
      payload: Buffer.from('x'),
      qos: 1,
      retain: false,
      publisher: { protocol: 'HTTP', principal: lamp.certificate.certificateId, sourceIp: host },
      traceId: 'trace',
      republishes: 0,
      properties: { contentType: 'text/plain' },
    },
  ]);
});

test.each([
  ['no certificate', () => ({})],
  ['a certificate that nobody knows', () => ({ certificate: stranger })],
  ['a REVOKED certificate', () => ({ certificate: revoked })],
])('Publishing over HTTPS with %s is forbidden.', async (_what, options) => {
  const { httpsPort, published } = await start();
  const answer = await call(httpsPort, '/topics/a?qos=1', { ...options(), body: 'x' });
  expect(answer).toMatchObject({ status: 403, type: 'ForbiddenException' });
  expect(published).toEqual([]);
});

test.each([
  ['/topics/denied?qos=1', 403, 'ForbiddenException'],
  ['/topics/a?qos=1&retain=true', 403, 'ForbiddenException'],
  ['/topics/a?qos=2', 400, 'InvalidRequestException'],
  ['/topics/%24aws%2Fevents%2Fx', 400, 'InvalidRequestException'],
  ['/topics/a%2F%2B', 400, 'InvalidRequestException'],
  ['/things/lamp/shadow', 501, 'UnsupportedOperationException'],
])('HTTPS: %s is refused with %d %s.', async (target, status, type) => {
  const { httpsPort, published } = await start({
    ...allowEverything,
    publish: ({ clientId }, topic, retain) => clientId === '' && topic !== 'denied' && !retain,
  });
  const answer = await call(httpsPort, target, { certificate: lamp, body: 'x' });
  expect(answer).toMatchObject({ status, type });
  expect(published).toEqual([]);
});

test('A payload of more than 128 KB is refused over HTTPS.', async () => {
  const { httpsPort } = await start();
  const answer = await call(httpsPort, '/topics/a', { certificate: lamp, body: Buffer.alloc(131_073) });
  expect(answer).toMatchObject({ status: 413 });
});

test('Shadows over HTTPS are asked of the policy by their action and thing, and then of the service.', async () => {
  const asked: unknown[] = [];
  const served: string[] = [];
  const directory: DeviceDirectory = {
    identify: () => ({ certificateId: 'c0ffee', status: 'ACTIVE' }),
    registerAtFirstConnect: () => ({}),
  };
  const https = await listenHttps({
    host,
    port: 0,
    setting: 'the test',
    server,
    directory,
    authoriser: {
      ...allowEverything,
      useThing(client, action, thingName) {
        asked.push([client.origin.principal, action, thingName]);
        return action !== 'iot:DeleteThingShadow';
      },
    },
    shadows({ method, path, body, accessKeyId }, response) {
      served.push(`${accessKeyId} ${method} ${path} ${body.toString()}`);
      response.writeHead(200).end('{}');
    },
    publish: () => undefined,
    uuid: () => 'trace',
  });
  cleanUps.push(() => https.close());
  const shadow = '/things/lamp/shadow?name=config';
  const updated = await call(https.port, shadow, { certificate: lamp, body: '{"state":{}}' });
  const deleted = await call(https.port, shadow, { certificate: lamp, method: 'DELETE' });
  expect([updated.status, deleted.status]).toEqual([200, 403]);
  expect(asked).toEqual([
    ['c0ffee', 'iot:UpdateThingShadow', 'lamp'],
    ['c0ffee', 'iot:DeleteThingShadow', 'lamp'],
  ]);
  expect(served).toEqual(['c0ffee POST /things/lamp/shadow {"state":{}}']);
});
