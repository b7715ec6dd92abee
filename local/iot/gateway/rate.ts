/** Counts what happens within a second, from the first time on, against a limit. */
export class Rate {
  readonly #perSecond: number;
  #windowStartMs = -Infinity;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Counts `amount`; false when the present second has had its share already. */
  take(nowMs: number, amount = 1): boolean {
    if (nowMs - this.#windowStartMs >= 1_000) {
      this.#windowStartMs = nowMs;
      this.#count = 0;
    }
    const fits = this.#count < this.#perSecond;
    this.#count += amount;
    return fits;
  }

  /** How long to wait until what has been counted beyond the limit would have been allowed. */
  excessMs(nowMs: number): number {
    const endMs = this.#windowStartMs + (this.#count / this.#perSecond) * 1_000;
    return this.#count > this.#perSecond ? Math.max(0, endMs - nowMs) : 0;
  }
}
