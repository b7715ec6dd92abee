import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { ALARM_STATES, type AlarmStateValue } from '../alarm-states.ts';
import { cloudWatchError, invalid } from '../errors.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import { openAlarmHistory, type AlarmHistory } from './history.ts';
import { configurationItem, stateItem } from './history-items.ts';
import { openAlarmStore, type AlarmStore } from './store.ts';

/** CloudWatch's quota of alarms. */
const MAX_ALARMS = 5_000;

export interface StateChange {
  readonly alarmName: string;
  readonly value: string;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
}

/** Who is told of what becomes of alarms. */
export interface AlarmListener {
  /** A state has become another one, which is when CloudWatch runs actions. */
  readonly changed: (alarm: Alarm, previous: AlarmState) => void;
  /** Alarms were made, redefined or deleted. */
  readonly configured: () => void;
}

/** The alarms that there are, with all that happened to them. */
export class AlarmBook {
  readonly history: AlarmHistory;
  readonly #store: AlarmStore;
  readonly #clock: Clock;
  readonly #listener: AlarmListener;

  constructor(database: DatabaseSync, clock: Clock, listener: AlarmListener) {
    this.#store = openAlarmStore(database);
    this.history = openAlarmHistory(database);
    this.#clock = clock;
    this.#listener = listener;
  }

  /** In the order of their names. */
  list(): Alarm[] {
    return this.#store.list();
  }

  find(alarmName: string): Alarm | undefined {
    return this.#store.find(alarmName);
  }

  /** @throws AwsApiError ResourceNotFound */
  require(alarmName: string): Alarm {
    const alarm = this.#store.find(alarmName);
    if (alarm !== undefined) return alarm;
    throw cloudWatchError('ResourceNotFound', `There is no alarm "${alarmName.slice(0, 300)}".`);
  }

  /** Makes an alarm, or gives the one of that name this definition; its state and its tags stay. @throws AwsApiError LimitExceeded */
  put(definition: AlarmDefinition, tags: Readonly<Record<string, string>> = {}): void {
    this.#put(definition, false, tags);
    this.#listener.configured();
  }

  /**
   * Makes the alarms of a template. One that is there with the same definition stays as it is, and one that an earlier
   * template had is deleted.
   */
  declare(definitions: readonly AlarmDefinition[]): void {
    const names = new Set(definitions.map(({ alarmName }) => alarmName));
    for (const { definition, isDeclared } of this.list()) {
      if (isDeclared && !names.has(definition.alarmName)) this.#remove(definition);
    }
    for (const definition of definitions) {
      const known = this.#store.find(definition.alarmName);
      const isKnown = known !== undefined && known.isDeclared && isSame(known.definition, definition);
      if (!isKnown) this.#put(definition, true, {});
    }
    this.#listener.configured();
  }

  #put(definition: AlarmDefinition, isDeclared: boolean, tags: Readonly<Record<string, string>>): void {
    const known = this.#store.find(definition.alarmName);
    if (known === undefined && this.#store.size >= MAX_ALARMS) {
      throw cloudWatchError('LimitExceeded', `There are ${MAX_ALARMS} alarms already.`);
    }
    const atMs = this.#clock.now();
    this.#store.save({
      definition,
      isDeclared: isDeclared || known?.isDeclared === true,
      tags: known?.tags ?? tags,
      configuredAtMs: atMs,
      state: known?.state ?? {
        value: 'INSUFFICIENT_DATA',
        reason: 'Unchecked: Initial alarm creation',
        updatedAtMs: atMs,
      },
    });
    this.history.add(configurationItem(known === undefined ? 'created' : 'updated', definition, atMs));
  }

  /** @throws AwsApiError ResourceNotFound */
  remove(alarmName: string): void {
    this.#remove(this.require(alarmName).definition);
    this.#listener.configured();
  }

  #remove(definition: AlarmDefinition): void {
    this.#store.remove(definition.alarmName);
    this.history.add(configurationItem('deleted', definition, this.#clock.now()));
  }

  /** An alarm that is not there is passed over, as CloudWatch does. */
  enableActions(alarmName: string, actionsEnabled: boolean): void {
    const alarm = this.#store.find(alarmName);
    if (alarm === undefined || alarm.definition.actionsEnabled === actionsEnabled) return;
    const configuredAtMs = this.#clock.now();
    const definition = { ...alarm.definition, actionsEnabled };
    this.#store.save({ ...alarm, definition, configuredAtMs });
    this.history.add(configurationItem('updated', definition, configuredAtMs));
  }

  /** @throws AwsApiError ResourceNotFoundException */
  tag(alarmName: string, tags: Readonly<Record<string, string>>): void {
    this.#store.save({ ...this.require(alarmName), tags });
  }

  /** Brings an alarm into a state, also into the one that it is in. @throws AwsApiError ResourceNotFound, ValidationError, InvalidFormat */
  setState({ alarmName, value, reason, reasonData }: StateChange): void {
    checkReason(reason, reasonData);
    const stateValue = readState(value);
    const alarm = this.require(alarmName);
    const previous = alarm.state;
    const isChange = previous.value !== stateValue;
    const state: AlarmState = {
      value: stateValue,
      reason,
      ...(reasonData === undefined ? {} : { reasonData }),
      updatedAtMs: isChange ? this.#clock.now() : previous.updatedAtMs,
    };
    const changed = { ...alarm, state };
    this.#store.save(changed);
    if (!isChange) return;
    this.history.add(stateItem(changed, previous));
    this.#listener.changed(changed, previous);
  }

  clear(): void {
    this.#store.clear();
    this.history.clear();
    this.#listener.configured();
  }
}

function readState(value: string): AlarmStateValue {
  const known = ALARM_STATES.find((one) => one === value);
  if (known !== undefined) return known;
  const why = `"${value.slice(0, 100)}" is none of ${ALARM_STATES.join(', ')}`;
  throw invalid('StateValue', why, 'ValidationError');
}

/** The limits of SetAlarmState. */
function checkReason(reason: string, reasonData: string | undefined): void {
  if (reason.length > 1_023) {
    throw invalid('StateReason', 'it has at most 1023 characters', 'ValidationError');
  }
  if (reasonData === undefined) return;
  if (reasonData.length > 4_000) {
    throw invalid('StateReasonData', 'it has at most 4000 characters', 'ValidationError');
  }
  try {
    JSON.parse(reasonData);
  } catch {
    throw invalid('StateReasonData', 'it is no JSON', 'InvalidFormat');
  }
}

/** Both were made by the same code, so their members stand in the same order. */
function isSame(one: AlarmDefinition, other: AlarmDefinition): boolean {
  return canonical(one) === canonical(other);
}

function canonical(definition: AlarmDefinition): string {
  const entries: [string, unknown][] = Object.entries(definition);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
