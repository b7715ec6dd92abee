import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GlasshouseError } from '../../shared/errors.ts';
import { readHousehold, type Household } from '../../shared/household/household.ts';
import { readStoredVisit, type StoredVisit } from '../../shared/household/visit.ts';
import type { Arguments } from '../arguments.ts';
import { describeAwsFailure, sdkConfig } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted, visible, type Terminal } from '../terminal.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Prints the last visits of a home, by its own clock, the oldest first. */
export async function visits(words: readonly string[], args: Arguments, terminal: Terminal): Promise<number> {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0)
    throw args.wrong('sigfox visits takes one home: sigfox visits durand');
  const limit = args.count('limit') ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) throw args.wrong(`--limit takes at most ${MAX_LIMIT}`);
  const cloud = requireRunningCloud(terminal);
  const client = new DynamoDBClient(sdkConfig(cloud));
  const { HouseholdsTable: households, VisitsTable: table } = cloud.resources;
  try {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: households, Key: { household: { S: name } } }),
    );
    const household = item === undefined ? undefined : readHousehold(item);
    if (household === undefined || typeof household === 'string') {
      const why = household === undefined ? 'there is none' : household;
      throw new CommandError('NO_HOUSEHOLD', `the home ${quoted(name)} cannot be shown: ${why}`);
    }
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'household = :household',
        ExpressionAttributeValues: { ':household': { S: name } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const { out, err } = terminal;
    if (Items.length === 0) await err.line(err.paint('dim', 'there has been no visit'));
    for (const visit of Items.map(readStoredVisit).toReversed()) {
      await out.line(args.flag('json') ? JSON.stringify(visit) : lineOf(visit, household));
    }
  } catch (error) {
    throw error instanceof GlasshouseError ? error : describeAwsFailure(error, cloud);
  } finally {
    client.destroy();
  }
  return EXIT.done;
}

/** `2026-01-31  10:04  10:50   46 min  CLOSED        Anna` */
function lineOf(visit: StoredVisit, { carers, timeZone }: Household): string {
  const { state, carer, arrivedAt, departedAt, durationSeconds } = visit;
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone });
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const time = (at: string | undefined): string =>
    at === undefined ? '  ?  ' : clock.format(Date.parse(at));
  const minutes = durationSeconds === undefined ? '' : `${Math.round(durationSeconds / 60)} min`;
  const cells = [
    day.format(Date.parse(arrivedAt ?? departedAt ?? '')),
    time(arrivedAt),
    time(departedAt),
    minutes.padStart(7),
    state.padEnd(12),
    carers[String(carer)] ?? (carer === 0 ? '-' : `badge ${carer}`),
  ];
  return visible(cells.join('  '));
}
