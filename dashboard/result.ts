import * as z from 'zod/mini';

const nullableNumber = z.nullable(z.number());

const columnSchema = z.object({
  value: z.number(),
  mean: nullableNumber,
  std: nullableNumber,
  lower: nullableNumber,
  upper: nullableNumber,
  z: nullableNumber,
  probability: nullableNumber,
  alpha: z.number(),
  anomaly: z.boolean(),
  warmingUp: z.boolean(),
});

const settingsSchema = z.object({
  T: z.number(),
  alpha0: z.number(),
  beta: z.number(),
  threshold: z.number(),
  mode: z.string(),
});

const resultSchema = z.object({
  reading: z.record(z.string(), z.unknown()),
  device: z.string().check(z.minLength(1), z.maxLength(2048)),
  time: z.nullable(z.iso.datetime()),
  anomaly: z.boolean(),
  late: z.boolean(),
  settings: settingsSchema,
  columns: z.record(z.string(), columnSchema),
});

/** What one reading was scored with. */
export interface ResultSettings {
  readonly T: number;
  readonly alpha0: number;
  readonly beta: number;
  readonly threshold: number;
  readonly mode: string;
}

/** One column's scores. What is null was not known yet: a device's first reading has nothing before it. */
export interface ColumnResult {
  readonly value: number;
  readonly mean: number | null;
  readonly std: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly z: number | null;
  /** Density of the standard normal at z. */
  readonly probability: number | null;
  readonly alpha: number;
  readonly anomaly: boolean;
  readonly warmingUp: boolean;
}

/** What is published on `anom/pred` for every reading. */
export interface ScoredResult {
  /** The message as the device sent it. */
  readonly reading: Readonly<Record<string, unknown>>;
  readonly device: string;
  /** The reading's own time, ISO 8601 in UTC; null where readings carry none. */
  readonly time: string | null;
  readonly anomaly: boolean;
  /** Not newer than a reading that was already learned: scored, but nothing was learned from it. */
  readonly late: boolean;
  readonly settings: ResultSettings;
  readonly columns: Readonly<Record<string, ColumnResult>>;
}

/** The largest message that AWS IoT carries. */
const MAX_BYTES = 128 * 1024;

/** More columns than this are no plot any more. */
const MAX_COLUMNS = 64;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads one message of `anom/pred`; undefined when it is not a result. Never throws. */
export function readResult(payload: Uint8Array): ScoredResult | undefined {
  if (payload.byteLength > MAX_BYTES) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(decoder.decode(payload));
  } catch {
    return undefined;
  }
  const parsed = z.safeParse(resultSchema, message);
  if (!parsed.success) return undefined;
  const columns = Object.keys(parsed.data.columns).length;
  return columns > 0 && columns <= MAX_COLUMNS ? parsed.data : undefined;
}
