import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseMessage } from '../functions/watch-lux/message.ts';
import { watch, type WatchServices } from '../functions/watch-lux/watch.ts';
import { encodeState } from '../functions/watch-lux/zone-item.ts';
import { ZoneStore } from '../functions/watch-lux/zone-store.ts';
import { createTables } from '../local/dynamodb/tables.ts';
import { startDynamoDbEngine } from '../local/dynamodb/engine.ts';
import { CommandStore } from '../shared/greenhouse/command-store.ts';
import { ShadeStore } from '../shared/greenhouse/shade-store.ts';

export const ZONES = 100;
export const READINGS = 1_440;

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 5, 21);

/** The floor is measured in one minute of so many. */
const BARE_EVERY = 10;

const REGION = 'eu-west-1';

/** As the template has them, and one for the floor. */
const TABLES: readonly (readonly [
  name: string,
  ...keys: (readonly [attribute: string, type: 'S' | 'N'])[],
])[] = [
  ['zones', ['zone', 'S']],
  ['shades', ['zone', 'S']],
  ['commands', ['zone', 'S'], ['sequence', 'N']],
  ['bare', ['zone', 'S']],
];

/** Zones that are at work at the same time, as in so many containers. */
const LANES = 4;

export interface ZonesRun {
  /** Readings a second that watch-lux decides on and stores. */
  readonly zones: number;
  /** Writes a second of the same size, with nothing decided. */
  readonly bare: number;
  /** Requests to DynamoDB for each reading, warm. */
  readonly writesPerReading: number;
  /** Readings that no version in the table counts. */
  readonly lost: number;
}

/**
 * A day of readings of many zones through watch-lux against a real DynamoDB engine, beside a loop that only writes
 * items of that size. Minute by minute, turn by turn, so that whatever disturbs the machine disturbs both.
 */
export async function runZones(): Promise<ZonesRun> {
  const engine = await startDynamoDbEngine({});
  const newClient = () =>
    new DynamoDBClient({
      endpoint: engine.url,
      region: REGION,
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    });
  const [client, floor] = [newClient(), newClient()];
  try {
    await createTables(engine.url, REGION, TABLES.map(table));
    return await measure(client, floor);
  } finally {
    client.destroy();
    floor.destroy();
    await engine.stop();
  }
}

async function measure(client: DynamoDBClient, floor: DynamoDBClient): Promise<ZonesRun> {
  let nowMs = START_MS;
  const requests = countRequests(client);
  const services: WatchServices = {
    zones: new ZoneStore(client, 'zones'),
    commands: new CommandStore(client, 'commands'),
    shades: new ShadeStore(client, 'shades'),
    publish: async () => undefined,
    tellPeople: async () => undefined,
    now: () => nowMs,
    count: () => undefined,
    log: () => undefined,
  };
  const names = Array.from({ length: ZONES }, (_, zone) => `zone-${zone}`);
  const hear = (zone: string, message: Record<string, unknown>, request: string) =>
    watch(parseMessage({ zone, receivedAt: nowMs, ...message }, nowMs), request, services);
  const reading = (zone: string) =>
    hear(zone, { kind: 'lux', device: 'p', time: nowMs, lux: 20_000 + (nowMs % 7_919) }, `${zone} ${nowMs}`);

  // Warm: a container remembers its zones after the first reading of each.
  await inLanes(names, (zone) => hear(zone, { kind: 'settings', settings: { probes: ['p'] } }, `s ${zone}`));
  await inLanes(names, reading);
  const state = services.zones.remembered('zone-0')?.state;
  if (state === undefined) throw new Error('the zone has no state after its first reading');
  const size = encodeState(state);

  const before = requests();
  let [zonesMs, bareMs, bareWrites] = [0, 0, 0];
  for (let minute = 1; minute < READINGS; minute += 1) {
    nowMs = START_MS + minute * MINUTE_MS;
    zonesMs += await timed(() => inLanes(names, reading));
    if (minute % BARE_EVERY !== 0) continue;
    bareWrites += ZONES;
    bareMs += await timed(() => inLanes(names, (zone) => bareWrite(floor, zone, minute, size)));
  }
  const total = requests() - before;
  const readings = ZONES * (READINGS - 1);
  const stored = await new ZoneStore(client, 'zones').all();
  // The settings are version 1, and each reading one more.
  const versions = stored.map((one) => ('zone' in one ? (one.zone?.version ?? 0) : 0));
  const lost = versions.reduce((sum, version) => sum + Math.abs(1 + READINGS - version), 0);
  return {
    zones: (readings / zonesMs) * 1_000,
    bare: (bareWrites / bareMs) * 1_000,
    writesPerReading: total / readings,
    lost: versions.length === ZONES ? lost : readings,
  };
}

/** What a reading costs at least: one conditional write of its zone's state. */
async function bareWrite(
  client: DynamoDBClient,
  zone: string,
  version: number,
  state: ReturnType<typeof encodeState>,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: 'bare',
      Key: { zone: { S: zone } },
      UpdateExpression: 'SET #version = :next, #state = :state',
      ConditionExpression: 'attribute_not_exists(#version) OR #version = :expected',
      ExpressionAttributeNames: { '#version': 'version', '#state': 'state' },
      ExpressionAttributeValues: {
        ':next': { N: String(version) },
        ':state': state,
        ':expected': { N: String(version - BARE_EVERY) },
      },
    }),
  );
}

/** Counts what a client asks for from now on. @returns how often it has asked */
function countRequests(client: DynamoDBClient): () => number {
  let requests = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'initialize', name: 'countRequests' },
  );
  return () => requests;
}

/** Does something for each name, so many at a time. */
async function inLanes(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  const queue = names.values();
  const lane = async (): Promise<void> => {
    for (const name of queue) await work(name);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function table([TableName, ...keys]: (typeof TABLES)[number]) {
  const request = {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: keys.map(([AttributeName], index) => {
      return { AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' };
    }),
  };
  return { name: TableName, request };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
