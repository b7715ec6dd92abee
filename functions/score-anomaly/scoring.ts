import {
  DEFAULT_SCORING_SETTINGS,
  withOverrides,
  type ScoringOverrides,
  type ScoringSettings,
} from '../../shared/scoring-settings.ts';
import { columnScore, EMPTY_STATE, Pewma, type ColumnScore, type PewmaState } from './pewma.ts';
import type { Reading } from './reading.ts';

/** What is known of one device: the content of its item in the state table. */
export interface DeviceState {
  /** Grows by one with every write, of a reading or of a setting: the condition of every write. */
  readonly version: number;
  readonly columns: Readonly<Record<string, PewmaState>>;
  /** Settings of this device alone. */
  readonly overrides: ScoringOverrides;
  /** The last reading that was learned; absent before the first. */
  readonly last?: LastReading;
}

/** Enough of the last reading to know it again, and to publish its result again, the same to the digit. */
export interface LastReading {
  readonly timeMs?: number;
  readonly requestId: string;
  readonly values: Readonly<Record<string, number>>;
  /** What it was held against. */
  readonly before: Readonly<Record<string, PewmaState>>;
  readonly settings: ScoringSettings;
}

/** What is published for a reading. */
export interface ScoredReading {
  /** The message as the device sent it. */
  readonly reading: Readonly<Record<string, unknown>>;
  readonly device: string;
  /** The reading's own time, ISO 8601 in UTC; null where readings carry none. */
  readonly time: string | null;
  /** Whether any column is an anomaly. */
  readonly anomaly: boolean;
  /** The reading is not newer than one already learned: it was scored, but nothing was learned from it. */
  readonly late: boolean;
  readonly settings: ScoringSettings;
  readonly columns: Readonly<Record<string, ColumnScore>>;
}

export type Decision =
  | { readonly kind: 'learn'; readonly result: ScoredReading; readonly next: DeviceState }
  | { readonly kind: 'duplicate' | 'late'; readonly result: ScoredReading };

/** DynamoDB refuses numbers closer to zero than 1e-130. */
const SMALLEST_STORED = 1e-130;

/**
 * Decides what one reading does to what is known of its device. Pure: the same state and reading give the
 * same decision, so an invocation that is replayed, or that lost a race and starts again from the fresh
 * state, ends where it should.
 *
 * - the last reading again (same time and values; same invocation where readings carry no time): its result
 *   again, from what that reading was held against;
 * - a reading that is not newer than the last: scored against today's state, marked late, not learned;
 * - any other: scored, learned.
 */
export function decide(
  state: DeviceState | undefined,
  reading: Reading,
  requestId: string,
  settingsForAll: ScoringSettings = DEFAULT_SCORING_SETTINGS,
): Decision {
  const last = state?.last;
  if (last !== undefined && isSameReading(last, reading, requestId)) {
    return { kind: 'duplicate', result: score(reading, last.before, last.settings, false).result };
  }
  const settings = withOverrides(settingsForAll, state?.overrides);
  const known = state?.columns ?? {};
  if (last?.timeMs !== undefined && reading.timeMs !== undefined && reading.timeMs <= last.timeMs) {
    return { kind: 'late', result: score(reading, known, settings, true).result };
  }
  const { result, learned, before } = score(reading, known, settings, false);
  const next: DeviceState = {
    version: (state?.version ?? 0) + 1,
    columns: { ...known, ...learned },
    overrides: state?.overrides ?? {},
    last: {
      requestId,
      values: reading.values,
      before,
      settings,
      ...(reading.timeMs === undefined ? {} : { timeMs: reading.timeMs }),
    },
  };
  return { kind: 'learn', result, next };
}

function isSameReading(last: LastReading, reading: Reading, requestId: string): boolean {
  if (reading.timeMs === undefined) return last.requestId === requestId;
  if (reading.timeMs !== last.timeMs) return false;
  const columns = Object.keys(reading.values);
  return (
    columns.length === Object.keys(last.values).length &&
    columns.every((column) => reading.values[column] === last.values[column])
  );
}

function score(
  reading: Reading,
  known: Readonly<Record<string, PewmaState>>,
  settings: ScoringSettings,
  late: boolean,
) {
  const columns: Record<string, ColumnScore> = {};
  const before: Record<string, PewmaState> = {};
  const learned: Record<string, PewmaState> = {};
  let anomaly = false;
  for (const [column, value] of Object.entries(reading.values)) {
    const state = known[column] ?? EMPTY_STATE;
    const pewma = new Pewma(settings, state);
    pewma.update(value);
    columns[column] = columnScore(pewma, value);
    before[column] = state;
    learned[column] = storable(pewma.state());
    anomaly ||= pewma.anomaly;
  }
  const time = reading.timeMs === undefined ? null : new Date(reading.timeMs).toISOString();
  const result: ScoredReading = {
    reading: reading.message,
    device: reading.key,
    time,
    anomaly,
    late,
    settings,
    columns,
  };
  return { result, learned, before };
}

/** What is kept in memory is what the table gives back: else a warm container would score otherwise. */
function storable({ count, mean, variance }: PewmaState): PewmaState {
  return {
    count,
    mean: Math.abs(mean) < SMALLEST_STORED ? 0 : mean,
    variance: variance < SMALLEST_STORED ? 0 : variance,
  };
}
