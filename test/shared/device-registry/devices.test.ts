import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_HISTORY, readDeviceItem, type DeviceState } from '../../../shared/device-registry/device.ts';
import { markAnnounced, markSeen } from '../../../shared/device-registry/mark-device.ts';
import { listDevices, readDevice, type DevicesTable } from '../../../shared/device-registry/read-devices.ts';
import { changeDeviceState, claimDevice } from '../../../shared/device-registry/write-device.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

let dynamodb: TestDynamoDb;
let table: DevicesTable;

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
});
beforeEach(async () => {
  table = { client: dynamodb.client, tableName: await dynamodb.createTable('thingName') };
});
afterAll(() => dynamodb.stop());

const NOW_MS = Date.UTC(2026, 10, 21);
const lamp = {
  thingName: 'lamp-1',
  certificateId: 'a'.repeat(64),
  caCertificateId: 'c'.repeat(64),
  serialNumber: '01ff',
  notAfterMs: NOW_MS + 1,
};
const twin = { ...lamp, certificateId: 'b'.repeat(64), serialNumber: '02' };
const at = { atMs: NOW_MS, reason: 'first connection' };
const { certificateId } = lamp;

const change = (state: DeviceState, more: object = {}) =>
  changeDeviceState(table, lamp, state, { atMs: NOW_MS, reason: 'said so', ...more });

test('A device that is claimed is on record as ACTIVATING, with the beginning of its history.', async () => {
  expect(await claimDevice(table, { ...lamp, lastSeenMs: 7 }, at)).toMatchObject({ isMine: true });
  expect(await readDevice(table, 'lamp-1')).toEqual({
    ...lamp,
    state: 'ACTIVATING',
    lastSeenMs: 7,
    history: [{ state: 'ACTIVATING', certificateId, ...at }],
  });
  expect(await readDevice(table, 'lamp-2')).toBeUndefined();
});

test('A claim that is repeated changes nothing, also when the device is ACTIVE by then.', async () => {
  await claimDevice(table, lamp, at);
  const before = await readDevice(table, 'lamp-1');
  expect(await claimDevice(table, lamp, { ...at, atMs: 1 })).toEqual({ isMine: true, device: before });
  await change('ACTIVE');
  expect(await claimDevice(table, lamp, at)).toMatchObject({ isMine: true, device: { state: 'ACTIVE' } });
});

test('Of many certificates that claim one name at once, one gets it.', async () => {
  const claims = Array.from({ length: 8 }, (_, index) =>
    claimDevice(table, { ...lamp, certificateId: String(index).repeat(64) }, at),
  );
  const outcomes = await Promise.all(claims);
  expect(outcomes.filter(({ isMine }) => isMine)).toHaveLength(1);
  const winner = (await readDevice(table, 'lamp-1'))?.certificateId;
  expect(outcomes.every(({ device }) => device.certificateId === winner)).toBe(true);
});

test.each(['INACTIVE', 'REVOKED'] as const)(
  'A device that was made %s is not claimed again by its certificate.',
  async (state) => {
    await claimDevice(table, lamp, at);
    await change(state);
    expect(await claimDevice(table, lamp, at)).toMatchObject({ isMine: false, device: { state } });
  },
);

test('A name passes on to the certificate that was announced to replace the one that has it, and to no other.', async () => {
  await claimDevice(table, lamp, at);
  await change('ACTIVE');
  await markAnnounced(table, lamp, NOW_MS);
  expect(await claimDevice(table, twin, { ...at, replaces: 'd'.repeat(64) })).toMatchObject({
    isMine: false,
  });
  expect(await claimDevice(table, twin, { ...at, replaces: certificateId })).toMatchObject({
    isMine: true,
    device: {
      ...twin,
      state: 'ACTIVATING',
      history: [{ certificateId }, { certificateId }, { certificateId: twin.certificateId }],
    },
  });
  expect((await readDevice(table, 'lamp-1'))?.announcedAtMs, 'has to be announced again').toBeUndefined();
});

test('A state is entered once, from the state that was asked for, and only by its own certificate.', async () => {
  expect(await change('ACTIVE')).toBeUndefined();
  await claimDevice(table, lamp, at);
  expect(await changeDeviceState(table, twin, 'REVOKED', at)).toBeUndefined();
  expect(await change('ACTIVE', { from: 'ACTIVATING' })).toMatchObject({ state: 'ACTIVE' });
  expect(await change('ACTIVE', { from: 'ACTIVATING' })).toMatchObject({ history: { length: 2 } });
  expect(await change('INACTIVE')).toMatchObject({ state: 'INACTIVE' });
  expect(await change('INACTIVE')).toMatchObject({ history: { length: 3 } });
  expect(await change('ACTIVE', { from: 'ACTIVATING' })).toMatchObject({ state: 'INACTIVE' });
});

test('REVOKED is for good.', async () => {
  await claimDevice(table, lamp, at);
  await change('REVOKED');
  for (const state of ['ACTIVE', 'INACTIVE', 'ACTIVATING'] as const) {
    expect(await change(state)).toMatchObject({ state: 'REVOKED', history: { length: 2 } });
  }
});

test('A history keeps its latest changes.', async () => {
  await claimDevice(table, lamp, at);
  for (let atMs = 1; atMs <= MAX_HISTORY + 5; atMs += 1) {
    const device = await change(atMs % 2 === 0 ? 'ACTIVE' : 'INACTIVE', { atMs });
    expect(device?.history.length).toBe(Math.min(MAX_HISTORY, atMs + 1));
  }
  const { history = [] } = (await readDevice(table, 'lamp-1')) ?? {};
  expect(history.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: MAX_HISTORY }, (_, index) => index + 6),
  );
});

test('A device was last seen when it was seen last, in whichever order one hears of it.', async () => {
  expect(await markSeen(table, 'lamp-1', 5)).toBe(false);
  await claimDevice(table, lamp, at);
  expect(await markSeen(table, 'lamp-1', 5)).toBe(true);
  expect(await markSeen(table, 'lamp-1', 9)).toBe(true);
  expect(await markSeen(table, 'lamp-1', 7)).toBe(false);
  expect((await readDevice(table, 'lamp-1'))?.lastSeenMs).toBe(9);
  expect(await listDevices(table)).toMatchObject({ devices: [{ thingName: 'lamp-1' }] });
});

test('An announcement of a certificate that has lost the name since is not noted.', async () => {
  await claimDevice(table, lamp, at);
  await markAnnounced(table, twin, 1);
  expect((await readDevice(table, 'lamp-1'))?.announcedAtMs).toBeUndefined();
  await markAnnounced(table, lamp, 2);
  expect((await readDevice(table, 'lamp-1'))?.announcedAtMs).toBe(2);
});

test('All devices are listed, page by page, each once.', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `lamp-${index}`);
  for (const thingName of names) await claimDevice(table, { ...lamp, thingName }, at);
  const found: string[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const { devices, next } = await listDevices(table, {
      limit: 3,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...devices.map(({ thingName }) => thingName));
    after = next;
    pages += 1;
  } while (after !== undefined);
  expect(found.toSorted()).toEqual(names);
  expect(pages).toBe(3);
});

test.each([0, 1_001, 1.5])('A page of %d devices is refused.', async (limit) => {
  await expect(listDevices(table, { limit })).rejects.toThrow(RangeError);
});

test('An item that is not like a device is named, and what is wrong with it.', async () => {
  const item = { thingName: 'lamp-1', certificateId, state: 'ASLEEP' };
  await dynamodb.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
  await expect(readDevice(table, 'lamp-1')).rejects.toMatchObject({
    name: 'DeviceItemError',
    code: 'DEVICE_UNREADABLE',
    data: { thingName: 'lamp-1' },
  });
});

test('Anything is read as a device, or refused as none.', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ thingName: fc.anything(), state: fc.anything() })),
      (item) => {
        expect(() => readDeviceItem(item)).toThrow(expect.objectContaining({ name: 'DeviceItemError' }));
      },
    ),
    { numRuns: 500 },
  );
});

/** Events of any certificates in any order never leave two owners, or a way out of REVOKED. */
test('However claims and changes are mixed, a name has one owner, and a revoked certificate never gets it back.', async () => {
  const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  const one = fc.constantFrom(...ids);
  const action = fc.oneof(
    fc.record({ does: fc.constant('claim' as const), id: one, replaces: fc.option(one, { nil: undefined }) }),
    fc.record({
      does: fc.constantFrom<DeviceState>('ACTIVE', 'INACTIVE', 'REVOKED'),
      id: one,
      replaces: fc.constant(undefined),
    }),
  );
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
      const thingName = `lamp-${(runs += 1)}`;
      for (const { does, id, replaces } of actions) {
        const before = await readDevice(table, thingName);
        if (does === 'claim') {
          const { isMine, device } = await claimDevice(
            table,
            { ...lamp, thingName, certificateId: id },
            { ...at, replaces },
          );
          const mayHave =
            before === undefined ||
            (before.certificateId === replaces && replaces !== id) ||
            (before.certificateId === id && before.state !== 'INACTIVE' && before.state !== 'REVOKED');
          expect(isMine).toBe(mayHave);
          expect(device.certificateId).toBe(mayHave ? id : before?.certificateId);
        } else {
          const device = await changeDeviceState(table, { thingName, certificateId: id }, does, at);
          const after = await readDevice(table, thingName);
          if (before?.certificateId !== id) expect([device, after]).toEqual([undefined, before]);
          else expect(after?.state).toBe(before.state === 'REVOKED' ? 'REVOKED' : does);
        }
      }
    }),
    { numRuns: 60 },
  );
});
