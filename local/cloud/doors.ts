import { randomUUID } from 'node:crypto';
import { PORT_SETTINGS } from '../configuration.ts';
import { createEndpoint } from '../endpoint/endpoint.ts';
import { Faults, withFaults } from '../endpoint/faults.ts';
import { listen } from '../endpoint/listen.ts';
import type { Service } from '../endpoint/service.ts';
import { createDataPlaneHandler } from '../iot/data-plane.ts';
import { attachWebSocket, listenTcp } from '../iot/gateway/index.ts';
import { createLambdaHandler } from '../lambda/api.ts';
import { createOwnHandler } from '../own-api.ts';
import { createPageServer } from '../page.ts';
import type { RunningCloud } from '../running.ts';
import type { Functions } from './functions.ts';
import type { Messages } from './messages.ts';
import type { Site } from './site.ts';
import type { Storage } from './storage.ts';

/** All that stands behind the doors. */
export interface Parts {
  readonly storage: Storage;
  readonly functions: Functions;
  readonly messages: Messages;
}

/** Opens the endpoint of the AWS APIs, MQTT, and the page; says where they are. */
export async function openDoors(
  site: Site,
  parts: Parts,
  { pageFolder, name }: { readonly pageFolder?: string; readonly name: { service: string; stage: string } },
): Promise<RunningCloud> {
  const { plan, configuration, accountId, region, endpointUrl, clock, logs, stops } = site;
  const { storage, functions, messages } = parts;
  const { gateway, publish } = messages;
  const { endpointPort, mqttPort, pagePort } = configuration;

  const faults = new Faults();
  const dataPlane = createDataPlaneHandler({ publish, newId: randomUUID });
  const services: Record<string, Service> = {
    dynamodb: storage.dynamodb,
    sqs: storage.sqs.handler,
    s3: storage.s3.handler,
    lambda: createLambdaHandler(functions.lambda),
    iotdata: dataPlane,
    iotdevicegateway: dataPlane,
  };
  for (const [scope, service] of Object.entries(services))
    services[scope] = withFaults(scope, service, faults);
  const status = (): Record<string, unknown> => ({
    running,
    functions: functions.metrics.sums(),
    dynamodb: Object.fromEntries(storage.dynamodb.operations),
    gateway: gateway.counts(),
    pendingInvocations: functions.lambda.asynchronous.pending,
    memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
  });
  const endpoint = createEndpoint({
    services,
    own: createOwnHandler({ status, faults }),
    log: (message, data) => logs.cloud('error', message, data),
  });
  await endpoint.listen({ port: endpointPort, setting: PORT_SETTINGS.endpoint });
  stops.add(() => endpoint.close());

  const mqtt = await listenTcp(gateway, { host: '127.0.0.1', port: mqttPort, setting: PORT_SETTINGS.mqtt });
  stops.add(() => mqtt.close());

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

  const running: RunningCloud = {
    pid: process.pid,
    startedAt: new Date(clock.now()).toISOString(),
    ...name,
    region,
    accountId,
    endpointUrl,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    pageUrl: `${page.url}/`,
    ...(storage.engine.pid === undefined ? {} : { dynamodbPid: storage.engine.pid }),
    resources: plan.references,
  };
  return running;
}
