import type { Device } from '../../shared/device-registry/device.ts';
import type { DevicesTable } from '../../shared/device-registry/read-devices.ts';
import type { Command } from '../command.ts';
import {
  awsOption,
  describeAwsFailure,
  findAwsPlace,
  requireName,
  sdkConfig,
  type AwsPlace,
} from '../devices/place.ts';
import type { RegistryStatus } from '../devices/registry-status.ts';
import { CommandError } from '../errors.ts';
import { counted, quoted, type Terminal } from '../terminal.ts';

/** As many as somebody reads, and more than a page of DynamoDB. */
const DEFAULT_LIMIT = 1_000;

/** The most that one page may have. */
const PAGE = 1_000;

export const command: Command = {
  usage: ['devices [NAME] [options]'],
  description: [
    'Prints the devices that are on record: name, state and since when, certificate, when that ends, and when',
    'the device was last heard of. With a NAME, one device, whether it is connected, and what became of it:',
    'each state with its time and its reason, the latest last.',
    '',
    'The state is that of the record. Who changes a certificate past it (aws iot update-certificate) does not',
    'change the record: with a NAME, AWS IoT is asked too, and where it says something else, that is told.',
    '',
    'Devices come on record by activate-certificate, onboard and certificate; times are UTC.',
  ],
  options: {
    table: {
      type: 'string',
      value: 'NAME',
      help: 'the DynamoDB table (default: DevicesTable of the running cloud)',
    },
    'presence-table': {
      type: 'string',
      value: 'NAME',
      help: 'the table with their connections (default: PresenceTable of the running cloud)',
    },
    limit: {
      type: 'string',
      short: 'n',
      value: 'N',
      help: `reads at most N devices (default: ${DEFAULT_LIMIT})`,
    },
    json: { type: 'boolean', help: 'prints each device as one line of JSON' },
    ...awsOption,
  },
  examples: [
    ['devices', 'all of them'],
    ['devices lamp-1', 'one, with its history'],
    [`devices --json | jq -r 'select(.state == "REVOKED").thingName'`, 'the revoked ones'],
    ['devices --aws --table glasshouse-prod-DevicesTable', 'those on AWS'],
  ],
  exitCodes: [
    [0, 'done'],
    [1, 'there is no such device, or the table could not be read'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [name, ...more] = args.positionals;
    if (more.length > 0) throw args.wrong(`devices takes one name; ${quoted(more.join(' '))} is too many`);
    const limit = args.count('limit') ?? DEFAULT_LIMIT;
    const place = findAwsPlace(args, terminal);
    const tableName = requireName(args, place, 'table', 'DevicesTable');
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDBClient(sdkConfig(place));
    const isJson = args.flag('json');
    const presenceTable = args.text('presence-table') ?? place.resources['PresenceTable'];
    try {
      if (name === undefined) await printAll({ client, tableName }, limit, isJson, terminal);
      else await printOne({ client, tableName }, presenceTable, place, name, isJson, terminal);
    } catch (error) {
      throw describeAwsFailure(
        tableMissing(error, tableName, name === undefined ? undefined : presenceTable),
        place,
      );
    } finally {
      client.destroy();
    }
    return undefined;
  },
};

/** DynamoDB says neither which table it has not found, nor who has named it. */
function tableMissing(error: unknown, tableName: string, presenceTable: string | undefined): unknown {
  if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') return error;
  const other =
    presenceTable === undefined ? '' : `, or no table ${quoted(presenceTable)}: see --presence-table`;
  return new CommandError(
    'NO_TABLE',
    `there is no table ${quoted(tableName)}: name the table of devices by --table${other}`,
    { cause: error },
  );
}

async function printOne(
  table: DevicesTable,
  presenceTable: string | undefined,
  place: AwsPlace,
  name: string,
  isJson: boolean,
  { out }: Terminal,
): Promise<void> {
  const { readDevice } = await import('../../shared/device-registry/read-devices.ts');
  const { readPresence } = await import('../../shared/device-registry/presence.ts');
  const { deviceLines } = await import('../devices/describe.ts');
  const device = await readDevice(table, name);
  if (device === undefined) {
    throw new CommandError('NO_DEVICE', `there is no device ${quoted(name)} in the table ${table.tableName}`);
  }
  const { client } = table;
  const presence =
    presenceTable === undefined ? undefined : await readPresence({ client, tableName: presenceTable }, name);
  const registry = await statusOf(place, device);
  const known = { registry, ...(presence === undefined ? {} : { presence }) };
  const lines = isJson ? [JSON.stringify({ ...device, ...known })] : deviceLines(device, out, known);
  for (const line of lines) await out.line(line);
}

async function statusOf(place: AwsPlace, { certificateId }: Device): Promise<RegistryStatus> {
  const { IoTClient } = await import('@aws-sdk/client-iot');
  const { askRegistry } = await import('../devices/registry-status.ts');
  // The record is there already: nobody waits long for what only stands beside it.
  const client = new IoTClient({ ...sdkConfig(place), maxAttempts: 2 });
  try {
    return await askRegistry(client, certificateId);
  } finally {
    client.destroy();
  }
}

async function printAll(
  table: DevicesTable,
  limit: number,
  isJson: boolean,
  { out, err }: Terminal,
): Promise<void> {
  const { listDevices } = await import('../../shared/device-registry/read-devices.ts');
  const { deviceTable } = await import('../devices/describe.ts');
  const devices: Device[] = [];
  let after: string | undefined;
  do {
    const request = {
      limit: Math.min(PAGE, limit - devices.length),
      ...(after === undefined ? {} : { after }),
    };
    const page = await listDevices(table, request);
    devices.push(...page.devices);
    after = page.next;
  } while (after !== undefined && devices.length < limit);
  const lines = isJson ? devices.map((device) => JSON.stringify(device)) : deviceTable(devices, out);
  if (isJson || devices.length > 0) for (const line of lines) await out.line(line);
  const isCut = after !== undefined;
  await err.line(
    err.paint('dim', `${counted(devices.length, 'device')}${isCut ? '; there are more: see --limit' : ''}`),
  );
}
