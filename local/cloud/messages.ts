import { putItem } from '../dynamodb/items.ts';
import { createGateway, type Gateway } from '../iot/gateway/index.ts';
import type { IotMessage, PublishMessage } from '../iot/message.ts';
import { createRulesEngine, readTopicRule, type RuleTraceEvent } from '../iot/rules/index.ts';
import type { Functions } from './functions.ts';
import { creationsOf, type Site } from './site.ts';
import type { Storage } from './storage.ts';

export interface Messages {
  readonly gateway: Gateway;
  /** Takes a message in: each one goes to its subscribers and to the rules. */
  readonly publish: PublishMessage;
}

/** Checks the topic rules of the template. @throws ConfigurationError for what the engine cannot do */
export function readTopicRules({ plan }: Pick<Site, 'plan'>) {
  return creationsOf(plan, 'topic-rule').map(({ name, payload }) =>
    readTopicRule({ ruleName: name, payload }),
  );
}

/** Starts the gateway and the rules engine. */
export function startMessages(
  site: Site,
  { engine, sqs, s3 }: Storage,
  { lambda }: Functions,
  rules: ReturnType<typeof readTopicRules>,
): Messages {
  const { accountId, region, clock, logs, stops } = site;
  function publish(message: IotMessage): void {
    gateway.deliver(message);
    rulesEngine.evaluate(message);
  }
  const gateway = createGateway({
    clock,
    publish,
    log: (entry) => logs.cloud('info', 'gateway', { ...entry }),
  });
  stops.add(() => gateway.close());
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
    log: (event) => logRuleEvent(event, site),
  });
  stops.add(() => rulesEngine.drained());
  return { gateway, publish };
}

/** A message that rules could not handle is told at once: on AWS it would be gone without a word. */
function logRuleEvent(event: RuleTraceEvent, { logs, tell }: Site): void {
  const { eventType, ruleName, topic } = event;
  if (eventType === 'RuleMatch' || eventType === 'ActionSuccess') return;
  logs.cloud('warn', 'rules', { ...event });
  const why = 'errorMessage' in event ? event.errorMessage : 'there is no such rule, or it is disabled';
  tell(`rule ${ruleName}, message on "${topic}": ${eventType}: ${why}`);
}
