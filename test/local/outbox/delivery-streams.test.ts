import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createDeliveryStreams } from '../../../local/outbox/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
}

function open(changes: object = {}, fails = false) {
  const clock = new ManualClock();
  const objects: Written[] = [];
  const logged: object[] = [];
  const streams = createDeliveryStreams({
    streams: [
      {
        kind: 'delivery-stream',
        name: 'readings',
        bucket: 'lake',
        prefix: 'raw/',
        isCompressed: false,
        intervalSeconds: 60,
        sizeMib: 1,
        ...changes,
      },
    ],
    putObject: async (object) => {
      if (fails) throw new Error('no such bucket');
      objects.push(object);
    },
    clock,
    newUuid: () => 'uuid',
    log: (message, data) => logged.push({ message, ...data }),
  });
  const put = (...texts: string[]) =>
    streams.putRecords(
      'readings',
      texts.map((text) => Buffer.from(text)),
    );
  return { clock, objects, logged, streams, put };
}

test('Records are gathered and written as one object, named as Firehose names it.', async () => {
  const { clock, objects, streams, put } = open();
  put('{"a":1}\n');
  clock.advance(2_000);
  put('{"a":2}\n', '{"a":3}\n');
  expect(objects).toEqual([]);
  clock.advance(3_000);
  await streams.flush();
  expect(objects).toEqual([
    {
      bucket: 'lake',
      key: 'raw/2026/11/21/00/readings-1-2026-11-21-00-00-00-uuid',
      body: Buffer.from('{"a":1}\n{"a":2}\n{"a":3}\n'),
      contentType: 'application/octet-stream',
    },
  ]);
});

test('A stream writes as soon as it has gathered its size, and at the end what is left.', async () => {
  const { objects, streams, put } = open();
  put('x'.repeat(900_000), 'x'.repeat(200_000));
  put('rest');
  await streams.flush();
  expect(objects.map(({ body }) => body.length)).toEqual([1_100_000, 4]);
  await streams.flush();
  expect(objects).toHaveLength(2);
});

test('A stream that asks for less time gets less, and one that compresses compresses.', async () => {
  const { clock, objects, streams, put } = open({ intervalSeconds: 1, isCompressed: true });
  put('text');
  clock.advance(1_000);
  await streams.flush();
  expect(objects[0]?.key).toMatch(/-uuid\.gz$/);
  expect(gunzipSync(objects[0]?.body ?? '').toString()).toBe('text');
});

test('What cannot be written is told.', async () => {
  const { logged, streams, put } = open({}, true);
  put('text');
  await streams.flush();
  expect(logged).toMatchObject([
    { deliveryStream: 'readings', bucket: 'lake', records: 1, error: 'no such bucket' },
  ]);
});

test('Only what Firehose takes is taken.', () => {
  const { streams, put } = open();
  expect(() => streams.putRecords('other', [])).toThrow(
    'Firehose other not found. The template has: readings',
  );
  expect(() => put()).toThrow('a batch has 1 to 500 records, not 0');
  expect(() => put(...Array.from({ length: 501 }, () => 'x'))).toThrow('not 501');
  expect(() => put('x'.repeat(1_024_001))).toThrow('a record has at most 1024000 bytes');
  expect(() => put(...Array.from({ length: 5 }, () => 'x'.repeat(1_000_000)))).toThrow('4194304 bytes');
});
