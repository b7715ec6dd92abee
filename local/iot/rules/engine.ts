import { randomUUID } from 'node:crypto';
import { errorText } from '../../../shared/errors.ts';
import type { Clock } from '../../clock.ts';
import { ConfigurationError } from '../../errors.ts';
import type { IotMessage } from '../message.ts';
import { type BasicIngest, readBasicIngest } from '../topics/topic-name.ts';
import { matches } from '../topics/topic-filter.ts';
import { TopicTrie } from '../topics/topic-trie.ts';
import type { ActionInvocation } from './actions/action.ts';
import type { ActionServices } from './actions/services.ts';
import { type MessageContext, Payload } from './sql/context.ts';
import { type SelectResult, valueResult } from './sql/result.ts';
import { defaultSwitches, type Switches } from './sql/switches.ts';
import type { RuleAction, TopicRule } from './topic-rule.ts';
import type { ActionFailure, RuleTraceEvent } from './trace.ts';

export interface RulesEngineOptions {
  readonly rules: readonly TopicRule[];
  readonly services: ActionServices;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** Takes trace events; it must not throw. */
  readonly log: (event: RuleTraceEvent) => void;
  /** Makes the UUIDs of `newuuid()`. @default random ones */
  readonly newUuid?: () => string;
  /** @default 'ignored' */
  readonly basicIngestFrom?: Switches['basicIngestFrom'];
}

export interface RulesEngine {
  /** Runs every rule that the message matches. Their actions go on after it returns. Never throws. */
  evaluate(message: IotMessage): void;
  /** Resolves when no action is running. */
  drained(): Promise<void>;
}

/** A rule as the engine runs it. */
interface ArmedRule {
  readonly rule: TopicRule;
  readonly ruleArn: string;
}

/**
 * The rules engine of AWS IoT: finds the rules of a message by its topic, evaluates each once, and runs their
 * actions in parallel. What one action does never touches another. When actions fail, the rule's error action
 * gets one message for all of them; a rule whose SQL fails runs nothing at all, as on AWS.
 *
 * @throws ConfigurationError RULE_NAME_TAKEN
 */
export function createRulesEngine(options: RulesEngineOptions): RulesEngine {
  const { services, clock, account, region, log, newUuid = randomUUID } = options;
  const basicIngestFrom = options.basicIngestFrom ?? defaultSwitches.basicIngestFrom;
  const byTopic = new TopicTrie<ArmedRule>();
  const byName = new Map<string, ArmedRule>();
  let running = 0;
  let waiting: (() => void)[] = [];

  for (const rule of options.rules) {
    if (rule.isDisabled) continue;
    if (byName.has(rule.ruleName)) throw nameTaken(rule.ruleName);
    const armed = { rule, ruleArn: arnOf(rule.ruleName) };
    byName.set(rule.ruleName, armed);
    if (rule.sql.topicFilter !== undefined) byTopic.add(rule.sql.topicFilter, armed);
  }
  return {
    evaluate(message) {
      const ingest = readBasicIngest(message.topic);
      if (ingest !== undefined) {
        evaluateNamed(message, ingest);
        return;
      }
      const found = byTopic.match(message.topic);
      if (found.length === 0) return;
      const context = contextOf(message, message.topic);
      for (const armed of found) evaluateRule(armed, message, context);
    },
    async drained() {
      if (running > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };

  function arnOf(ruleName: string): string {
    return `arn:aws:iot:${region}:${account}:rule/${ruleName}`;
  }

  /** Basic Ingest runs the rule that the topic names, and no other. */
  function evaluateNamed(message: IotMessage, { ruleName, topic }: BasicIngest): void {
    const armed = byName.get(ruleName);
    if (armed === undefined) {
      const { topic: fullTopic, traceId } = message;
      log({ eventType: 'RuleNotFound', ruleName, ruleArn: arnOf(ruleName), topic: fullTopic, traceId });
      return;
    }
    const { topicFilter } = armed.rule.sql;
    if (basicIngestFrom === 'applied' && topicFilter !== undefined && !matches(topicFilter, topic)) return;
    evaluateRule(armed, message, contextOf(message, topic));
  }

  function contextOf({ payload, publisher, traceId }: IotMessage, topic: string): MessageContext {
    const { clientId, principal, sourceIp, protocol } = publisher;
    return {
      payload: new Payload(payload),
      topic,
      nowMs: clock.now(),
      newUuid,
      ...(clientId === undefined ? {} : { clientId }),
      ...(principal === undefined ? {} : { principal }),
      ...(sourceIp === undefined ? {} : { sourceIp }),
      ...(protocol === 'MQTT' ? { traceId } : {}),
    };
  }

  function evaluateRule(armed: ArmedRule, message: IotMessage, context: MessageContext): void {
    const { rule } = armed;
    let result: SelectResult;
    try {
      if (rule.sql.where !== undefined && !rule.sql.where(context)) return;
      result = rule.sql.select(context);
    } catch (thrown) {
      log({ eventType: 'RuleFailure', ...traceOf(armed, message), errorMessage: errorText(thrown) });
      return;
    }
    log({ eventType: 'RuleMatch', ...traceOf(armed, message) });
    running += 1;
    void runActions(armed, { ruleName: rule.ruleName, message, context, result }).finally(() => {
      running -= 1;
      if (running > 0) return;
      const resolves = waiting;
      waiting = [];
      for (const resolve of resolves) resolve();
    });
  }

  async function runActions(armed: ArmedRule, invocation: ActionInvocation): Promise<void> {
    const { actions, errorAction } = armed.rule;
    const trace = traceOf(armed, invocation.message);
    const outcomes = await Promise.all(
      actions.map(async (action) => {
        const failure = await runAction(action, invocation, trace);
        if (failure !== undefined) log({ eventType: 'ActionFailure', ...trace, ...failure });
        return failure;
      }),
    );
    const failures = outcomes.filter((failure) => failure !== undefined);
    if (failures.length === 0 || errorAction === undefined) return;
    const envelope = failureEnvelope(invocation, failures);
    const failure = await runAction(errorAction, { ...invocation, result: valueResult(envelope) }, trace);
    if (failure === undefined) return;
    const { base64OriginalPayload } = envelope;
    log({ eventType: 'ErrorActionFailure', ...trace, ...failure, failures, base64OriginalPayload });
  }

  /** Runs one action; returns how it failed, or undefined when it did not. */
  async function runAction(
    action: RuleAction,
    invocation: ActionInvocation,
    trace: ReturnType<typeof traceOf>,
  ): Promise<ActionFailure | undefined> {
    const { failedAction, prepared } = action;
    let resource = prepared.resource.source;
    try {
      resource = prepared.resource.render(invocation.context);
      await prepared.run(resource, invocation, services);
    } catch (thrown) {
      return { failedAction, failedResource: resource, errorMessage: errorText(thrown) };
    }
    log({ eventType: 'ActionSuccess', ...trace, action: failedAction, resource });
    return undefined;
  }
}

function nameTaken(ruleName: string): ConfigurationError {
  return new ConfigurationError(`Two rules have the name "${ruleName}": rename one of them`, {
    code: 'RULE_NAME_TAKEN',
    data: { ruleName },
  });
}

function traceOf({ rule, ruleArn }: ArmedRule, { topic, traceId }: IotMessage) {
  return { ruleName: rule.ruleName, ruleArn, topic, traceId };
}

/** The message that AWS gives an error action. */
function failureEnvelope({ ruleName, message }: ActionInvocation, failures: readonly ActionFailure[]) {
  return {
    ruleName,
    topic: message.topic,
    cloudwatchTraceId: message.traceId,
    clientId: message.publisher.clientId ?? 'n/a',
    base64OriginalPayload: Buffer.from(message.payload).toString('base64'),
    failures: failures.map(({ failedAction, failedResource, errorMessage }) => ({
      failedAction,
      failedResource,
      errorMessage,
    })),
  };
}
