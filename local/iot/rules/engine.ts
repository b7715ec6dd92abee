import { randomUUID } from 'node:crypto';
import { errorText, GlasshouseError } from '../../../shared/errors.ts';
import type { Clock } from '../../clock.ts';
import { ConfigurationError } from '../../errors.ts';
import type { IotMessage } from '../message.ts';
import { type BasicIngest, readBasicIngest } from '../topics/topic-name.ts';
import { matches } from '../topics/topic-filter.ts';
import type { ActionInvocation } from './actions/action.ts';
import type { ActionServices } from './actions/services.ts';
import type { MessageContext } from './sql/context.ts';
import { PendingCall } from './sql/external/call-memo.ts';
import { ExternalCalls, type ExternalExecution } from './sql/external/calls.ts';
import { evaluateWithCalls } from './sql/external/evaluate.ts';
import type { ExternalFunctions } from './sql/external/services.ts';
import { contextOfMessage } from './sql/message-context.ts';
import { valueResult } from './sql/result.ts';
import { defaultSwitches, type Switches } from './sql/switches.ts';
import { type ArmedRule, RuleTable } from './rule-table.ts';
import type { RuleAction, TopicRule } from './topic-rule.ts';
import type { ActionFailure, RuleEvaluation, RuleTraceEvent } from './trace.ts';

export interface RulesEngineOptions {
  readonly rules: readonly TopicRule[];
  readonly services: ActionServices;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** Takes trace events; it must not throw. */
  readonly log: (event: RuleTraceEvent) => void;
  /** Milliseconds of a clock that only durations are read from. @default the process's own */
  readonly stopwatch?: () => number;
  /** Makes the UUIDs of `newuuid()`. @default random ones */
  readonly newUuid?: () => string;
  /** Makes the numbers of `rand()`, at least 0 and less than 1. @default Math.random */
  readonly random?: () => number;
  /** What SQL asks through `aws_lambda()`, `get_thing_shadow()`, …; without it a rule that asks fails. */
  readonly external?: ExternalFunctions;
  /** @default 'ignored' */
  readonly basicIngestFrom?: Switches['basicIngestFrom'];
}

export interface RulesEngine {
  /** Runs a rule from now on, in place of the one of its name. */
  put(rule: TopicRule): void;
  /** Runs it no more; what it has begun goes on. */
  remove(ruleName: string): void;
  /** Runs every rule that the message matches. Their actions go on after it returns. Never throws. */
  evaluate(message: IotMessage): void;
  /** Resolves when no action is running. */
  drained(): Promise<void>;
}

/** One rule and one message. */
interface RuleRun {
  readonly armed: ArmedRule;
  readonly message: IotMessage;
  /** The message as the rule sees it. */
  readonly context: MessageContext;
  readonly startedAt: number;
}

const NO_ACTIONS: readonly string[] = [];

/**
 * The rules engine of AWS IoT: finds the rules of a message by its topic, evaluates each once, and runs their
 * actions in parallel. What one action does never touches another. When actions fail, the rule's error action
 * gets one message for all of them; a rule whose SQL fails runs nothing at all, as on AWS.
 *
 * @throws ConfigurationError RULE_NAME_TAKEN
 */
export function createRulesEngine(options: RulesEngineOptions): RulesEngine {
  const { services, clock, account, region, log, external } = options;
  const { newUuid = randomUUID, random = Math.random } = options;
  const { stopwatch = () => performance.now() } = options;
  const basicIngestFrom = options.basicIngestFrom ?? defaultSwitches.basicIngestFrom;
  const table = new RuleTable(arnOf);
  let running = 0;
  let waiting: (() => void)[] = [];

  for (const rule of options.rules) {
    if (table.named(rule.ruleName) !== undefined) throw nameTaken(rule.ruleName);
    table.put(rule);
  }
  return {
    put: (rule) => table.put(rule),
    remove: (ruleName) => table.remove(ruleName),
    evaluate(message) {
      const ingest = readBasicIngest(message.topic);
      if (ingest !== undefined) {
        evaluateNamed(message, ingest);
        return;
      }
      const found = table.matching(message.topic);
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
    const armed = table.named(ruleName);
    if (armed === undefined) {
      const { topic: fullTopic, traceId, publisher } = message;
      const trace = { ruleName, ruleArn: arnOf(ruleName), topic: fullTopic, traceId, publisher };
      log({ eventType: 'RuleNotFound', ...trace, atMs: clock.now() });
      return;
    }
    const { topicFilter } = armed.rule.sql;
    if (basicIngestFrom === 'applied' && topicFilter !== undefined && !matches(topicFilter, topic)) return;
    evaluateRule(armed, message, contextOf(message, topic));
  }

  function contextOf(message: IotMessage, topic: string): MessageContext {
    return contextOfMessage(message, topic, { accountId: account, nowMs: clock.now(), newUuid, random });
  }

  /** Evaluates at once, unless the SQL asks other services. */
  function evaluateRule(armed: ArmedRule, message: IotMessage, base: MessageContext): void {
    const { sql } = armed.rule;
    const context = sql.contextFor(external === undefined ? base : withCalls(armed, message, base, external));
    const run: RuleRun = { armed, message, context, startedAt: stopwatch() };
    try {
      const work = goOn(run, evaluateSql(run));
      if (work !== undefined) track(work);
    } catch (thrown) {
      if (thrown instanceof PendingCall) track(evaluateLater(run));
      else fail(run, thrown);
    }
  }

  function withCalls(
    armed: ArmedRule,
    message: IotMessage,
    context: MessageContext,
    services: ExternalFunctions,
  ): MessageContext {
    const tell = (execution: ExternalExecution) =>
      log({ eventType: 'FunctionExecution', ...traceOf(armed, message, clock), ...execution });
    return { ...context, external: new ExternalCalls(services, { stopwatch, tell }) };
  }

  /** Evaluates a rule whose SQL waits for other services. It never rejects. */
  async function evaluateLater(run: RuleRun): Promise<void> {
    try {
      const evaluation = await evaluateWithCalls(run.context, () => evaluateSql(run));
      await goOn(run, evaluation);
    } catch (thrown) {
      fail(run, thrown);
    }
  }

  /** Tells what the SQL gave, and starts the actions when the message passed. */
  function goOn(run: RuleRun, evaluation: RuleEvaluation): Promise<void> | undefined {
    const { armed, message, context, startedAt } = run;
    const { result } = evaluation;
    log({
      eventType: 'RuleMatch',
      ...traceOf(armed, message, clock),
      hasPassed: result !== undefined,
      actions: result === undefined ? NO_ACTIONS : armed.actionNames,
      evaluation,
      durationMs: stopwatch() - startedAt,
    });
    if (result === undefined) return undefined;
    return runActions(armed, { ruleName: armed.rule.ruleName, message, context, result });
  }

  function fail({ armed, message, startedAt }: RuleRun, thrown: unknown): void {
    log({
      eventType: 'RuleFailure',
      ...traceOf(armed, message, clock),
      ...(thrown instanceof GlasshouseError ? { code: thrown.code } : {}),
      errorMessage: errorText(thrown),
      durationMs: stopwatch() - startedAt,
    });
  }

  /** Counts work that goes on after `evaluate` returned; it never rejects. */
  function track(work: Promise<void>): void {
    running += 1;
    void work.finally(() => {
      running -= 1;
      if (running > 0) return;
      const resolves = waiting;
      waiting = [];
      for (const resolve of resolves) resolve();
    });
  }

  async function runActions(armed: ArmedRule, invocation: ActionInvocation): Promise<void> {
    const { actions, errorAction } = armed.rule;
    const outcomes = await Promise.all(
      actions.map(async (action) => {
        const { failure, durationMs } = await runAction(action, invocation, armed, false);
        if (failure !== undefined) {
          const trace = traceOf(armed, invocation.message, clock);
          log({ eventType: 'ActionFailure', ...trace, ...failure, isErrorAction: false, durationMs });
        }
        return failure;
      }),
    );
    const failures = outcomes.filter((failure) => failure !== undefined);
    if (failures.length === 0 || errorAction === undefined) return;
    const envelope = failureEnvelope(invocation, failures);
    const told = { ...invocation, result: valueResult(envelope) };
    const { failure, durationMs } = await runAction(errorAction, told, armed, true);
    if (failure === undefined) return;
    const { base64OriginalPayload } = envelope;
    log({
      eventType: 'ErrorActionFailure',
      ...traceOf(armed, invocation.message, clock),
      ...failure,
      isErrorAction: true,
      durationMs,
      failures,
      base64OriginalPayload,
    });
  }

  /** Runs one action; gives how it failed, or undefined when it did not. */
  async function runAction(
    action: RuleAction,
    invocation: ActionInvocation,
    armed: ArmedRule,
    isErrorAction: boolean,
  ): Promise<{ failure: ActionFailure | undefined; durationMs: number }> {
    const { failedAction, prepared } = action;
    const startedAt = stopwatch();
    let resource = prepared.resource.source;
    try {
      // Actions render their templates before they act, so one whose templates ask another service can begin again.
      await evaluateWithCalls(invocation.context, () => {
        resource = prepared.resource.render(invocation.context);
        return prepared.run(resource, invocation, services);
      });
    } catch (thrown) {
      const failure = { failedAction, failedResource: resource, errorMessage: errorText(thrown) };
      return { failure, durationMs: stopwatch() - startedAt };
    }
    const durationMs = stopwatch() - startedAt;
    const trace = traceOf(armed, invocation.message, clock);
    log({ eventType: 'ActionSuccess', ...trace, action: failedAction, resource, isErrorAction, durationMs });
    return { failure: undefined, durationMs };
  }
}

/** @throws SqlEvaluationError, or PendingCall */
function evaluateSql({ armed, context }: RuleRun): RuleEvaluation {
  const { sql } = armed.rule;
  return sql.where?.(context) === false ? { sql, context } : { sql, context, result: sql.select(context) };
}

function nameTaken(ruleName: string): ConfigurationError {
  return new ConfigurationError(`Two rules have the name "${ruleName}": rename one of them`, {
    code: 'RULE_NAME_TAKEN',
    data: { ruleName },
  });
}

function traceOf({ rule, ruleArn }: ArmedRule, { topic, traceId, publisher }: IotMessage, clock: Clock) {
  return { ruleName: rule.ruleName, ruleArn, topic, traceId, publisher, atMs: clock.now() };
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
