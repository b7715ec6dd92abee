import { gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { errorText } from '../../shared/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import { AwsApiError } from '../errors.ts';
import type { CreatedDeliveryStream } from '../template/resource-types/resource-type.ts';

/** Firehose's limits: bytes of one record, records of one batch, bytes of one batch. */
const MAX_RECORD_BYTES = 1_024_000;
const MAX_BATCH_RECORDS = 500;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * AWS gathers for minutes. Here what was gathered is lost when the process is killed and somebody is waiting to
 * see it, so it is written after this at the latest; the number of objects is the only difference.
 */
const MAX_INTERVAL_SECONDS = 5;

export interface DeliveryStreamsOptions {
  readonly streams: readonly CreatedDeliveryStream[];
  readonly putObject: (object: {
    readonly bucket: string;
    readonly key: string;
    readonly body: Uint8Array;
    readonly contentType: string;
  }) => Promise<void>;
  readonly clock: Clock;
  /** @default random ones */
  readonly newUuid?: () => string;
  /** Told when an object cannot be written: its records are lost then. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** Firehose delivery streams into S3. */
export interface DeliveryStreams {
  /** Takes records into a stream's buffer. @throws AwsApiError ResourceNotFoundException, InvalidArgumentException */
  putRecords(streamName: string, records: readonly Uint8Array[]): void;
  /** Resolves when no object is being written; what is gathered still is not waited for. */
  drained(): Promise<void>;
  /** Writes out what is in the buffers. */
  flush(): Promise<void>;
}

interface Buffered {
  readonly stream: CreatedDeliveryStream;
  records: Uint8Array[];
  bytes: number;
  firstAtMs: number;
  timer: Timer | undefined;
}

/** Makes the streams of the template. Records are concatenated as they came, as Firehose does. */
export function createDeliveryStreams(options: DeliveryStreamsOptions): DeliveryStreams {
  const { putObject, clock, newUuid = randomUUID, log } = options;
  const buffers = new Map<string, Buffered>();
  const writing = new Set<Promise<void>>();
  for (const stream of options.streams) {
    buffers.set(stream.name, { stream, records: [], bytes: 0, firstAtMs: 0, timer: undefined });
  }

  function take(buffer: Buffered, record: Uint8Array): void {
    const { intervalSeconds, sizeMib } = buffer.stream;
    if (buffer.records.length === 0) {
      const delayMs = Math.min(intervalSeconds, MAX_INTERVAL_SECONDS) * 1_000;
      buffer.firstAtMs = clock.now();
      buffer.timer = clock.schedule(delayMs, () => writeOut(buffer));
    }
    buffer.records.push(record);
    buffer.bytes += record.length;
    if (buffer.bytes >= sizeMib * 1024 * 1024) writeOut(buffer);
  }

  function writeOut(buffer: Buffered): void {
    const { stream, records, firstAtMs } = buffer;
    buffer.timer?.cancel();
    if (records.length === 0) return;
    buffer.records = [];
    buffer.bytes = 0;
    const content = Buffer.concat(records);
    const object = {
      bucket: stream.bucket,
      key: objectKey(stream, firstAtMs, newUuid()),
      body: stream.isCompressed ? gzipSync(content) : content,
      contentType: 'application/octet-stream',
    };
    const written = putObject(object).catch((thrown: unknown) => {
      const { name: deliveryStream, bucket } = stream;
      log('a delivery stream could not write its object', {
        deliveryStream,
        bucket,
        records: records.length,
        error: errorText(thrown),
      });
    });
    writing.add(written);
    void written.finally(() => writing.delete(written));
  }

  return {
    putRecords(streamName, records) {
      const buffer = buffers.get(streamName);
      if (buffer === undefined) throw notFound(streamName, [...buffers.keys()]);
      checkRecords(records);
      for (const record of records) take(buffer, record);
    },
    async drained() {
      await Promise.all(writing);
    },
    async flush() {
      for (const buffer of buffers.values()) writeOut(buffer);
      await Promise.all(writing);
    },
  };
}

/** `<prefix>YYYY/MM/DD/HH/<stream>-1-YYYY-MM-DD-HH-mm-ss-<uuid>`, in UTC, as Firehose names its objects. */
function objectKey(
  { name, prefix, isCompressed }: CreatedDeliveryStream,
  atMs: number,
  uuid: string,
): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().slice(0, 19).split('T');
  const folder = `${date.replaceAll('-', '/')}/${time.slice(0, 2)}`;
  const ending = isCompressed ? '.gz' : '';
  return `${prefix}${folder}/${name}-1-${date}-${time.replaceAll(':', '-')}-${uuid}${ending}`;
}

function checkRecords(records: readonly Uint8Array[]): void {
  if (records.length === 0 || records.length > MAX_BATCH_RECORDS) {
    throw invalid(`a batch has 1 to ${MAX_BATCH_RECORDS} records, not ${records.length}`);
  }
  let bytes = 0;
  for (const record of records) {
    if (record.length > MAX_RECORD_BYTES) throw invalid(`a record has at most ${MAX_RECORD_BYTES} bytes`);
    bytes += record.length;
  }
  if (bytes > MAX_BATCH_BYTES) throw invalid(`a batch has at most ${MAX_BATCH_BYTES} bytes`);
}

function invalid(why: string): AwsApiError {
  return new AwsApiError(400, 'InvalidArgumentException', `The records cannot be taken: ${why}.`);
}

function notFound(streamName: string, known: readonly string[]): AwsApiError {
  return new AwsApiError(
    400,
    'ResourceNotFoundException',
    `Firehose ${streamName} not found. The template has: ${known.join(', ') || 'none'}; add an ` +
      'AWS::KinesisFirehose::DeliveryStream.',
  );
}
