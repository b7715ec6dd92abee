import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import type { RunningCloud } from '../../local/running.ts';
import { GlasshouseError } from '../../shared/errors.ts';
import {
  CARE_BUTTON_CONFIG,
  CARE_BUTTON_INTERVAL_SECONDS,
  CARE_BUTTON_TYPE,
  MAX_CARER,
} from '../../shared/household/care-button.ts';
import {
  householdItem,
  householdSchema,
  LANGUAGES,
  type Household,
} from '../../shared/household/household.ts';
import { normaliseDeviceId } from '../../shared/sigfox/device-id.ts';
import type { Arguments } from '../arguments.ts';
import { describeAwsFailure, sdkConfig } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted, type Terminal } from '../terminal.ts';
import { subscribePhone } from './phone.ts';
import { assignType, changeType, readType } from './type-table.ts';

/** Hangs a care button into a home: its kind, the home's settings, and the phones that hear of it. */
export async function button(words: readonly string[], args: Arguments, terminal: Terminal): Promise<number> {
  const { device, household } = readHome(words, args);
  const phones = args.texts('phone');
  const wrong = phones.find((phone) => !/^\+[1-9]\d{5,14}$/.test(phone));
  if (wrong !== undefined)
    throw args.wrong(`--phone takes a number such as +33600000001, not ${quoted(wrong)}`);
  const cloud = requireRunningCloud(terminal);
  const resource = (logicalId: string): string => resourceOf(cloud, logicalId);
  let before: string | undefined;
  const dynamodb = new DynamoDBClient(sdkConfig(cloud));
  const sns = new SNSClient(sdkConfig(cloud));
  try {
    await addKind({ client: dynamodb, tableName: resource('SigfoxDeviceTypesTable') });
    await assignType(
      { client: dynamodb, tableName: resource('SigfoxDevicesTable') },
      device,
      CARE_BUTTON_TYPE,
    );
    await saveHousehold(dynamodb, resource('HouseholdsTable'), household);
    const { Attributes: hung } = await dynamodb.send(
      new PutItemCommand({
        TableName: resource('CareButtonsTable'),
        Item: { device: { S: device }, household: { S: household.household } },
        ReturnValues: 'ALL_OLD',
      }),
    );
    before = hung?.['household']?.S;
    for (const phone of phones) {
      await subscribePhone(sns, resource('VisitsTopic'), { phone, household: household.household });
    }
  } catch (error) {
    throw error instanceof GlasshouseError ? error : describeAwsFailure(error, cloud);
  } finally {
    dynamodb.destroy();
    sns.destroy();
  }
  if (before !== undefined && before !== household.household) {
    const taken = `${device} hung in ${quoted(before)}, which has it no longer`;
    await terminal.err.line(terminal.err.paint('yellow', taken));
  }
  const heard = phones.length === 0 ? 'nobody is told yet: add --phone' : `${phones.join(', ')} are told`;
  await terminal.out.line(`${device} hangs in ${household.household}, with ${household.person}; ${heard}`);
  return EXIT.done;
}

/** @throws UsageError that names what is wrong */
function readHome(
  [given, name, ...more]: readonly string[],
  args: Arguments,
): { device: string; household: Household } {
  if (given === undefined || name === undefined || more.length > 0) {
    throw args.wrong(
      'sigfox button takes a device and a home: sigfox button B0770 durand --person "Mme Durand"',
    );
  }
  const device = normaliseDeviceId(given);
  if (device === undefined)
    throw args.wrong(`${quoted(given)} is no device: one to eight hexadecimal digits`);
  const settings = {
    household: name,
    person: args.text('person'),
    carers: Object.fromEntries(args.texts('carer').map((text) => readCarer(text, args))),
    language: args.text('language'),
    timeZone: args.text('time-zone'),
    longestVisitMinutes: args.count('longest'),
  };
  const parsed = z.safeParse(householdSchema(), settings);
  if (parsed.success) return { device, household: parsed.data };
  throw args.wrong(problemOf(parsed.error.issues[0], args));
}

/** What each setting is given by, and what it takes. */
const TAKEN: Readonly<Record<string, readonly [option: string, taken: string]>> = {
  household: ['home', 'takes a name of up to 64 letters, digits, - and _'],
  person: ['--person', 'takes the name of who lives there, of 1 to 40 characters'],
  carers: [
    '--carer',
    `takes a badge from 1 to ${MAX_CARER} and a name of 1 to 40 characters, such as 1=Anna`,
  ],
  language: ['--language', `takes ${LANGUAGES.join(' or ')}`],
  timeZone: ['--time-zone', 'takes an IANA name such as Europe/Paris'],
  longestVisitMinutes: ['--longest', 'takes minutes, from 10 to 1440'],
  repeatMinutes: ['--longest', 'takes minutes, from 10 to 1440'],
};

function problemOf(issue: { path: PropertyKey[]; message: string } | undefined, args: Arguments): string {
  const field = String(issue?.path[0] ?? '');
  if (field === 'person' && args.text('person') === undefined) {
    return 'sigfox button needs --person, the name of who lives there: --person "Mme Durand"';
  }
  const [option, taken] = TAKEN[field] ?? ['home', `cannot be used: ${issue?.message ?? ''}`];
  const given = option.startsWith('--') ? args.text(option.slice(2)) : undefined;
  return `${option === 'home' ? 'the home' : option} ${taken}${given === undefined ? '' : `, not ${quoted(given)}`}`;
}

function readCarer(text: string, args: Arguments): [badge: string, name: string] {
  const [, badge, name] = /^(\d{1,3})=(.+)$/.exec(text) ?? [];
  if (badge !== undefined && name !== undefined) return [badge, name];
  throw args.wrong(`--carer takes the number of a badge and a name, such as 1=Anna, not ${quoted(text)}`);
}

/** @throws CommandError NO_SIGFOX */
function resourceOf({ resources }: RunningCloud, logicalId: string): string {
  const name = resources[logicalId];
  if (name !== undefined) return name;
  const message = `the running cloud has no ${logicalId}: its serverless.yml leaves report-visit out`;
  throw new CommandError('NO_SIGFOX', message);
}

/** A kind that somebody has changed is left as it is. */
async function addKind(table: Parameters<typeof readType>[0]): Promise<void> {
  if ((await readType(table, CARE_BUTTON_TYPE)) !== undefined) return;
  await changeType(table, CARE_BUTTON_TYPE, {
    payloadConfig: CARE_BUTTON_CONFIG,
    intervalSeconds: CARE_BUTTON_INTERVAL_SECONDS,
  });
}

/** Its settings as they are said now; what the function keeps in the same item stays. */
async function saveHousehold(client: DynamoDBClient, TableName: string, household: Household): Promise<void> {
  const { household: key = { S: '' }, ...settings } = householdItem(household);
  const names = Object.keys(settings);
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { household: key },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );
}
