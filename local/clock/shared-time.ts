/** How the cloud's time follows the machine's: `cloudMs + (machine's time - systemMs) * speed`. */
export interface TimeLine {
  /** An instant of the machine's clock, in milliseconds since the epoch. */
  readonly systemMs: number;
  /** What the cloud's clock said then. */
  readonly cloudMs: number;
  /** Seconds of the cloud in a second of the machine; 0 stands still. */
  readonly speed: number;
}

/** A time line takes three numbers. */
const NUMBERS = 3;
const VERSION_BYTES = 8;
/** Two time lines: the one that holds, and the one that is written next. */
const BYTES = VERSION_BYTES + 2 * NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/**
 * A time line in memory that threads share: one writes it, any number read the time from it without asking.
 *
 * The version says which of two places holds; the other one is filled before the version moves on. A reader that
 * finds another version after reading than before has read while its place was filled again, and reads once more.
 */
export class SharedTime {
  readonly memory: SharedArrayBuffer;
  readonly #version: Int32Array;
  readonly #numbers: Float64Array;

  /** @param memory of another thread's shared time; without it a new one begins, which follows the machine. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(BYTES);
    this.#version = new Int32Array(this.memory, 0, 1);
    this.#numbers = new Float64Array(this.memory, VERSION_BYTES);
    if (memory === undefined) this.set({ systemMs: 0, cloudMs: 0, speed: 1 });
  }

  /** The cloud's time at an instant of the machine's clock, both in milliseconds, not rounded. */
  at(systemNowMs: number): number {
    for (;;) {
      const version = Atomics.load(this.#version, 0);
      const start = (version & 1) * NUMBERS;
      const systemMs = this.#numbers[start] ?? 0;
      const cloudMs = this.#numbers[start + 1] ?? 0;
      const speed = this.#numbers[start + 2] ?? 1;
      if (Atomics.load(this.#version, 0) === version) return cloudMs + (systemNowMs - systemMs) * speed;
    }
  }

  /** Only one thread may call it. */
  set({ systemMs, cloudMs, speed }: TimeLine): void {
    const next = Atomics.load(this.#version, 0) + 1;
    this.#numbers.set([systemMs, cloudMs, speed], (next & 1) * NUMBERS);
    Atomics.store(this.#version, 0, next);
  }
}
