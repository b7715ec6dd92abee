import { randomUUID } from 'node:crypto';
import { createClockApi, settledWhen } from '../clock/index.ts';
import { PORT_SETTINGS } from '../configuration.ts';
import { createEndpoint } from '../endpoint/endpoint.ts';
import { Faults, withFaults } from '../endpoint/faults.ts';
import { listen } from '../endpoint/listen.ts';
import type { Service } from '../endpoint/service.ts';
import { createDataPlaneHandler } from '../iot/data-plane.ts';
import { createControlPlane, RequestCounts } from '../iot/api/index.ts';
import { attachWebSocket, listenHttps, listenTcp, listenTls } from '../iot/gateway/index.ts';
import { answerWhy } from '../iot/policies/index.ts';
import { createLambdaHandler } from '../lambda/api.ts';
import { createOwnHandler } from '../own-api.ts';
import { createPageServer } from '../page.ts';
import type { RunningCloud } from '../running.ts';
import type { Devices } from './devices.ts';
import type { EventBridge } from '../eventbridge/index.ts';
import type { HttpApiDefinition } from '../template/events/index.ts';
import type { Functions } from './functions.ts';
import { tellOfExpiry } from './expiry.ts';
import { openHttpDoor } from './http-door.ts';
import type { MessageHub } from './hub.ts';
import type { Messages } from './messages.ts';
import { notificationRoutes } from './notification-routes.ts';
import type { Notifications } from './notifications.ts';
import type { Rules } from './rules.ts';
import type { Site } from './site.ts';
import type { Storage } from './storage.ts';

/** All that stands behind the doors. */
export interface Parts {
  readonly storage: Storage;
  readonly functions: Functions;
  readonly notifications: Notifications;
  readonly events: EventBridge;
  readonly hub: MessageHub;
  readonly rules: Rules;
  readonly devices: Devices;
  readonly messages: Messages;
}

export interface DoorOptions {
  readonly pageFolder?: string;
  readonly name: { readonly service: string; readonly stage: string };
  /** Brings the cloud back to what the template says. */
  readonly reset: () => Promise<void>;
  readonly httpApi?: HttpApiDefinition;
}

/** Opens the endpoint of the AWS APIs, MQTT, and the page; says where they are. */
export async function openDoors(
  site: Site,
  parts: Parts,
  { pageFolder, name, reset, httpApi }: DoorOptions,
): Promise<RunningCloud> {
  const { plan, configuration, accountId, region, endpointUrl, clock, logs, stops } = site;
  const { storage, functions, notifications, events, hub, rules, devices, messages } = parts;
  const { gateway, refused, shadows } = messages;
  const { publish } = hub;
  const { endpointPort, mqttPort, mqttsPort, httpsPort, pagePort } = configuration;

  const faults = new Faults();
  const timeApi = createClockApi(
    clock,
    settledWhen([
      () => events.drained(),
      () => functions.lambda.asynchronous.drained(),
      () => rules.drained(),
      () => notifications.cloudwatch.drained(),
      () => notifications.sns.drained(),
      () => storage.timeToLive.drained(),
    ]),
  );
  tellOfExpiry(site, parts);
  const servedTopics = ['shadows'] as const;
  const dataPlane = createDataPlaneHandler({
    publish,
    newId: randomUUID,
    gateway,
    servedTopics,
    shadows: shadows.handler,
  });
  const iotRequests = new RequestCounts();
  const controlPlane = createControlPlane(
    {
      registry: devices.registry,
      security: devices.security,
      destinations: rules.destinations,
      addresses: { dataAddress: 'localhost' },
    },
    iotRequests,
  );
  const services: Record<string, Service> = {
    dynamodb: storage.dynamodb,
    sqs: storage.sqs.handler,
    s3: storage.s3.handler,
    ssm: storage.ssm.handler,
    sns: notifications.sns.handler,
    monitoring: notifications.cloudwatch.handler,
    events: events.handler,
    lambda: createLambdaHandler(functions.lambda),
    iot: controlPlane,
    'execute-api': controlPlane,
    iotdata: dataPlane,
    iotdevicegateway: dataPlane,
  };
  for (const [scope, service] of Object.entries(services))
    services[scope] = withFaults(scope, service, faults);
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
  const endpoint = createEndpoint({
    services,
    own: createOwnHandler({
      status,
      faults,
      log: rules.trace.log,
      routes: {
        'GET why/': ({ path, answer }) => answer(200, answerWhy(devices.attempts, path)),
        'GET confirmdestination': ({ query, answer }) =>
          answer(200, rules.destinations.confirm(query.get('token') ?? '')),
        ...notificationRoutes(notifications),
        'GET clock': ({ answer }) => answer(200, timeApi.read()),
        'POST clock': async ({ readJson, answer }) => answer(200, await timeApi.change(await readJson())),
        'POST reset': async ({ answer }) => {
          faults.clear();
          await reset();
          answer(200, {});
        },
      },
    }),
    log: (message, data) => logs.cloud('error', message, data),
  });
  await endpoint.listen({ port: endpointPort, setting: PORT_SETTINGS.endpoint });
  stops.add(() => endpoint.close());
  // Ended before the endpoint closes, which waits for whoever follows them.
  stops.add(() => rules.trace.log.close());

  const mqtt = await listenTcp(gateway, { host: '127.0.0.1', port: mqttPort, setting: PORT_SETTINGS.mqtt });
  stops.add(() => mqtt.close());

  const device = {
    host: '127.0.0.1',
    server: devices.authority.server,
    directory: devices.identities,
    authoriser: devices.authoriser,
    publish,
    uuid: randomUUID,
  } as const;
  const mqtts = await listenTls(gateway, { ...device, port: mqttsPort, setting: PORT_SETTINGS.mqtts });
  stops.add(() => mqtts.close());
  const https = await listenHttps({
    ...device,
    port: httpsPort,
    setting: PORT_SETTINGS.https,
    servedTopics,
    shadows: shadows.handler,
    refused,
  });
  stops.add(() => https.close());

  const pageServer = createPageServer(pageFolder);
  const webSocket = attachWebSocket(pageServer, gateway);
  const page = await listen(pageServer, {
    port: pagePort,
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
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    mqttsUrl: `mqtts://127.0.0.1:${mqttsPort}`,
    httpsUrl: `https://127.0.0.1:${httpsPort}`,
    caFile: devices.authority.caPath,
    pageUrl: `${page.url}/`,
    ...(httpApiUrl === undefined ? {} : { httpApiUrl }),
    ...(storage.engine.pid === undefined ? {} : { dynamodbPid: storage.engine.pid }),
    resources: plan.references,
  };
  return running;
}
