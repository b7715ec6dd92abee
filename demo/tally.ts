import type { LabelledWindow, Series } from './series.ts';

/** What the demo needs to see of a result on `anom/pred`. */
export interface DemoResult {
  readonly device: string;
  readonly timeMs: number;
  readonly anomaly: boolean;
  readonly late: boolean;
}

/** What came of one device's readings. */
export class Tally {
  readonly device: string;
  readonly #windows: readonly LabelledWindow[];
  readonly #hit = new Set<LabelledWindow>();
  sent = 0;
  scored = 0;
  late = 0;
  anomalies = 0;
  /** Readings whose result did not come, so that they were sent again. */
  repeated = 0;

  constructor({ device, windows }: Series) {
    this.device = device;
    this.#windows = windows;
  }

  take({ timeMs, anomaly, late }: DemoResult): void {
    this.scored += 1;
    if (late) this.late += 1;
    if (!anomaly) return;
    this.anomalies += 1;
    for (const window of this.#windows) {
      if (timeMs >= window.fromMs && timeMs <= window.toMs) this.#hit.add(window);
    }
  }

  /** How many of the labelled windows hold an anomaly, of how many. */
  get windowsHit(): readonly [hit: number, all: number] {
    return [this.#hit.size, this.#windows.length];
  }

  /** The windows, each with whether it was hit. */
  get windows(): readonly { readonly window: LabelledWindow; readonly hit: boolean }[] {
    return this.#windows.map((window) => ({ window, hit: this.#hit.has(window) }));
  }
}
