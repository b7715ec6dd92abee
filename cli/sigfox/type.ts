import { GlasshouseError } from '../../shared/errors.ts';
import { ASSIGNMENT_REFRESH_MS } from '../../shared/sigfox/device-assignments.ts';
import { normaliseDeviceId } from '../../shared/sigfox/device-id.ts';
import { TYPE_REFRESH_MS } from '../../shared/sigfox/device-type.ts';
import { layOutPayload } from '../../shared/sigfox/payload-layout.ts';
import type { Arguments } from '../arguments.ts';
import { describeAwsFailure, findAwsPlace, requireName, sdkConfig } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { quoted, visible, type Terminal } from '../terminal.ts';
import { readingConfig } from './check-config.ts';
import { typeOf } from './decode.ts';
import { readChange } from './type-change.ts';
import {
  assignType,
  changeType,
  listTypes,
  readType,
  removeType,
  warnUnknownType,
  type NamedDeviceType,
  type TypesTable,
} from './type-table.ts';

const VERBS = ['list', 'show', 'set', 'remove', 'assign'] as const;

/** Kinds of devices: shows them, changes them, and says of which kind a device is. */
export async function type(words: readonly string[], args: Arguments, terminal: Terminal): Promise<number> {
  const [given, ...rest] = words;
  const verb = VERBS.find((one) => one === given);
  if (verb === undefined) {
    const hint = given === undefined ? '' : `, not ${quoted(given)}${didYouMean(given, VERBS)}`;
    throw args.wrong(`sigfox type is followed by ${VERBS.join(', ')}${hint}`);
  }
  const place = findAwsPlace(args, terminal);
  const logicalId = verb === 'assign' ? 'SigfoxDevicesTable' : 'SigfoxDeviceTypesTable';
  const tableName = requireName(args, place, 'table', logicalId);
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(sdkConfig(place));
  try {
    const kindsName = place.resources['SigfoxDeviceTypesTable'];
    const kinds = kindsName === undefined ? undefined : { client, tableName: kindsName };
    await RUN[verb]({ client, tableName }, rest, args, terminal, kinds);
  } catch (error) {
    throw error instanceof GlasshouseError ? error : describeAwsFailure(error, place);
  } finally {
    client.destroy();
  }
  return EXIT.done;
}

type Run = (
  table: TypesTable,
  words: readonly string[],
  args: Arguments,
  terminal: Terminal,
  /** The table of kinds; undefined where nobody knows its name. */
  kinds: TypesTable | undefined,
) => Promise<void>;

const RUN: Readonly<Record<(typeof VERBS)[number], Run>> = {
  async list(table, words, args, { out, err }) {
    if (words.length > 0) throw args.wrong('sigfox type list takes options only');
    const types = await listTypes(table);
    if (types.length === 0) await err.line(err.paint('dim', 'no kind of device is known'));
    for (const one of types) await out.line(args.flag('json') ? JSON.stringify(one) : lineOf(one));
  },

  async show(table, words, args, { out }) {
    const id = onlyId(words, args, 'show');
    const found = await readType(table, id);
    if (found === undefined) throw noType(id);
    if (args.flag('json')) return out.line(JSON.stringify(found));
    const { payloadConfig, echoConfig, intervalSeconds } = found;
    const lines = [
      ['type', found.deviceTypeId],
      ['config', payloadConfig ?? '-'],
      ['echo', echoConfig ?? '-'],
      ['interval', intervalSeconds === undefined ? '-' : `${intervalSeconds} s`],
    ];
    for (const [name = '', value = ''] of lines) await out.line(`${name.padEnd(9)} ${visible(value)}`);
    if (payloadConfig === undefined) return undefined;
    for (const field of readingConfig(payloadConfig, () => layOutPayload(payloadConfig))) {
      const place = `byte ${Math.floor(field.firstBit / 8)}, bit ${7 - (field.firstBit % 8)}`;
      await out.line(`          ${field.name}: ${typeOf(field)}, from ${place}`);
    }
    return undefined;
  },

  async set(table, words, args, { out, err }) {
    const id = onlyId(words, args, 'set');
    const before = await readType(table, id);
    await changeType(table, id, readChange(args, before ?? {}));
    const after = await readType(table, id);
    if (after === undefined) throw noType(id);
    await out.line(args.flag('json') ? JSON.stringify(after) : lineOf(after));
    if (before !== undefined) await err.line(err.paint('dim', `in effect ${within(TYPE_REFRESH_MS)}`));
  },

  async remove(table, words, args, { out }) {
    const id = onlyId(words, args, 'remove');
    if (!(await removeType(table, id))) throw noType(id);
    const then = `messages of this kind are kept and told as their digits, ${within(TYPE_REFRESH_MS)}`;
    await out.line(`${visible(id)} is removed: ${then}`);
  },

  async assign(table, words, args, { out, err }, kinds) {
    const [given = '', id, ...more] = words;
    const isNone = args.flag('none');
    if (more.length > 0 || (id === undefined) !== isNone) {
      throw args.wrong('sigfox type assign takes a device and a kind, or a device and --none');
    }
    const device = normaliseDeviceId(given);
    if (device === undefined) {
      throw args.wrong(`${quoted(given)} is no device: one to eight hexadecimal digits`);
    }
    if (id !== undefined) {
      checkId(id, args);
      await warnUnknownType(kinds, id, err);
    }
    await assignType(table, device, id);
    const what = id === undefined ? 'is assigned no kind any more' : `is of the kind ${id}`;
    await out.line(`${device} ${what}, where its callbacks do not tell it, ${within(ASSIGNMENT_REFRESH_MS)}`);
  },
};

/** How soon a function sees a change: it remembers what it has read. */
function within(ms: number): string {
  return `within ${ms / 1_000} s`;
}

function onlyId([id, ...more]: readonly string[], args: Arguments, verb: string): string {
  if (id === undefined || more.length > 0) throw args.wrong(`sigfox type ${verb} takes the id of one kind`);
  return checkId(id, args);
}

/** Sigfox's own ids are 24 hexadecimal digits; a kind of one's own is called as one likes. */
function checkId(id: string, args: Arguments): string {
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw args.wrong(`${quoted(id)} is no id of a kind: up to 100 letters, digits, _, - and dots`);
}

function noType(id: string): CommandError {
  return new CommandError(
    'NO_TYPE',
    `there is no kind of device ${quoted(id)}: see glasshouse sigfox type list`,
  );
}

function lineOf({ deviceTypeId, payloadConfig, echoConfig, intervalSeconds }: NamedDeviceType): string {
  const interval = intervalSeconds === undefined ? '-' : `${intervalSeconds} s`;
  const echo = echoConfig === undefined ? '' : `  echo ${echoConfig}`;
  return visible(`${deviceTypeId}  ${interval}  ${payloadConfig ?? '-'}${echo}`);
}
