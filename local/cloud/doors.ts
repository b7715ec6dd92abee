import type { ClockApi } from '../clock/index.ts';
import { PORT_SETTINGS } from '../configuration.ts';
import { createEndpoint } from '../endpoint/endpoint.ts';
import { Faults, withFaults } from '../endpoint/faults.ts';
import { listen } from '../endpoint/listen.ts';
import { RequestCounts } from '../iot/api/index.ts';
import { attachWebSocket } from '../iot/gateway/index.ts';
import { createOwnHandler } from '../own-api.ts';
import { createPageServer } from '../page.ts';
import type { RunningCloud } from '../running.ts';
import type { HttpApiDefinition } from '../template/events/index.ts';
import { openHttpDoor } from './http-door.ts';
import { openMessageDoors } from './message-doors.ts';
import { ownRoutes } from './own-routes.ts';
import type { Parts } from './parts.ts';
import { servicesOf } from './services.ts';
import type { Site } from './site.ts';

export interface DoorOptions {
  readonly pageFolder?: string;
  readonly name: { readonly service: string; readonly stage: string };
  /** Brings the cloud back to what the template says. */
  readonly reset: () => Promise<void>;
  readonly time: ClockApi;
  readonly httpApi?: HttpApiDefinition;
}

/** Opens the endpoint of the AWS APIs, MQTT, the page and the service's own HTTP API; says where they are. */
export async function openDoors(
  site: Site,
  parts: Parts,
  { pageFolder, name, reset, time, httpApi }: DoorOptions,
): Promise<RunningCloud> {
  const { plan, configuration, accountId, region, endpointUrl, clock, logs, stops } = site;
  const { storage, functions, rules, devices, messages } = parts;
  const { gateway } = messages;

  const faults = new Faults();
  const iotRequests = new RequestCounts();
  const status = (): Record<string, unknown> => ({
    running,
    functions: functions.metrics.sums(),
    dynamodb: Object.fromEntries(storage.dynamodb.operations),
    iot: iotRequests.snapshot(),
    gateway: gateway.counts(),
    rules: rules.trace.metrics.snapshot(),
    pendingInvocations: functions.lambda.asynchronous.pending,
    memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
  });
  const services = Object.entries(servicesOf(parts, iotRequests));
  const endpoint = createEndpoint({
    services: Object.fromEntries(
      services.map(([scope, service]) => [scope, withFaults(scope, service, faults)]),
    ),
    own: createOwnHandler({
      status,
      faults,
      log: rules.trace.log,
      routes: ownRoutes(parts, { faults, reset, time }),
    }),
    log: (message, data) => logs.cloud('error', message, data),
  });
  await endpoint.listen({ port: configuration.endpointPort, setting: PORT_SETTINGS.endpoint });
  stops.add(() => endpoint.close());
  // Ended before the endpoint closes, which waits for whoever follows them.
  stops.add(() => rules.trace.log.close());

  const messageUrls = await openMessageDoors(site, parts);

  const pageServer = createPageServer(pageFolder);
  const webSocket = attachWebSocket(pageServer, gateway);
  const page = await listen(pageServer, {
    port: configuration.pagePort,
    purpose: 'the page',
    setting: PORT_SETTINGS.page,
  });
  stops.add(() => page.close());
  // Cut before the server closes, which waits for its WebSockets too: a page that stays open has one.
  stops.add(() => webSocket.close());

  const httpApiUrl = httpApi === undefined ? undefined : await openHttpDoor(site, functions, httpApi);

  const running: RunningCloud = {
    pid: process.pid,
    startedAt: new Date(clock.now()).toISOString(),
    ...name,
    region,
    accountId,
    endpointUrl,
    ...messageUrls,
    caFile: devices.authority.caPath,
    pageUrl: `${page.url}/`,
    ...(httpApiUrl === undefined ? {} : { httpApiUrl }),
    ...(storage.engine.pid === undefined ? {} : { dynamodbPid: storage.engine.pid }),
    resources: plan.references,
  };
  return running;
}
