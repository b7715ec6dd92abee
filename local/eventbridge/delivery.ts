import { errorText, GlasshouseError } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { BusEvent } from './event.ts';
import type { InputContext } from './input/transformer.ts';
import type { Rule } from './rule.ts';
import type { Target } from './target.ts';

interface TextAttribute {
  readonly DataType: 'String' | 'Number';
  readonly StringValue: string;
}

/** Where events go. What throws or rejects is a delivery that failed. */
export interface EventBridgeTargets {
  /** @param payload JSON. */
  readonly invokeAsync: (functionArn: string, payload: string) => Promise<void>;
  readonly sendMessage: (message: {
    readonly queueArn: string;
    readonly body: string;
    readonly attributes?: Readonly<Record<string, TextAttribute>>;
  }) => Promise<unknown>;
  readonly publish: (message: { readonly topicArn: string; readonly message: string }) => Promise<unknown>;
  /**
   * Refuses a delivery that nothing allows: a function's permission, and the policy of a queue or a topic, have to let
   * EventBridge in.
   *
   * @default nothing is refused
   */
  readonly authorise?: (delivery: {
    readonly ruleArn: string;
    readonly kind: Target['kind'];
    readonly targetArn: string;
  }) => void;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly targets: EventBridgeTargets;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** The waits before further tries grow to this and stay there. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** The most that is shown of an error in the attributes of a dead letter. */
const MAX_ERROR_CHARACTERS = 1_000;

/**
 * Delivers events. What may work later is tried again after one second, two, four, …; what cannot, and what
 * is too old or was tried too often, goes to the target's dead-letter queue, or is told where there is none. Tries to
 * come are not kept over a restart of the cloud.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #running = new Set<Promise<void>>();
  /** Moves on when tries to come are given up. */
  #generation = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Delivers to every target of a rule, and returns at once. */
  start(event: BusEvent, rule: Rule, ingestedAtMs: number): void {
    for (const target of rule.targets) this.#attempt({ event, rule, target, ingestedAtMs }, 0);
  }

  /** Resolves when nothing is on its way; what waits for another try is not waited for. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up everything that waits for another try. */
  giveUp(): void {
    this.#generation += 1;
  }

  #attempt(work: Work, retries: number): void {
    const attempt = this.#send(work).catch((error: unknown) => this.#failed(work, retries, error));
    this.#running.add(attempt);
    void attempt.finally(() => this.#running.delete(attempt));
  }

  async #send({ event, rule, target, ingestedAtMs }: Work): Promise<void> {
    const { targets } = this.#options;
    const { kind, definition, render } = target;
    const { Arn: arn } = definition;
    targets.authorise?.({ ruleArn: rule.arn, kind, targetArn: arn });
    const context: InputContext = {
      ruleArn: rule.arn,
      ruleName: rule.name,
      ingestedAt: new Date(ingestedAtMs).toISOString(),
    };
    const input = render(event, context);
    if (kind === 'lambda') await targets.invokeAsync(arn, input);
    else if (kind === 'sqs') await targets.sendMessage({ queueArn: arn, body: input });
    else await targets.publish({ topicArn: arn, message: input });
  }

  async #failed(work: Work, retries: number, error: unknown): Promise<void> {
    const { clock, log } = this.#options;
    const { maxRetries, maxAgeSeconds, definition } = work.target;
    const data = {
      rule: work.rule.arn,
      target: definition.Arn,
      eventId: work.event.id,
      retries,
      error: errorText(error),
    };
    if (error instanceof GlasshouseError && !error.retryable) {
      await this.#bury(work, retries, error, undefined);
      return;
    }
    const waitMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** retries);
    const isTooOld = clock.now() + waitMs - work.ingestedAtMs > maxAgeSeconds * 1_000;
    if (retries >= maxRetries || isTooOld) {
      await this.#bury(work, retries, error, isTooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts');
      return;
    }
    log('an event could not be delivered and is tried again', { ...data, waitMs });
    const generation = this.#generation;
    clock.schedule(waitMs, () => {
      if (generation === this.#generation) this.#attempt(work, retries + 1);
    });
  }

  async #bury(work: Work, retries: number, error: unknown, exhausted: string | undefined): Promise<void> {
    const { targets, log } = this.#options;
    const { event, rule, target } = work;
    const targetArn = target.definition.Arn;
    const queueArn = target.deadLetterArn;
    const data = { rule: rule.arn, target: targetArn, eventId: event.id, retries, error: errorText(error) };
    if (queueArn === undefined) {
      log('an event could not be delivered and is lost: its target has no DeadLetterConfig', data);
      return;
    }
    const attributes = {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(targetArn),
      ERROR_CODE: text(error instanceof GlasshouseError ? error.code : 'INTERNAL_ERROR'),
      ERROR_MESSAGE: text(errorText(error).slice(0, MAX_ERROR_CHARACTERS) || 'none'),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(retries) } as const,
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
    };
    try {
      await targets.sendMessage({ queueArn, body: JSON.stringify(event), attributes });
      log('an event could not be delivered and is in the dead-letter queue', { ...data, queueArn });
    } catch (second) {
      log('an event reached neither its target nor its dead-letter queue and is lost', {
        ...data,
        queueArn,
        deadLetterError: errorText(second),
      });
    }
  }
}

/** One event on its way to one target. */
interface Work {
  readonly event: BusEvent;
  readonly rule: Rule;
  readonly target: Target;
  readonly ingestedAtMs: number;
}

function text(value: string): TextAttribute {
  return { DataType: 'String', StringValue: value };
}
