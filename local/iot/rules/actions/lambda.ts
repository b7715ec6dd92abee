import { z } from 'zod';
import { defineAction, templateText } from './action.ts';
import { requireInvoke } from './permissions.ts';

/** Invokes a function asynchronously: its event is the SELECT result itself, which must therefore be JSON. */
export const lambda = defineAction({
  name: 'Lambda',
  failedAction: 'LambdaAction',
  settings: z.strictObject({ FunctionArn: templateText }),
  prepare: (settings) => ({
    resource: settings.FunctionArn,
    run: async (functionArn, invocation, services) => {
      const { result, message } = invocation;
      requireInvoke(services, invocation, functionArn);
      await services.invokeAsync(functionArn, result.json(), message.publisher.clientId);
    },
  }),
});
