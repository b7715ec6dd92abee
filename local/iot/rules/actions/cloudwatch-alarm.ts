import { z } from 'zod';
import { ALARM_STATES } from '../../../cloudwatch/alarm-states.ts';
import { defineAction, roleArn, templateChoice, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';

/** Sets the state of a CloudWatch alarm. */
export const cloudwatchAlarm = defineAction({
  name: 'CloudwatchAlarm',
  failedAction: 'CloudwatchAlarmAction',
  settings: z.strictObject({
    AlarmName: templateText,
    StateReason: templateText,
    StateValue: templateChoice(ALARM_STATES),
    RoleArn: roleArn,
  }),
  prepare: ({ AlarmName, StateReason, StateValue, RoleArn }) => ({
    resource: AlarmName,
    run: async (alarmName, invocation, services) => {
      const { context } = invocation;
      const [stateReason, stateValue] = [StateReason.render(context), StateValue.render(context)];
      const setAlarmState = requireService(services, 'setAlarmState');
      requirePermission(
        services,
        invocation,
        RoleArn,
        'cloudwatch:SetAlarmState',
        ({ region, accountId }) => {
          return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarmName}`;
        },
      );
      setAlarmState({ alarmName, stateReason, stateValue });
    },
  }),
});
