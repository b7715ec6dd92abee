import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { GatewayOptions } from '../../../../local/iot/gateway/index.ts';
import type { Change } from '../../../../local/iot/gateway/storage/session-storage.ts';
import { openSessionStorage } from '../../../../local/iot/gateway/index.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import {
  cloudMessage,
  connected,
  connectPacket,
  lose,
  PacketClient,
  startCloud,
  subscribed,
  summary,
} from './support.ts';
import type { TestCloud } from './support.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-sessions-'));
  folders.push(folder);
  return path.join(folder, 'sessions.sqlite');
}

/** A gateway that keeps its sessions in a file. */
function start(file: string, options: Partial<GatewayOptions> = {}): TestCloud {
  return startCloud({ storage: openSessionStorage(file), ...options });
}

const kept = { clientId: 'kept', clean: false } as const;

async function again({ gateway }: TestCloud, fields: Parameters<typeof connectPacket>[0] = kept) {
  const client = new PacketClient(gateway, { version: fields?.protocolVersion === 5 ? 5 : 4 });
  client.send(connectPacket(fields));
  return await client.settle();
}

test('A session, its subscriptions and what waits for it are there after a restart.', async () => {
  const file = newFile();
  const before = start(file);
  const client = await subscribed(before.gateway, { a: 1, b: 0 }, kept);
  for (const text of ['1', '2', '3']) {
    before.gateway.deliver(cloudMessage('a', { qos: 1, payload: Buffer.from(text) }));
  }
  await client.settle();
  client.send({ cmd: 'puback', messageId: 1 });
  await client.settle();
  await lose(before.gateway, client);
  before.gateway.deliver(cloudMessage('a', { qos: 1, payload: Buffer.from('4') }));
  before.gateway.close();

  const after = start(file);
  expect(after.gateway.counts()).toMatchObject({ sessions: 1, subscriptions: 2 });
  after.gateway.deliver(cloudMessage('a', { qos: 1, payload: Buffer.from('5') }));
  expect(summary(await again(after))).toEqual([
    'connack 0 present',
    'publish a=2 qos1 id1',
    'publish a=3 qos1 id2',
    'publish a=4 qos1 id3',
    'publish a=5 qos1 id4',
  ]);
  after.gateway.close();
});

test('A client that is connected when the gateway ends finds its session after it.', async () => {
  const file = newFile();
  const before = start(file);
  await subscribed(before.gateway, { a: 1 }, kept);
  before.gateway.close();
  const after = start(file);
  after.gateway.deliver(cloudMessage('a', { qos: 1 }));
  expect(summary(await again(after))).toEqual(['connack 0 present', 'publish a=x qos1 id1']);
  after.gateway.close();
});

test('What was noted a tenth of a second ago survives even when nobody closes the gateway.', async () => {
  const file = newFile();
  const before = start(file);
  await lose(before.gateway, await subscribed(before.gateway, { a: 1 }, kept));
  before.gateway.deliver(cloudMessage('a', { qos: 1 }));
  before.clock.advance(100);
  const after = start(file);
  expect(summary(await again(after))).toEqual(['connack 0 present', 'publish a=x qos1 id1']);
  after.gateway.close();
  before.gateway.close();
});

test('A message that is acknowledged at once is never written.', async () => {
  const storage = openSessionStorage(newFile());
  const changes: Change[] = [];
  const { gateway, clock } = startCloud({
    storage: {
      ...storage,
      apply(batch) {
        changes.push(...batch);
        storage.apply(batch);
      },
    },
  });
  const client = await subscribed(gateway, { a: 1 }, kept);
  for (const acknowledgeLater of [false, true]) {
    gateway.deliver(cloudMessage('a', { qos: 1 }));
    await client.settle();
    if (acknowledgeLater) clock.advance(100);
    client.send({ cmd: 'puback', messageId: acknowledgeLater ? 2 : 1 });
    await client.settle();
  }
  clock.advance(100);
  const kinds = changes.map(({ kind }) => kind);
  expect(kinds).toEqual(['session', 'subscription', 'message', 'message-gone']);
  gateway.close();
});

test('Time goes on while the gateway is down: a session ends when its hour is over.', async () => {
  const file = newFile();
  const before = start(file);
  await lose(before.gateway, await subscribed(before.gateway, { a: 1 }, kept));
  before.clock.advance(3_000_000);
  before.gateway.close();
  const clock = new ManualClock();
  clock.advance(3_500_000);
  const after = start(file, { clock });
  expect(after.gateway.counts().sessions).toBe(1);
  clock.advance(100_000);
  expect(after.gateway.counts().sessions).toBe(0);
  after.gateway.close();
  const last = start(file, { clock });
  expect(last.gateway.counts().sessions).toBe(0);
  last.gateway.close();
});

test.each([
  ['a clean session', async ({ gateway }: TestCloud) => lose(gateway, await subscribed(gateway, { a: 1 }))],
  [
    'a session that was replaced by a clean one',
    async ({ gateway }: TestCloud) => {
      await lose(gateway, await subscribed(gateway, { a: 1 }, kept));
      await lose(gateway, await connected(gateway, { clientId: 'kept' }));
    },
  ],
  [
    'a session of MQTT 5 that was resumed to end with its connection',
    async ({ gateway }: TestCloud) => {
      const five = { ...kept, protocolVersion: 5 } as const;
      const properties = { sessionExpiryInterval: 60 };
      await lose(gateway, await subscribed(gateway, { a: 1 }, { ...five, properties }));
      await subscribed(gateway, { b: 1 }, five);
      gateway.deliver(cloudMessage('a', { qos: 1 }));
    },
  ],
  [
    'a shared group whose last member has expired',
    async ({ gateway, clock }: TestCloud) => {
      await lose(gateway, await subscribed(gateway, { '$share/g/a': 1 }, kept));
      gateway.deliver(cloudMessage('a', { qos: 1 }));
      clock.advance(3_600_000);
    },
  ],
])('Nothing is left of %s.', async (_name, act) => {
  const file = newFile();
  const before = start(file);
  await act(before);
  before.gateway.close();
  const written = new DatabaseSync(file, { readOnly: true });
  for (const table of ['sessions', 'subscriptions', 'messages']) {
    expect(written.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
  }
  written.close();
});

test('Subscription options, message properties and what is left of an expiry survive.', async () => {
  const file = newFile();
  const before = start(file);
  const five = { ...kept, protocolVersion: 5, properties: { sessionExpiryInterval: 60 } } as const;
  const client = await connected(before.gateway, five);
  client.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: 'a', qos: 1, nl: true, rap: true }],
  });
  await client.settle();
  await lose(before.gateway, client);
  const properties = {
    messageExpirySeconds: 50,
    payloadFormatIndicator: true,
    contentType: 'text/plain',
    responseTopic: 'b',
    correlationData: Uint8Array.of(0, 255),
    userProperties: [['n', 'v']] as const,
  };
  before.gateway.deliver(cloudMessage('a', { qos: 1, retain: true, properties }));
  before.gateway.close();

  const clock = new ManualClock();
  clock.advance(10_000);
  const after = start(file, { clock });
  const echo = { publisher: { protocol: 'MQTT', clientId: 'kept' }, qos: 1 } as const;
  after.gateway.deliver(cloudMessage('a', echo));
  const [connack, message, ...rest] = await again(after, five);
  expect(connack).toMatchObject({ sessionPresent: true });
  expect(message).toMatchObject({
    retain: true,
    properties: {
      messageExpiryInterval: 40,
      payloadFormatIndicator: true,
      contentType: 'text/plain',
      responseTopic: 'b',
      correlationData: Buffer.from([0, 255]),
      userProperties: { n: 'v' },
    },
  });
  expect(rest).toEqual([]);
  after.gateway.close();
});

test('What waits in a shared group survives, and so do retained messages.', async () => {
  const file = newFile();
  const before = start(file);
  await lose(before.gateway, await subscribed(before.gateway, { '$share/g/a': 1 }, kept));
  before.gateway.deliver(cloudMessage('a', { qos: 1, retain: true }));
  before.gateway.deliver(cloudMessage('gone', { retain: true }));
  before.gateway.deliver(cloudMessage('gone', { retain: true, payload: Buffer.alloc(0) }));
  before.gateway.close();
  const after = start(file);
  expect(after.gateway.listRetained()).toMatchObject([{ message: { topic: 'a' } }]);
  expect(summary(await again(after))).toEqual(['connack 0 present', 'publish a=x qos1 id1']);
  after.gateway.close();
});

test('Reset forgets everything, on disk as well, and the gateway goes on.', async () => {
  const file = newFile();
  const { gateway, published, events } = start(file);
  const will = { topic: 'last', payload: Buffer.from('bye'), qos: 1, retain: false } as const;
  const client = await subscribed(gateway, { a: 1 }, { ...kept, will });
  gateway.deliver(cloudMessage('a', { retain: true, qos: 1 }));
  const eventsBefore = events.length;
  gateway.reset();
  expect((await client.settle()).at(-1)).toBe('closed');
  expect(gateway.counts()).toMatchObject({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 });
  expect([published, events.length]).toEqual([[], eventsBefore]);
  expect(gateway.connectivity('kept')).toBeUndefined();
  await subscribed(gateway, { b: 1 }, { clientId: 'new', clean: false });
  gateway.close();
  const after = start(file);
  expect(after.gateway.clients()).toMatchObject([{ clientId: 'new' }]);
  expect(after.gateway.listRetained()).toEqual([]);
  after.gateway.close();
});

test('A storage that refuses to write is told in the log, and clients do not notice.', async () => {
  const storage = openSessionStorage(newFile());
  const refusing = {
    ...storage,
    apply() {
      throw new Error('no space left');
    },
  };
  const { gateway, clock, log } = startCloud({ storage: refusing });
  const client = await subscribed(gateway, { a: 1 }, kept);
  clock.advance(100);
  gateway.deliver(cloudMessage('a', { qos: 1 }));
  expect(summary(await client.settle())).toEqual(['publish a=x qos1 id1']);
  expect(log).toContainEqual({
    event: 'failed',
    detail: 'sessions could not be written down: no space left',
  });
  gateway.close();
});

test.each([
  ['cannot be opened', () => path.join(newFile(), 'not-a-folder', 'x.sqlite'), 'SESSION_FILE_UNUSABLE'],
  [
    'is of another version',
    () => {
      const file = newFile();
      const database = new DatabaseSync(file);
      database.exec('PRAGMA user_version = 99');
      database.close();
      return file;
    },
    'SESSION_FILE_UNUSABLE',
  ],
])('A file that %s is an error with the way out.', (_what, make, code) => {
  const file = make();
  expect(() => openSessionStorage(file)).toThrow(
    expect.objectContaining({ code, name: 'ConfigurationError' }),
  );
  expect(existsSync(`${file}-wal`)).toBe(false);
});

test('A file with rows that nobody has written so is an error with the way out.', () => {
  const file = newFile();
  openSessionStorage(file).close();
  const database = new DatabaseSync(file);
  database.exec("INSERT INTO retained VALUES ('a', x'00', '{}', 0, NULL)");
  database.close();
  const storage = openSessionStorage(file);
  expect(() => startCloud({ storage })).toThrow(expect.objectContaining({ code: 'SESSION_FILE_UNUSABLE' }));
  storage.close();
});

test('Whatever happens, and whenever the gateway is started again, every QoS 1 message arrives, in order.', async () => {
  const steps = fc.array(fc.constantFrom('publish', 'read', 'leave', 'come', 'restart', 'wait'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const file = newFile();
      const clock = new ManualClock();
      let cloud = start(file, { clock });
      let client: PacketClient | undefined = await subscribed(cloud.gateway, { a: 1 }, kept);
      const received: number[] = [];
      let published = 0;
      const read = async (): Promise<void> => {
        for (const packet of (await client?.settle()) ?? []) {
          if (packet === 'closed' || packet.cmd !== 'publish') continue;
          received.push(Number(packet.payload.toString()));
          client?.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        }
        await client?.settle();
      };
      for (const step of [...script, 'restart', 'come', 'read'] as const) {
        if (step === 'publish') {
          published += 1;
          cloud.gateway.deliver(cloudMessage('a', { qos: 1, payload: Buffer.from(String(published)) }));
        } else if (step === 'read') {
          await read();
        } else if (step === 'wait') {
          clock.advance(60);
        } else if (step === 'leave' && client !== undefined) {
          await lose(cloud.gateway, client);
          client = undefined;
        } else if (step === 'restart') {
          cloud.gateway.close();
          client = undefined;
          cloud = start(file, { clock });
        } else if (step === 'come' && client === undefined) {
          client = await connected(cloud.gateway, kept);
        }
      }
      // At least once: what was sent and not acknowledged comes again, and never out of order for the first time.
      const firsts = [...new Set(received)];
      expect(firsts).toEqual(Array.from({ length: published }, (_, index) => index + 1));
      cloud.gateway.close();
    }),
    { numRuns: 40, seed: 20_261_125 },
  );
});
