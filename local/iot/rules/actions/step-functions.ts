import { z } from 'zod';
import { defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { jsonOf } from './result-text.ts';

/** Starts a state machine with the SELECT result as its input: kept in the outbox. */
export const stepFunctions = defineAction({
  name: 'StepFunctions',
  failedAction: 'StepFunctionsAction',
  settings: z.strictObject({
    StateMachineName: templateText,
    ExecutionNamePrefix: templateText.optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ StateMachineName, ExecutionNamePrefix, RoleArn }) => ({
    resource: StateMachineName,
    run: async (stateMachineName, invocation, services) => {
      const { context, result, ruleName } = invocation;
      const executionName = `${ExecutionNamePrefix?.render(context) ?? ''}${context.newUuid()}`;
      const input = jsonOf(result, 'a state machine');
      const keep = requireService(services, 'keep');
      requirePermission(services, invocation, RoleArn, 'states:StartExecution', ({ region, accountId }) => {
        return `arn:aws:states:${region}:${accountId}:stateMachine:${stateMachineName}`;
      });
      keep('step-functions', { ruleName, stateMachineName, executionName, input });
    },
  }),
});
