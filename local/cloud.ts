import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { systemClock, type Clock } from './clock.ts';
import { PORT_SETTINGS, type Configuration } from './configuration.ts';
import { startDynamoDbEngine } from './dynamodb/engine.ts';
import { putItem } from './dynamodb/items.ts';
import { createDynamoDbProxy } from './dynamodb/proxy.ts';
import { createTables } from './dynamodb/tables.ts';
import { createEndpoint } from './endpoint/endpoint.ts';
import { Faults, withFaults } from './endpoint/faults.ts';
import { listen } from './endpoint/listen.ts';
import type { Service } from './endpoint/service.ts';
import { openFolder } from './folder.ts';
import { createDataPlaneHandler } from './iot/data-plane.ts';
import { attachWebSocket, createGateway, listenTcp } from './iot/gateway/index.ts';
import type { IotMessage } from './iot/message.ts';
import { createRulesEngine, readTopicRule, type RuleTraceEvent } from './iot/rules/index.ts';
import { createLambdaHandler } from './lambda/api.ts';
import { createLambda } from './lambda/lambda.ts';
import { FunctionMetrics } from './lambda/metrics.ts';
import { openLogs, type Logs } from './logs.ts';
import { createOwnHandler } from './own-api.ts';
import { createPageServer } from './page.ts';
import { removeRunning, writeRunning, type RunningCloud } from './running.ts';
import { createS3 } from './s3/index.ts';
import { createSqs } from './sqs/index.ts';
import { planTemplate, type Plan } from './template/plan.ts';
import type { Template } from './template/template.ts';

/** The account that everything here belongs to. */
export const LOCAL_ACCOUNT_ID = '000000000000';

export interface CloudOptions {
  readonly template: Template;
  /** With ports chosen: names in the template (URLs of queues) hold the endpoint's. */
  readonly configuration: Configuration;
  /** Empties the state before anything starts. @default false */
  readonly fresh?: boolean;
  /** Where the bundles are, at the paths that the handlers name, and their ending. */
  readonly bundles: { readonly folder: string; readonly extension: string };
  /** Folder of the built page; without it the page's address says that there is none. */
  readonly pageFolder?: string;
  readonly clock?: Clock;
  /** Tells the person who runs the cloud what they should know at once. */
  readonly tell: (message: string) => void;
}

/** The running glass copy. */
export interface Cloud {
  readonly running: RunningCloud;
  /** Lets new invocations run the bundles as they are now. */
  reloadFunctions(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the whole cloud.
 *
 * The order is the order of need: the template is checked whole before anything of it is made, and the doors
 * open last, so that no message ever meets half a cloud. When a step fails, what was started is stopped, the
 * last first.
 *
 * @throws ConfigurationError for what the template asks and this cloud cannot do, for a taken port, for a
 *   missing engine: each by name, with the way out.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { template, configuration, clock = systemClock, tell } = options;
  const { folder, endpointPort, mqttPort, pagePort, maxConcurrency, retryDelaysSeconds } = configuration;
  const { region } = template;
  const accountId = LOCAL_ACCOUNT_ID;
  const stops: (() => Promise<void> | void)[] = [];

  async function stop(): Promise<void> {
    for (const undo of stops.splice(0).toReversed()) await undo();
  }

  async function start(): Promise<Cloud> {
    // 1. The plan: every name resolved, everything that cannot be done refused.
    const endpointUrl = `http://127.0.0.1:${endpointPort}`;
    const stack = `${template.service}-${template.stage}`;
    const plan = planTemplate(template, { partition: 'aws', region, accountId, stack, endpointUrl });
    const rules = pick(plan, 'topic-rule').map(({ name, payload }) =>
      readTopicRule({ ruleName: name, payload }),
    );

    // 2. The folder, which one cloud has for itself.
    stops.push(openFolder(folder, options.fresh === true));
    // Given back last of all: who is killed while stopping leaves word of the engine that is still running.
    stops.push(() => removeRunning(folder));
    const logs = openLogs(path.join(folder, 'logs'), clock);
    stops.push(() => logs.close());

    // 3. Where state is kept.
    const engine = await startDynamoDbEngine({
      folder,
      ...(configuration.dynamodbEndpoint === undefined ? {} : { endpoint: configuration.dynamodbEndpoint }),
      ...(configuration.dynamodbJar === undefined ? {} : { jar: configuration.dynamodbJar }),
    });
    stops.push(() => engine.stop());
    await createTables(engine.url, region, pick(plan, 'table'));
    const dynamodb = createDynamoDbProxy(engine.url);
    stops.push(() => dynamodb.close());

    const queueFile = path.join(folder, 'queues.sqlite');
    const sqs = createSqs({ file: queueFile, clock, accountId, region, baseUrl: endpointUrl });
    stops.push(() => sqs.close());
    for (const { name, attributes } of pick(plan, 'queue')) sqs.ensureQueue(name, attributes);

    const s3 = createS3({ directory: path.join(folder, 's3'), clock, region });
    stops.push(() => s3.close());
    for (const { name } of pick(plan, 'bucket')) await s3.ensureBucket(name);

    // 4. Functions.
    const metrics = new FunctionMetrics();
    const lambda = createLambda({
      functions: plan.functions,
      bundleFolder: options.bundles.folder,
      bundleExtension: options.bundles.extension,
      environment: functionEnvironment(region, endpointUrl),
      eventFile: path.join(folder, 'events.sqlite'),
      clock,
      newId: randomUUID,
      maxConcurrency,
      retryDelaysSeconds,
      sendToDestination: async (queueArn, body) => {
        await sqs.sendMessage({ queueArn, body });
      },
      onLine: (functionKey, line) => {
        if (!metrics.take(functionKey, line)) logs.function(functionKey, line);
      },
      log: (message, data) => {
        logs.cloud('warn', message, data);
        tell(`${message}: ${JSON.stringify(data)}`);
      },
    });
    stops.push(() => lambda.stop());

    // 5. Messages: each one goes to its subscribers and to the rules.
    function publish(message: IotMessage): void {
      gateway.deliver(message);
      rulesEngine.evaluate(message);
    }
    const gateway = createGateway({
      clock,
      publish,
      log: (entry) => logs.cloud('info', 'gateway', { ...entry }),
    });
    stops.push(() => gateway.close());
    const rulesEngine = createRulesEngine({
      rules,
      clock,
      account: accountId,
      region,
      services: {
        publish,
        putObject: (object) => s3.putObject(object),
        putItem: ({ tableName, item }) => putItem(engine.url, region, tableName, item),
        invokeAsync: async (functionArn, event, client) => {
          lambda.invokeAsync(lambda.find(functionArn), JSON.stringify(event) ?? 'null', client);
        },
        sendMessage: async (message) => {
          await sqs.sendMessage(message);
        },
      },
      log: (event) => logRuleEvent(event, logs, tell),
    });
    stops.push(() => rulesEngine.drained());

    // 6. The doors.
    const faults = new Faults();
    const dataPlane = createDataPlaneHandler({ publish, newId: randomUUID });
    const services: Record<string, Service> = {
      dynamodb,
      sqs: sqs.handler,
      s3: s3.handler,
      lambda: createLambdaHandler(lambda),
      iotdata: dataPlane,
      iotdevicegateway: dataPlane,
    };
    for (const [name, service] of Object.entries(services))
      services[name] = withFaults(name, service, faults);
    const status = (): Record<string, unknown> => ({
      running,
      functions: metrics.sums(),
      dynamodb: Object.fromEntries(dynamodb.operations),
      gateway: gateway.counts(),
      pendingInvocations: lambda.asynchronous.pending,
      memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
    });
    const endpoint = createEndpoint({
      services,
      own: createOwnHandler({ status, faults }),
      log: (message, data) => logs.cloud('error', message, data),
    });
    await endpoint.listen({ port: endpointPort, setting: PORT_SETTINGS.endpoint });
    stops.push(() => endpoint.close());

    const mqtt = await listenTcp(gateway, {
      host: '127.0.0.1',
      port: mqttPort,
      setting: PORT_SETTINGS.mqtt,
    });
    stops.push(() => mqtt.close());

    const pageServer = createPageServer(options.pageFolder);
    const webSocket = attachWebSocket(pageServer, gateway);
    const page = await listen(pageServer, {
      port: pagePort,
      purpose: 'the page',
      setting: PORT_SETTINGS.page,
    });
    stops.push(() => page.close());
    // Cut before the server closes, which waits for its WebSockets too: a page that stays open has one.
    stops.push(() => webSocket.close());

    const running: RunningCloud = {
      pid: process.pid,
      startedAt: new Date(clock.now()).toISOString(),
      service: template.service,
      stage: template.stage,
      region,
      accountId,
      endpointUrl,
      mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
      pageUrl: `${page.url}/`,
      ...(engine.pid === undefined ? {} : { dynamodbPid: engine.pid }),
      resources: plan.references,
    };
    writeRunning(folder, running);
    lambda.asynchronous.resume();
    logs.cloud('info', 'the cloud has started', { dynamodb: engine.description });
    return { running, reloadFunctions: () => lambda.recycle(), stop };
  }

  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A message that rules could not handle is told at once: on AWS it would be gone without a word. */
function logRuleEvent(event: RuleTraceEvent, logs: Logs, tell: (message: string) => void): void {
  const { eventType, ruleName, topic } = event;
  if (eventType === 'RuleMatch' || eventType === 'ActionSuccess') return;
  logs.cloud('warn', 'rules', { ...event });
  const why = 'errorMessage' in event ? event.errorMessage : 'there is no such rule, or it is disabled';
  tell(`rule ${ruleName}, message on "${topic}": ${eventType}: ${why}`);
}

/** What a function finds in its environment, here as on AWS; no key is checked, but one has to be there. */
export function functionEnvironment(region: string, endpointUrl: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

type Creations = Plan['creations'][number];

function pick<Kind extends Creations['kind']>(plan: Plan, kind: Kind): Extract<Creations, { kind: Kind }>[] {
  return plan.creations.filter((one): one is Extract<Creations, { kind: Kind }> => one.kind === kind);
}
