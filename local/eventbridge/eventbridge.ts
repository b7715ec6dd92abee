import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { createJsonService } from '../endpoint/json-service.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import { busOperations, newBusName } from './bus-operations.ts';
import { putRule, readInput, requireBus, type EventBridgeContext } from './context.ts';
import { Delivery, type EventBridgeTargets } from './delivery.ts';
import { eventBridgeError } from './errors.ts';
import { envelope } from './event.ts';
import { patternOperations } from './pattern-operations.ts';
import { dispatch, putEventsOperations } from './put-events.ts';
import { DEFAULT_BUS } from './rule.ts';
import { RuleBook } from './rule-book.ts';
import { ruleOperations } from './rule-operations.ts';
import { Scheduler } from './scheduler.ts';
import { openStore } from './store.ts';
import { targetOperations } from './target-operations.ts';
import type { DeclaredRule } from './declared-rule.ts';

export interface EventBridgeOptions {
  /** Where buses and rules are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  /** Schedules are due on it. */
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  readonly targets: EventBridgeTargets;
  /** Told of events that could not be delivered. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** Makes the ids of events. @default randomUUID */
  readonly newId?: () => string;
}

export interface EventBridge {
  /** Makes the bus of a template. @throws AwsApiError ValidationException for a name that cannot be */
  ensureBus(name: string, description?: string): void;
  /** Makes the rule of a template, with its targets. Its bus has to be there. @throws AwsApiError ResourceNotFoundException */
  ensureRule(rule: DeclaredRule): void;
  /** Puts an event of AWS's own on the default bus: `source` begins with `aws.`. */
  putAwsEvent(event: {
    readonly source: string;
    readonly detailType: string;
    readonly resources?: readonly string[];
    readonly detail: Readonly<Record<string, unknown>>;
  }): void;
  /** From now on schedules are due. Call it when everything that targets need has started. */
  start(): void;
  /** Serves the signing name `events`. */
  readonly handler: ServiceHandler;
  /** Resolves when no delivery is under way; what waits for another try is not waited for. */
  drained(): Promise<void>;
  /** Forgets every bus and rule, and what waits for another try; then the template's can be made again. */
  reset(): void;
  /** Wakes no rule any more, and closes the file. Deliveries that are under way should be waited for before. */
  close(): void;
}

/**
 * Amazon EventBridge: buses, rules with patterns and schedules, and targets (functions, queues, topics). Archives,
 * pipes, partners' sources and API destinations are not part of it.
 *
 * @throws ConfigurationError EVENT_FILE_UNUSABLE
 */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { file, clock, accountId, region, targets, log, newId = randomUUID } = options;
  const store = openStore(file);
  const place = { accountId, region };
  const book = new RuleBook(store, place);
  const delivery = new Delivery({ clock, targets, log });
  let hasStarted = false;
  const scheduler = new Scheduler({
    clock,
    began: (arn, expression, nowMs) => store.began(arn, expression, nowMs),
    onDue(rule, dueMs) {
      const event = envelope({
        id: newId(),
        source: 'aws.events',
        detailType: 'Scheduled Event',
        account: accountId,
        region,
        timeMs: dueMs,
        resources: [rule.arn],
        detail: {},
      });
      delivery.start(event, rule, clock.now());
    },
  });
  const context: EventBridgeContext = {
    book,
    delivery,
    scheduler: {
      // Before the start everything is only written down.
      set: (rule) => {
        if (hasStarted) scheduler.set(rule);
      },
      remove: (arn) => scheduler.remove(arn),
    },
    clock,
    place,
    newId,
    log,
  };
  return {
    ensureBus: (name, description) => void book.putBus(readInput(newBusName, name), description, true),
    ensureRule({ definition, targets: declared }) {
      requireBus(context, definition.busName);
      putRule(context, definition, declared, true);
    },
    putAwsEvent({ source, detailType, resources = [], detail }) {
      const timeMs = clock.now();
      const event = envelope({
        id: newId(),
        source,
        detailType,
        account: accountId,
        region,
        timeMs,
        resources,
        detail,
      });
      dispatch(context, DEFAULT_BUS, event);
    },
    start() {
      hasStarted = true;
      for (const rule of book.rulesOf(DEFAULT_BUS)) scheduler.set(rule);
    },
    handler: createJsonService({
      version: '1.1',
      targetPrefix: 'AWSEvents.',
      error: eventBridgeError,
      operations: {
        ...busOperations(context),
        ...ruleOperations(context),
        ...targetOperations(context),
        ...patternOperations,
        ...putEventsOperations(context),
      },
    }),
    drained: () => delivery.drained(),
    reset() {
      scheduler.stop();
      delivery.giveUp();
      book.reset();
    },
    close() {
      scheduler.stop();
      delivery.giveUp();
      store.close();
    },
  };
}
