import type { Throttle } from './throttle.ts';

/** How often each operation was asked for since the cloud started, and how often that was too often. */
export class RequestCounts {
  readonly #asked = new Map<string, number>();
  readonly #throttled = new Map<string, number>();

  /** A throttle that lets the same through, and has every request counted. */
  around(throttle: Throttle): Throttle {
    return (operation) => {
      add(this.#asked, operation);
      try {
        throttle(operation);
      } catch (error) {
        add(this.#throttled, operation);
        throw error;
      }
    };
  }

  /** The counts as JSON, by operation. Those that were throttled are among those that were asked for. */
  snapshot(): {
    readonly asked: Readonly<Record<string, number>>;
    readonly throttled: Readonly<Record<string, number>>;
  } {
    return { asked: Object.fromEntries(this.#asked), throttled: Object.fromEntries(this.#throttled) };
  }
}

function add(counts: Map<string, number>, operation: string): void {
  counts.set(operation, (counts.get(operation) ?? 0) + 1);
}
