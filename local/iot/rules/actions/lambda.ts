import { z } from 'zod';
import { defineAction, templateText } from './action.ts';

/** Invokes a function asynchronously: its event is the SELECT result itself, which must therefore be JSON. */
export const lambda = defineAction({
  name: 'Lambda',
  failedAction: 'LambdaAction',
  settings: z.strictObject({ FunctionArn: templateText }),
  prepare: (settings) => ({
    resource: settings.FunctionArn,
    run: async (functionArn, { result, message }, services) =>
      services.invokeAsync(functionArn, result.json(), message.publisher.clientId),
  }),
});
