import { errorText, GlasshouseError } from '../../../shared/errors.ts';
import type { DeliveryStore } from '../delivery-store.ts';
import type { Notification } from '../notification.ts';
import type { SnsStore, Subscription } from '../store.ts';
import type { DeliveryContext } from '../targets.ts';
import { bury } from './dead-letter.ts';
import { isRaw } from './envelope.ts';
import { effectivePolicy, type HttpPolicy } from './http-policy.ts';
import type { SnsMetrics } from './metrics.ts';
import { isPosted, sendBy } from './protocols.ts';
import { CUSTOMER_ENDPOINTS, delayBefore, MANAGED_ENDPOINTS, type RetryPolicy } from './retry-policy.ts';
import { Throttle } from './throttle.ts';

/** Deliveries that may wait at once; what is beyond is given up as if all its tries had failed. */
const MAX_WAITING = 100_000;

/** What fell due while the cloud did not run waits this long: everything has to have started. */
const RESUME_DELAY_MS = 1_000;

export interface DeliveriesOptions {
  readonly context: DeliveryContext;
  readonly subscriptions: SnsStore;
  readonly store: DeliveryStore;
  readonly metrics: SnsMetrics;
}

/** A delivery under way; one that is kept has an id. */
interface Work {
  readonly notification: Notification;
  readonly subscription: Subscription;
  readonly retries: number;
  readonly id: number | undefined;
}

/**
 * Delivers notifications, each to one subscription, and tries again by the clock of the cloud what may work later: a
 * queue, a function and the outbox by SNS's own policies, a server by that of its subscription or topic. What cannot
 * work, and what was tried often enough, goes to the dead-letter queue or is told.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #throttle = new Throttle();
  readonly #running = new Set<Promise<void>>();
  readonly #scheduled = new Set<number>();
  /** Moves on when what waits is given up. */
  #generation = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /**
   * Delivers to a subscription. When this resolves, a queue, a function or the outbox has it, and for a server it is
   * kept; what has to be tried again is kept as well.
   */
  async accept(notification: Notification, subscription: Subscription): Promise<void> {
    if (!isPosted(subscription)) {
      await this.#attempt({ notification, subscription, retries: 0, id: undefined });
      return;
    }
    const { context, store } = this.#options;
    const nowMs = context.clock.now();
    const { maxReceivesPerSecond } = this.#httpPolicy(subscription);
    const dueAtMs = this.#throttle.take(subscription.arn, maxReceivesPerSecond, nowMs);
    if (store.count() >= MAX_WAITING) {
      await this.#giveUp({ notification, subscription, retries: 0, id: undefined }, tooMany());
      return;
    }
    const id = store.add({ subscriptionArn: subscription.arn, notification, retries: 0, dueAtMs });
    if (dueAtMs > nowMs) this.#schedule(id, dueAtMs - nowMs);
    else this.inBackground(this.#attempt({ notification, subscription, retries: 0, id }));
  }

  /** Goes on with what an earlier run of the cloud has left, in the order in which it is due. */
  resume(): void {
    const { context, store } = this.#options;
    const nowMs = context.clock.now();
    for (const { id, dueAtMs } of store.list()) {
      if (!this.#scheduled.has(id)) this.#schedule(id, Math.max(dueAtMs - nowMs, RESUME_DELAY_MS));
    }
  }

  /** Lets work go on that nobody waits for but `drained`. It must not reject. */
  inBackground(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Does something later, unless what waits is given up before. It must not reject. */
  later(delayMs: number, work: () => Promise<void>): void {
    const generation = this.#generation;
    this.#options.context.clock.schedule(delayMs, () => {
      if (generation === this.#generation) this.inBackground(work());
    });
  }

  /** Resolves when nothing is on its way; what waits for another try is not waited for. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Wakes nothing any more that waits. It stays where it is kept. */
  stop(): void {
    this.#generation += 1;
    this.#scheduled.clear();
    this.#throttle.clear();
  }

  #schedule(id: number, delayMs: number): void {
    const generation = this.#generation;
    this.#scheduled.add(id);
    this.#options.context.clock.schedule(delayMs, () => {
      if (generation !== this.#generation) return;
      this.#scheduled.delete(id);
      this.#wake(id);
    });
  }

  #wake(id: number): void {
    const { store, subscriptions } = this.#options;
    const delivery = store.find(id);
    // It went with its subscription.
    if (delivery === undefined) return;
    const { notification, subscriptionArn, retries } = delivery;
    const subscription = subscriptions.findSubscription(subscriptionArn);
    if (subscription?.state !== 'confirmed') {
      store.remove(id);
      this.#tellEnded(notification, subscriptionArn);
      return;
    }
    this.inBackground(this.#attempt({ notification, subscription, retries, id }));
  }

  async #attempt(work: Work): Promise<void> {
    const { context, metrics, store } = this.#options;
    const { notification, subscription, id } = work;
    const isHttp = isPosted(subscription);
    const http = isHttp ? this.#httpPolicy(subscription) : undefined;
    const policy = http?.retry ?? retryPolicyOf(subscription);
    const generation = this.#generation;
    for (let { retries } = work; ; retries += 1) {
      try {
        await sendBy(subscription.protocol)(notification, subscription, context, http?.contentType ?? '');
        metrics.delivered(notification.topicArn);
        if (id !== undefined && generation === this.#generation) store.remove(id);
        return;
      } catch (error) {
        // Of servers every try counts.
        if (isHttp) metrics.failed(notification.topicArn);
        if (generation !== this.#generation) return;
        const delaySeconds = mayWorkLater(error) ? delayBefore(retries, policy) : undefined;
        if (delaySeconds === 0) continue;
        const tried = { notification, subscription, retries, id };
        if (delaySeconds === undefined) await this.#giveUp(tried, error);
        else await this.#tryLater(tried, delaySeconds, http, error);
        return;
      }
    }
  }

  async #tryLater(
    work: Work,
    delaySeconds: number,
    http: HttpPolicy | undefined,
    error: unknown,
  ): Promise<void> {
    const { context, store, subscriptions } = this.#options;
    const { notification, subscription } = work;
    if (subscriptions.findSubscription(subscription.arn)?.state !== 'confirmed') {
      this.#tellEnded(notification, subscription.arn);
      return;
    }
    if (work.id === undefined && store.count() >= MAX_WAITING) {
      await this.#giveUp(work, tooMany());
      return;
    }
    const nowMs = context.clock.now();
    const earliestMs = Math.ceil(nowMs + delaySeconds * 1_000);
    const dueAtMs = this.#throttle.take(subscription.arn, http?.maxReceivesPerSecond, earliestMs);
    const retries = work.retries + 1;
    if (work.id !== undefined) store.postpone(work.id, retries, dueAtMs);
    const id = work.id ?? store.add({ subscriptionArn: subscription.arn, notification, retries, dueAtMs });
    this.#schedule(id, dueAtMs - nowMs);
    context.log('a notification could not be delivered and is tried again', {
      topicArn: notification.topicArn,
      subscriptionArn: subscription.arn,
      endpoint: subscription.endpoint,
      messageId: notification.messageId,
      retries,
      waitSeconds: (dueAtMs - nowMs) / 1_000,
      error: errorText(error),
    });
  }

  async #giveUp({ notification, subscription, retries, id }: Work, error: unknown): Promise<void> {
    const { context, metrics, store } = this.#options;
    if (!isPosted(subscription)) metrics.failed(notification.topicArn);
    await bury(notification, subscription, error, { retries, context, metrics });
    if (id !== undefined) store.remove(id);
  }

  #tellEnded({ topicArn, messageId }: Notification, subscriptionArn: string): void {
    this.#options.context.log('a notification is not tried again: its subscription was ended', {
      topicArn,
      subscriptionArn,
      messageId,
    });
  }

  #httpPolicy(subscription: Subscription): HttpPolicy {
    const topic = this.#options.subscriptions.findTopic(subscription.topicArn);
    const own = subscription.attributes['DeliveryPolicy'];
    return effectivePolicy(own, topic?.attributes['DeliveryPolicy'], isRaw(subscription));
  }
}

function retryPolicyOf({ protocol }: Subscription): RetryPolicy {
  return protocol === 'sqs' || protocol === 'lambda' ? MANAGED_ENDPOINTS : CUSTOMER_ENDPOINTS;
}

/** A queue that is gone or closed stays so: SNS tries again what is the receiver's fault, and not what is its own. */
function mayWorkLater(error: unknown): boolean {
  return !(error instanceof GlasshouseError) || error.retryable;
}

function tooMany(): Error {
  return new Error(`${MAX_WAITING} deliveries wait already`);
}
