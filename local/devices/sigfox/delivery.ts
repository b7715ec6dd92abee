import type { Clock } from '../../clock.ts';
import type { Door, DoorAnswer, SigfoxCall } from './door.ts';
import type { Faults } from './faults.ts';

/** Sigfox tries three times more, so long after the try before. */
const RETRY_DELAYS_MS = [60_000, 120_000, 240_000] as const;

/** The longest that a callback is held up. */
const MAX_DISORDER_MS = 600_000;

export interface DeliveryCounts {
  calls: number;
  retries: number;
  duplicates: number;
  heldUp: number;
  /** Given up after the last try. */
  lost: number;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly door: Door;
  readonly faults: Faults;
  readonly random: () => number;
}

/** Makes callbacks as Sigfox does: with retries, and with everything that goes wrong on the way. */
export class Delivery {
  readonly counts: DeliveryCounts = { calls: 0, retries: 0, duplicates: 0, heldUp: 0, lost: 0 };
  readonly #options: DeliveryOptions;
  readonly #underWay = new Set<Promise<void>>();
  #waiting = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Callbacks that wait for their time, or for their next try. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Makes a callback.
   *
   * @param onAnswer told of the answer to the first try, undefined where Sigfox has got none in time: an
   *   answer to a later one reaches no device.
   */
  send(call: SigfoxCall, onAnswer?: (answer: DoorAnswer | undefined) => void): void {
    const { faults, random } = this.#options;
    if (random() < faults.duplicates) {
      this.counts.duplicates += 1;
      this.#after(random() * 2_000, () => this.#attempt(call, 0));
    }
    if (random() < faults.disorder) {
      this.counts.heldUp += 1;
      onAnswer?.(undefined);
      this.#after(random() * MAX_DISORDER_MS, () => this.#attempt(call, 0));
      return;
    }
    this.#start(this.#attempt(call, 0, onAnswer));
  }

  /** Resolves when no call is being answered; those that wait for their time still wait. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #attempt(
    call: SigfoxCall,
    attempt: number,
    onAnswer?: (answer: DoorAnswer | undefined) => void,
  ): Promise<void> {
    const answer = await this.#call(call);
    onAnswer?.(answer);
    if (answer !== undefined && answer.status < 400) return;
    const delayMs = RETRY_DELAYS_MS[attempt];
    if (delayMs === undefined) {
      this.counts.lost += 1;
      return;
    }
    this.#after(delayMs, () => {
      this.counts.retries += 1;
      return this.#attempt(call, attempt + 1);
    });
  }

  /** The answer as Sigfox sees it: undefined where there is none, or none in time. */
  async #call(call: SigfoxCall): Promise<DoorAnswer | undefined> {
    const { door, faults, random } = this.#options;
    const isLost = random() < faults.failures;
    const isLate = random() < faults.lateAnswers;
    if (isLost) return undefined;
    this.counts.calls += 1;
    try {
      const answer = await door(call);
      return isLate ? undefined : answer;
    } catch {
      return undefined;
    }
  }

  #after(delayMs: number, work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#options.clock.schedule(delayMs, () => {
      this.#waiting -= 1;
      this.#start(work());
    });
  }

  #start(work: Promise<void>): void {
    const own = work.finally(() => this.#underWay.delete(own));
    this.#underWay.add(own);
  }
}
