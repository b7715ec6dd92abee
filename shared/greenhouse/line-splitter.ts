/** What a splitter gives for the bytes it was handed. */
export interface SplitLines {
  /** Whole lines, without their carriage returns. */
  readonly lines: readonly string[];
  /** More came without a carriage return than is held: it is thrown away up to the next one. */
  readonly overflowed: boolean;
}

/**
 * Cuts what comes over TCP into the lines that were sent, however they were split and merged on the way. The
 * Global Caché protocol ends a line with a carriage return; a line feed at the start of the next one is a
 * client's mistake, and is kept: the repeater takes it as part of the command.
 *
 * It holds at most `maximum` characters.
 */
export class LineSplitter {
  readonly #maximum: number;
  #held = '';
  #skipping = false;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** What came and has no carriage return yet. */
  get waiting(): string {
    return this.#held;
  }

  /** Forgets what has no carriage return yet. */
  reset(): void {
    this.#held = '';
    this.#skipping = false;
  }

  push(text: string): SplitLines {
    const parts = text.split('\r');
    const lines: string[] = [];
    let overflowed = false;
    for (const [index, part] of parts.entries()) {
      const isWhole = index < parts.length - 1;
      if (!this.#skipping && this.#held.length + part.length > this.#maximum) {
        overflowed = true;
        this.#skipping = true;
        this.#held = '';
      }
      if (!this.#skipping) this.#held += part;
      if (!isWhole) break;
      if (!this.#skipping) lines.push(this.#held);
      this.#held = '';
      this.#skipping = false;
    }
    return { lines, overflowed };
  }
}
