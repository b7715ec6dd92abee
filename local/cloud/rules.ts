import path from 'node:path';
import { withRealTimers } from '../clock/index.ts';
import { callDynamoDb } from '../dynamodb/call.ts';
import { putItem } from '../dynamodb/items.ts';
import { authoriserOf } from '../iam/index.ts';
import type { RuleDefinition, RulesControl } from '../iot/registry/index.ts';
import {
  confirmationUrlsOf,
  createDestinations,
  createHttpPoster,
  createRulesEngine,
  readTopicRule,
  type ActionServices,
  type Destinations,
  type RuleAuthoriser,
  type RulesEngine,
  type TopicRule,
  type RuleTraceEvent,
} from '../iot/rules/index.ts';
import { problemOf, startRuleTrace, type RuleTrace } from '../iot/trace/index.ts';
import { createDeliveryStreams, type DeliveryStreams } from '../outbox/index.ts';
import type { Functions } from './functions.ts';
import type { MessageHub } from './hub.ts';
import { createExternalFunctions, type ExternalParts } from './external-functions.ts';
import type { Notifications } from './notifications.ts';
import { creationsOf, type Site } from './site.ts';
import type { Storage } from './storage.ts';

export interface Rules {
  readonly engine: RulesEngine;
  /** The engine as the registry of rules drives it. */
  readonly control: RulesControl;
  readonly trace: RuleTrace;
  readonly destinations: Destinations;
  /** Resolves when no rule is at work, and nothing that rules have gathered is being written. */
  drained(): Promise<void>;
}

export interface RuleParts {
  readonly hub: MessageHub;
  readonly storage: Storage;
  readonly functions: Functions;
  readonly notifications: Notifications;
  /** What SQL asks of the registry and of shadows; they start after the engine. */
  readonly lookUp: ExternalParts['lookUp'];
}

/** Reads the topic rules of the template. @throws ConfigurationError for what the engine cannot do */
export function readTopicRules({ plan }: Pick<Site, 'plan'>): TopicRule[] {
  return creationsOf(plan, 'topic-rule').map(({ name, payload }) =>
    readTopicRule({ ruleName: name, payload }),
  );
}

/**
 * Asks the servers that the template and its rules post to to confirm. They answer at the endpoint: it has to be
 * open by then.
 */
export async function askDestinations(
  { plan }: Site,
  { destinations }: Pick<Rules, 'destinations'>,
  rules: readonly TopicRule[],
): Promise<void> {
  const stated = creationsOf(plan, 'rule-destination').map(({ confirmationUrl }) => confirmationUrl);
  const urls = new Set([...stated, ...confirmationUrlsOf(rules)]);
  await Promise.all([...urls].map((url) => destinations.ensure(url)));
}

/** Starts the rules engine, with no rule yet: the registry brings them. */
export function startRules(site: Site, parts: RuleParts): Rules {
  const { plan, accountId, region, clock, configuration, endpointUrl, logs, stops } = site;
  const { storage, notifications } = parts;
  const log = (message: string, data: Readonly<Record<string, unknown>>): void =>
    logs.cloud('warn', message, data);
  const destinations = createDestinations({
    file: path.join(configuration.folder, 'destinations.sqlite'),
    clock,
    accountId,
    region,
    baseUrl: endpointUrl,
    log,
  });
  stops.add(() => destinations.close());
  const trace = startRuleTrace({
    clock,
    accountId,
    putMetric: (datum) => notifications.cloudwatch.putMetric(datum),
  });
  stops.add(() => trace.stop());
  const streams = createDeliveryStreams({
    streams: creationsOf(plan, 'delivery-stream'),
    putObject: (object) => storage.s3.putObject(object),
    clock,
    log,
  });
  stops.add(() => streams.flush());
  const engine = createRulesEngine({
    rules: [],
    clock,
    account: accountId,
    region,
    services: actionServices(site, parts, { destinations, streams }),
    external: createExternalFunctions({ ...parts, region, engineUrl: storage.engine.url }),
    log: (event) => {
      trace.take(event);
      tellProblem(event, site);
    },
  });
  stops.add(() => engine.drained());
  return {
    engine,
    control: controlOf(engine),
    trace,
    destinations,
    async drained() {
      await engine.drained();
      await streams.drained();
    },
  };
}

/** The rules of the registry, which have the API's names. */
function controlOf(engine: RulesEngine): RulesControl {
  const read = ({ ruleName, payload }: RuleDefinition) =>
    readTopicRule({ ruleName, payload, spelling: 'api' });
  return {
    check: (rule) => ({ topicFilter: read(rule).sql.topicFilter }),
    put: (rule) => engine.put(read(rule)),
    remove: (ruleName) => engine.remove(ruleName),
  };
}

function actionServices(
  site: Site,
  { hub, storage, functions, notifications }: RuleParts,
  { destinations, streams }: { destinations: Destinations; streams: DeliveryStreams },
): ActionServices {
  const { region, clock } = site;
  const { engine, timeToLive, sqs, s3 } = storage;
  const { lambda } = functions;
  const { cloudwatch, outbox, sns } = notifications;
  return {
    authoriser: ruleAuthoriser(site),
    publish: hub.publish,
    putObject: (object) => s3.putObject(object),
    putItem: async ({ tableName, item }) => {
      await putItem(engine.url, region, tableName, item);
      timeToLive.changed();
    },
    callDynamoDb: async (operation, request) => {
      const { ok, text } = await callDynamoDb(engine.url, region, operation, request);
      if (!ok) throw new Error(text);
      timeToLive.changed();
    },
    invokeAsync: async (functionArn, event, client) => {
      lambda.invokeAsync(lambda.find(functionArn), JSON.stringify(event) ?? 'null', client);
    },
    sendMessage: async (message) => {
      await sqs.sendMessage(message);
    },
    notify: async (notification) => {
      await sns.publish(notification);
    },
    putMetric: (datum) => cloudwatch.putMetric(datum),
    setAlarmState: (state) => cloudwatch.setAlarmState(state),
    putLogEvents: (put) => cloudwatch.putLogEvents(put),
    putRecords: (name, records) => streams.putRecords(name, records),
    keep: (kind, record) => outbox.keep(kind, record),
    // A batch is open for real milliseconds: an advance of the clock waits for the rules that wait for it.
    http: createHttpPoster({
      isEnabled: (url) => destinations.isEnabled(url),
      clock: withRealTimers(clock),
    }),
  };
}

/**
 * Holds the rules of the template against its roles and permissions. A rule that the API made may name a role
 * that the template knows nothing of, and no API here grants it anything: nothing is known against it.
 */
function ruleAuthoriser({ plan, accountId, region }: Site): RuleAuthoriser {
  const authoriser = authoriserOf(plan.creations, { accountId, region });
  const ofTemplate = new Set(creationsOf(plan, 'topic-rule').map(({ name }) => name));
  const roles = new Set(creationsOf(plan, 'role').map(({ arn }) => arn));
  return {
    accountId,
    region,
    requireRole(request) {
      if (ofTemplate.has(request.ruleName) || roles.has(request.roleArn)) authoriser.requireRole(request);
    },
    requireInvoke(request) {
      if (ofTemplate.has(request.sourceArn.slice(request.sourceArn.lastIndexOf('/') + 1))) {
        authoriser.requireInvoke(request);
      }
    },
  };
}

/** A message that rules could not handle is told at once: on AWS it would be gone without a word. */
function tellProblem(event: RuleTraceEvent, { logs, tell }: Site): void {
  const problem = problemOf(event);
  if (problem === undefined) return;
  logs.cloud('warn', 'rules', { ...event });
  tell(problem);
}
