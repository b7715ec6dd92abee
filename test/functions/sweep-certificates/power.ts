/** What is thrown where the function's power was cut: nothing catches it but the test. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/**
 * The power of an invocation. Every call to the outside goes through it, so that a test may cut it before or after any
 * of them: all calls from then on fail too, as nothing of a dead process tidies up.
 */
export class Power {
  /** Names of the calls, in their order. */
  readonly calls: string[] = [];
  #cutAt = Number.POSITIVE_INFINITY;
  #isAfter = false;
  #made = 0;

  /** Cuts it at a later call: before it, or when it has been done and before anybody knows. */
  cutAfter(calls: number, isAfter: boolean): void {
    this.#made = 0;
    this.#cutAt = calls;
    this.#isAfter = isAfter;
  }

  restore(): void {
    this.#cutAt = Number.POSITIVE_INFINITY;
  }

  async call<Result>(name: string, make: () => Promise<Result>): Promise<Result> {
    this.#made += 1;
    const isLast = this.#made === this.#cutAt;
    if (this.#made > this.#cutAt || (isLast && !this.#isAfter)) throw new PowerCut(name);
    this.calls.push(name);
    const result = await make();
    if (isLast) throw new PowerCut(name);
    return result;
  }
}
