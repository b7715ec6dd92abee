import type { Alarm, AlarmState } from './alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import type { HistoryItem } from './history.ts';

type NewItem = Omit<HistoryItem, 'number'>;

/** The most characters of an item's data. */
const MAX_DATA = 4_095;

/** An alarm was made, changed or deleted. */
export function configurationItem(
  change: 'created' | 'updated' | 'deleted',
  definition: AlarmDefinition,
  atMs: number,
): NewItem {
  const { alarmName } = definition;
  const type = { created: 'Create', updated: 'Update', deleted: 'Delete' }[change];
  const head = { version: '1.0', type };
  return {
    alarmName,
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarmName}" ${change}`,
    data: firstThatFits([{ ...head, [`${change}Alarm`]: definition }, head]),
    atMs,
  };
}

/** An alarm has come into another state. */
export function stateItem(alarm: Alarm, previous: AlarmState): NewItem {
  const { definition, state } = alarm;
  const item = (withData: boolean): object => ({
    version: '1.0',
    oldState: stateData(previous, withData),
    newState: stateData(state, withData),
  });
  return {
    alarmName: definition.alarmName,
    type: 'StateUpdate',
    summary: `Alarm updated from ${previous.value} to ${state.value}`,
    data: firstThatFits([item(true), item(false)]),
    atMs: state.updatedAtMs,
  };
}

/** An action was run, or could not be. @param error why it could not */
export function actionItem(alarm: Alarm, actionArn: string, atMs: number, error?: string): NewItem {
  const { definition, state } = alarm;
  const summary =
    error === undefined
      ? `Successfully executed action ${actionArn}`
      : `Failed to execute action ${actionArn}. Received error: "${error}"`;
  const item = (shown: string | null): object => ({
    actionState: error === undefined ? 'Succeeded' : 'Failed',
    stateUpdateTimestamp: state.updatedAtMs,
    notificationResource: actionArn,
    error: shown,
  });
  const data = firstThatFits([item(error ?? null), item(error?.slice(0, 500) ?? null)]);
  return { alarmName: definition.alarmName, type: 'Action', summary, data, atMs };
}

function stateData({ value, reason, reasonData }: AlarmState, withData: boolean): object {
  const data: { stateReasonData?: unknown } =
    withData && reasonData !== undefined ? { stateReasonData: JSON.parse(reasonData) } : {};
  return { stateValue: value, stateReason: reason, ...data };
}

function firstThatFits(candidates: readonly object[]): string {
  const written = candidates.map((candidate) => JSON.stringify(candidate));
  return written.find(({ length }) => length <= MAX_DATA) ?? '{"version":"1.0"}';
}
