/** The instants of subscribers that are kept; those that have passed are dropped first. */
const MAX_KEPT = 10_000;

/** Spaces what a subscriber is sent: at most so many in a second. */
export class Throttle {
  /** When each subscriber may be sent the next. */
  readonly #nextAtMs = new Map<string, number>();

  /** @returns when it may be sent, `fromMs` or later; that instant is taken by asking. */
  take(subscriptionArn: string, maxPerSecond: number | undefined, fromMs: number): number {
    if (maxPerSecond === undefined) return fromMs;
    const atMs = Math.max(fromMs, this.#nextAtMs.get(subscriptionArn) ?? 0);
    if (this.#nextAtMs.size >= MAX_KEPT) this.#drop(fromMs);
    this.#nextAtMs.set(subscriptionArn, atMs + 1_000 / maxPerSecond);
    return Math.ceil(atMs);
  }

  clear(): void {
    this.#nextAtMs.clear();
  }

  #drop(nowMs: number): void {
    for (const [arn, nextAtMs] of this.#nextAtMs) if (nextAtMs <= nowMs) this.#nextAtMs.delete(arn);
  }
}
