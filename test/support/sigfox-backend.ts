import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answer, type AnswerServices } from '../../functions/answer-sigfox/answer.ts';
import { parseCredentials } from '../../functions/answer-sigfox/credentials.ts';
import { readHttpEvent } from '../../functions/answer-sigfox/http-request.ts';
import { PayloadDecoders } from '../../functions/ingest-sigfox/decode-payload.ts';
import { ingest } from '../../functions/ingest-sigfox/ingest.ts';
import { MessageStore } from '../../functions/ingest-sigfox/message-store.ts';
import type { IngestServices } from '../../functions/ingest-sigfox/services.ts';
import type { Clock } from '../../local/clock.ts';
import { SIMULATED_ECHO_CONFIG, SIMULATED_PAYLOAD_CONFIG } from '../../local/devices/sigfox/device.ts';
import type { Door } from '../../local/devices/sigfox/door.ts';
import { DeviceAssignments } from '../../shared/sigfox/device-assignments.ts';
import { DeviceTypes } from '../../shared/sigfox/device-type.ts';
import { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import type { Publication } from '../../shared/sigfox/publication.ts';
import { basic, httpEvent } from '../functions/answer-sigfox/events.ts';
import type { SigfoxTables } from '../functions/ingest-sigfox/support.ts';

/** A call to AWS that fails on purpose. */
export class FailingCallError extends Error {
  override readonly name = 'FailingCallError' as const;
}

export interface SigfoxBackendOptions {
  readonly tables: SigfoxTables;
  readonly clock: Clock;
  readonly random: () => number;
  /** Share of the calls to AWS that fail, half of them after they have been carried out. */
  readonly failingCalls: number;
  /** Callbacks that are worked on at once. */
  readonly concurrency: number;
  readonly onPublished: (publication: Publication) => void;
}

const PASSWORD = 'correct horse battery';

/** Share of the messages that meet another container than the one that knows their device. */
const STRANGERS = 0.2;

/**
 * The functions answer-sigfox and ingest-sigfox as on AWS: several containers of each, where the work is done
 * later, in no order, and again where it failed.
 */
export function createSigfoxBackend(options: SigfoxBackendOptions) {
  const { tables, clock, random, failingCalls, concurrency, onPublished } = options;
  const now = (): number => clock.now();
  /** Callbacks that were handed over to the work, by type, device and time. */
  const taken = new Set<string>();
  /** What a device that listens was told, by its message: all different answers. */
  const answers = new Map<string, Set<string>>();
  const pending: unknown[] = [];
  const credentials = parseCredentials(JSON.stringify({ username: 'sigfox', password: PASSWORD }));
  const counts = { failures: 0, calls: 0 };
  const client = failing(tables.client, counts, options);

  const publish = async (publications: readonly Publication[]): Promise<void> => {
    for (const one of publications) {
      if (random() < failingCalls) throw new FailingCallError('not published');
      onPublished(one);
    }
  };
  const doors = [0, 1].map((): AnswerServices => ({
    credentials: { get: async () => credentials, recheck: async () => credentials },
    handOver: async (message) => {
      if (random() < failingCalls) throw new FailingCallError('not handed over');
      const { callback, device, time } = message;
      const type = callback === 'bidir' ? 'uplink' : String(callback);
      taken.add(`${type} ${String(device)} ${String(time)}`);
      pending.push({ ...message, mqttTopic: 'sigfox' });
    },
    downlinks: new DownlinkStore(client, tables.tables.devices),
    publish,
    batchFields: [],
    now,
    count: () => {},
  }));
  const workers = [0, 1, 2].map((): IngestServices => ({
    store: new MessageStore(client, tables.tables),
    downlinks: new DownlinkStore(client, tables.tables.devices),
    types: new DeviceTypes({
      client,
      tableName: tables.tables.deviceTypes,
      defaults: { payloadConfig: SIMULATED_PAYLOAD_CONFIG, echoConfig: SIMULATED_ECHO_CONFIG },
      now,
    }),
    assignments: new DeviceAssignments(client, tables.tables.devices, now),
    decoders: new PayloadDecoders(),
    now,
    pause: async () => {},
    count: () => {},
  }));
  const pick = <One>(from: readonly One[]): One | undefined => from[Math.floor(random() * from.length)];
  /** Messages of a device mostly meet the container that knows it; now and then, any of them. */
  const workerFor = (event: unknown): IngestServices | undefined =>
    random() < STRANGERS ? pick(workers) : workers[homeOf(event) % workers.length];

  const door: Door = async ({ type, variables }) => {
    const headers = { ...basic('sigfox', PASSWORD), 'content-type': 'application/json' };
    const request = readHttpEvent(httpEvent({ type, headers, body: JSON.stringify(variables) }));
    const services = pick(doors);
    if (request === undefined || services === undefined) throw new Error('the event is not read');
    try {
      const { statusCode, body = '' } = await answer(request, services);
      if (type === 'bidir') {
        const key = `${String(variables['device'])} ${String(variables['time'])}`;
        answers.set(key, (answers.get(key) ?? new Set()).add(body));
      }
      return { status: statusCode, body };
    } catch (error) {
      // What a function throws, API Gateway answers so.
      if (error instanceof FailingCallError)
        return { status: 500, body: '{"message":"Internal Server Error"}' };
      throw error;
    }
  };

  async function work(event: unknown): Promise<void> {
    const services = workerFor(event);
    if (services === undefined) return;
    try {
      const { publications, rejection } = await ingest(event, services);
      if (rejection !== undefined) throw rejection;
      await publish(publications);
    } catch (error) {
      if (!(error instanceof FailingCallError)) throw error;
      counts.failures += 1;
      pending.push(event);
    }
  }

  return {
    door,
    taken,
    answers,
    counts,
    ask(device: string, id: string, data: string): void {
      pending.push({ mqttTopic: `sigfox/${device}/downlink`, id, data, receivedAt: clock.now() });
    },
    /** Does what was handed over, several at a time and in any order. */
    async drain(): Promise<void> {
      while (pending.length > 0) {
        const some = pending.splice(0).sort(() => random() - 0.5);
        for (let index = 0; index < some.length; index += concurrency) {
          await Promise.all(some.slice(index, index + concurrency).map(work));
        }
      }
    },
  };
}

export type SigfoxBackend = ReturnType<typeof createSigfoxBackend>;

/** A number that is the same for all messages of a device. */
function homeOf(event: unknown): number {
  const device = typeof event === 'object' && event !== null && 'device' in event ? event.device : undefined;
  return typeof device === 'string' ? Number.parseInt(device, 16) || 0 : 0;
}

/** A client of which some calls fail, before or after they have had their effect. */
function failing(
  client: DynamoDBClient,
  counts: { calls: number },
  { random, failingCalls }: SigfoxBackendOptions,
): DynamoDBClient {
  const own: DynamoDBClient = Object.create(client, {
    send: {
      value: async (command: Parameters<DynamoDBClient['send']>[0]) => {
        counts.calls += 1;
        const dice = random();
        if (dice < failingCalls / 2) throw new FailingCallError('never sent');
        const result = await client.send(command);
        if (dice < failingCalls) throw new FailingCallError('the answer was lost');
        return result;
      },
    },
  });
  return own;
}
