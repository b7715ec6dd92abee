import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { GlasshouseError } from '../../shared/errors.ts';
import { once } from '../../shared/once.ts';
import {
  DEFAULT_SCORING_SETTINGS,
  SCORING_SETTING_NAMES,
  scoringOverridesSchema,
  withOverrides,
  type ScoringSettings,
} from '../../shared/scoring-settings.ts';
import type { PewmaState } from './pewma.ts';
import type { DeviceState, LastReading } from './scoring.ts';

/**
 * A device's item in the state table:
 *
 *     key      S   the device
 *     version  N   grows with every write
 *     columns  M   column → count, mean, variance
 *     last     S   JSON: timeMs?, requestId, values, before (as columns), settings
 *     T, alpha0, beta, threshold, mode   the device's own settings, where it has some
 */
export type Item = Record<string, AttributeValue>;

/** An item in the state table that score-anomaly did not write, or not like this. */
export class StateItemError extends GlasshouseError {
  override readonly name = 'StateItemError' as const;
}

export function encodeColumns(columns: Readonly<Record<string, PewmaState>>): AttributeValue {
  const encoded: Item = {};
  for (const [column, { count, mean, variance }] of Object.entries(columns)) {
    encoded[column] = numbers({ count, mean, variance });
  }
  return { M: encoded };
}

/**
 * The last reading is kept as text: nobody reads it but this function, and as a map of twenty numbers it
 * would be half of what a write costs, in time and in bytes.
 */
export function encodeLast(last: LastReading): AttributeValue {
  return { S: JSON.stringify(last) };
}

/** @throws StateItemError when the item is not one of ours; a person has to look at it. */
export function decodeState(item: Item): DeviceState {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) plain[name] = toPlain(value);
  if (typeof plain['last'] === 'string') plain['last'] = parseJson(plain['last']);
  const parsed = stateSchema().safeParse(plain);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StateItemError(
      `the state of device "${String(plain['key'])}" cannot be read at ${issue?.path.join('.') ?? 'its root'}: mend or delete the item`,
      { code: 'STATE_UNREADABLE', retryable: false, data: { key: plain['key'] }, cause: parsed.error },
    );
  }
  const { version, columns = {}, last } = parsed.data;
  const overrides = scoringOverridesSchema().parse(pick(plain, SCORING_SETTING_NAMES));
  return { version, columns, overrides, ...(last === undefined ? {} : { last: readLast(last) }) };
}

const stateSchema = once(() => {
  const pewma = z.object({ count: z.number(), mean: z.number(), variance: z.number() });
  const columns = z.record(z.string(), pewma);
  const last = z.object({
    timeMs: z.optional(z.number()),
    requestId: z.string(),
    values: z.record(z.string(), z.number()),
    before: columns,
    settings: scoringOverridesSchema(),
  });
  return z.object({ version: z.int(), columns: z.optional(columns), last: z.optional(last) });
});

type StoredLast = NonNullable<z.infer<ReturnType<typeof stateSchema>>['last']>;

function readLast({ timeMs, settings, ...last }: StoredLast): LastReading {
  const used: ScoringSettings = withOverrides(DEFAULT_SCORING_SETTINGS, settings);
  return { ...last, settings: used, ...(timeMs === undefined ? {} : { timeMs }) };
}

function pick(source: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in source).map((name) => [name, source[name]]));
}

function numbers(values: Readonly<Record<string, number>>): { M: Item } {
  const encoded: Item = {};
  for (const [name, value] of Object.entries(values)) encoded[name] = { N: String(value) };
  return { M: encoded };
}

/** What is not JSON becomes null, which the schema refuses. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The types that the items of this table use: text, numbers within a double, maps, booleans and null. */
function toPlain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.M !== undefined) {
    const plain: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value.M)) plain[name] = toPlain(inner);
    return plain;
  }
  if (value.BOOL !== undefined) return value.BOOL;
  return null;
}
