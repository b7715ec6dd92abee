import { withRealTimers } from '../clock/index.ts';
import { PORT_SETTINGS } from '../configuration.ts';
import { createHttpApi } from '../http-api/index.ts';
import type { HttpApiDefinition } from '../template/events/index.ts';
import type { Functions } from './functions.ts';
import type { Site } from './site.ts';

/** Opens the HTTP API of the service; gives its address. */
export async function openHttpDoor(
  { configuration, accountId, clock, logs, tell, stops }: Site,
  { lambda }: Functions,
  definition: HttpApiDefinition,
): Promise<string> {
  const api = createHttpApi({
    ...definition,
    accountId,
    clock: withRealTimers(clock),
    invoke: async (name, event) => (await lambda.invoke(lambda.find(name), event)).result,
    log: (message, data) => {
      logs.cloud('warn', message, data);
      tell(`${message}: ${JSON.stringify(data)}`);
    },
  });
  const { url } = await api.listen({ port: configuration.httpApiPort, setting: PORT_SETTINGS.httpApi });
  stops.add(() => api.close());
  return url;
}
