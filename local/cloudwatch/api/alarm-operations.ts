import { z } from 'zod';
import { readAlarm } from '../alarm/definition.ts';
import { ALARM_ERRORS, readInput } from '../errors.ts';
import type { CloudWatchContext } from './context.ts';
import type { Operation } from './handler.ts';
import { tagList, tagsOf } from './tag-operations.ts';

const names = z.object({ AlarmNames: z.array(z.string()).max(100, 'there are at most 100') });
const tagged = z.object({ Tags: tagList.optional() });
const stateSchema = z.object({
  AlarmName: z.string(),
  StateValue: z.string(),
  StateReason: z.string(),
  StateReasonData: z.string().optional(),
});

/** What changes alarms. */
export function alarmOperations({ book }: CloudWatchContext): Record<string, Operation> {
  const enable = (input: unknown, isEnabled: boolean): object => {
    for (const name of readInput(names, input, ALARM_ERRORS).AlarmNames) book.enableActions(name, isEnabled);
    return {};
  };
  return {
    PutMetricAlarm(input) {
      const definition = readAlarm(input);
      const { Tags = [] } = readInput(tagged, input, ALARM_ERRORS);
      book.put(definition, tagsOf(Tags));
      return {};
    },
    DeleteAlarms(input) {
      const { AlarmNames } = readInput(names, input, ALARM_ERRORS);
      // All of them or none.
      for (const name of AlarmNames) book.require(name);
      for (const name of new Set(AlarmNames)) book.remove(name);
      return {};
    },
    EnableAlarmActions: (input) => enable(input, true),
    DisableAlarmActions: (input) => enable(input, false),
    SetAlarmState(input) {
      const read = readInput(stateSchema, input, ALARM_ERRORS);
      const { AlarmName, StateValue, StateReason, StateReasonData } = read;
      book.setState({
        alarmName: AlarmName,
        value: StateValue,
        reason: StateReason,
        ...(StateReasonData === undefined ? {} : { reasonData: StateReasonData }),
      });
      return {};
    },
  };
}
