import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AwsApiError } from '../errors.ts';

export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export type AlarmStateValue = (typeof ALARM_STATES)[number];

/** The state that an alarm has now. */
export interface AlarmState {
  readonly alarmName: string;
  readonly stateValue: AlarmStateValue;
  readonly stateReason: string;
  /** When it came into this state. Milliseconds since the epoch. */
  readonly updatedAtMs: number;
}

/** One change of an alarm's state. */
export interface AlarmTransition {
  readonly alarmName: string;
  /** Undefined for the first state of an alarm. */
  readonly oldValue?: AlarmStateValue;
  readonly newValue: AlarmStateValue;
  readonly reason: string;
  readonly atMs: number;
}

export interface AlarmStates {
  /** @throws AwsApiError ValidationError */
  set(alarmName: string, stateValue: string, stateReason: string): void;
  find(alarmName: string): AlarmState | undefined;
  list(): AlarmState[];
  /** The last changes of an alarm's state, the newest first. */
  history(alarmName: string): AlarmTransition[];
}

/** Changes that are kept of each alarm, and alarms that are kept. */
const MAX_HISTORY = 100;
const MAX_ALARMS = 5_000;

const stateValue = z.enum(ALARM_STATES);

/**
 * The states of alarms, in a database that `openDatabase` has opened. An alarm is made by the first state that is
 * set: nothing here evaluates metrics against a threshold, so a name and a state are all that an alarm has.
 *
 * @param onTransition told when a state has become another one, which is when AWS runs an alarm's actions.
 */
export function createAlarmStates(
  database: DatabaseSync,
  clock: Clock,
  onTransition: (transition: AlarmTransition) => void,
): AlarmStates {
  const find = database.prepare('SELECT * FROM alarms WHERE name = ?');
  const count = database.prepare('SELECT count(*) AS count FROM alarms');
  const upsert = database.prepare('INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?)');
  const list = database.prepare('SELECT * FROM alarms ORDER BY name');
  const note = database.prepare(
    'INSERT INTO alarm_history (name, old_value, new_value, reason, at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare(
    `DELETE FROM alarm_history WHERE name = ?1 AND seq <=
       (SELECT seq FROM alarm_history WHERE name = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ${MAX_HISTORY})`,
  );
  const history = database.prepare('SELECT * FROM alarm_history WHERE name = ? ORDER BY seq DESC');

  function findState(alarmName: string): AlarmState | undefined {
    const row = find.get(alarmName);
    return row === undefined ? undefined : readState(row);
  }

  return {
    set(alarmName, value, stateReason) {
      const newValue = check(alarmName, value, stateReason);
      const before = findState(alarmName);
      if (before === undefined && Number(count.get()?.['count']) >= MAX_ALARMS) {
        throw new AwsApiError(400, 'LimitExceeded', `There are ${MAX_ALARMS} alarms already.`);
      }
      const atMs = clock.now();
      const isChange = before?.stateValue !== newValue;
      upsert.run(alarmName, newValue, stateReason, isChange ? atMs : (before?.updatedAtMs ?? atMs));
      if (!isChange) return;
      note.run(alarmName, before?.stateValue ?? null, newValue, stateReason, atMs);
      forget.run(alarmName);
      const oldValue = before === undefined ? {} : { oldValue: before.stateValue };
      onTransition({ alarmName, ...oldValue, newValue, reason: stateReason, atMs });
    },
    find: findState,
    list: () => list.all().map((row) => readState(row)),
    history: (alarmName) =>
      history.all(alarmName).map((row) => ({
        alarmName,
        ...(row['old_value'] === null ? {} : { oldValue: stateValue.parse(row['old_value']) }),
        newValue: stateValue.parse(row['new_value']),
        reason: String(row['reason']),
        atMs: Number(row['at_ms']),
      })),
  };
}

/** The limits of SetAlarmState. */
function check(alarmName: string, value: string, stateReason: string): AlarmStateValue {
  const isNamed = alarmName !== '' && alarmName.length <= 255;
  if (!isNamed) throw invalid('AlarmName', 'it has 1 to 255 characters');
  if (stateReason.length > 1_023) throw invalid('StateReason', 'it has at most 1023 characters');
  const parsed = stateValue.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid('StateValue', `"${value.slice(0, 100)}" is none of ${ALARM_STATES.join(', ')}`);
}

function readState(row: Readonly<Record<string, unknown>>): AlarmState {
  return {
    alarmName: String(row['name']),
    stateValue: stateValue.parse(row['state_value']),
    stateReason: String(row['state_reason']),
    updatedAtMs: Number(row['updated_at_ms']),
  };
}

function invalid(parameter: string, why: string): AwsApiError {
  return new AwsApiError(400, 'ValidationError', `The parameter ${parameter} cannot be used: ${why}.`);
}
