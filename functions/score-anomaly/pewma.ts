/**
 * Probabilistic exponentially weighted moving average (PEWMA), after Carter and Streilein, "Probabilistic
 * reasoning for streaming anomaly detection" (IEEE SSP 2012).
 *
 * The mean and the variance are carried, not the two raw moments: with d = x − m,
 *
 *     m ← m + (1 − α) d
 *     v ← w (v + (1 − w) d²)
 *
 * is algebraically the same as smoothing x and x² and subtracting, and v can never be negative, where
 * s₂ − s₁² is negative by rounding on most constant series.
 *
 * `probability` is the density of the standard normal at z, as in the paper (its maximum is 0.39894), not a
 * tail: P ≤ 0.002 is |z| ≥ 3.2544.
 */

/**
 * - `classic`: the published algorithm. α weighs mean and variance alike, readings are flagged from the
 *   second one on, and a deviation of zero gives z = 0.
 * - `robust`: β acts on the mean only (otherwise every improbable reading also narrows the band, and iid
 *   noise is flagged forty times too often), nothing is flagged while warming up, and σ has a floor, so that
 *   a jump after a flat line is flagged.
 */
export const PEWMA_MODES = ['robust', 'classic'] as const;
export type PewmaMode = (typeof PEWMA_MODES)[number];

export interface PewmaSettings {
  /** How many readings the average warms up over: the paper's T, inclusive (t ≤ T). */
  readonly T: number;
  /** Weight of the past after the warm-up, 0 < alpha0 < 1. */
  readonly alpha0: number;
  /** How much of the weight a reading gains by being probable, 0 ≤ beta ≤ 1. */
  readonly beta: number;
  /** A reading is an anomaly when its density is at or under this. */
  readonly threshold: number;
  readonly mode: PewmaMode;
}

/** What has been learned: everything that the next reading is held against. */
export interface PewmaState {
  /** Readings learned so far. */
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

export const EMPTY_STATE: PewmaState = { count: 0, mean: 0, variance: 0 };

/** Half the width of the band, in standard deviations: the published plots' 3.3. */
export const BAND_SIGMAS = 3.3;

/** Readings beyond this are refused by the callers: its square must stay inside DynamoDB's number range. */
export const MAX_MAGNITUDE = 1e60;

const DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);

/** σ's floor in `robust`, as a share of |mean|: far under any sensor's resolution, far over rounding. */
const FLOOR_SHARE = 1e-6;

/** σ's floor where the mean itself is zero: anything that is not zero is then a jump. */
const FLOOR_AT_ZERO = 1e-60;

/** z is clamped here: beyond it DynamoDB could not store it, and nobody could tell the difference. */
const MAX_Z = 1e100;

/**
 * Scores one series, reading by reading. The fields hold the scores of the last reading; all of them are of
 * one instant, before that reading was learned. The object is reused so that scoring allocates nothing.
 */
export class Pewma {
  count: number;
  mean: number;
  variance: number;

  /** Mean that the last reading was held against. */
  expected = Number.NaN;
  /** Standard deviation that the last reading was held against. */
  std = Number.NaN;
  z = Number.NaN;
  probability = Number.NaN;
  /** Weight that the old mean kept. */
  alpha = Number.NaN;
  anomaly = false;
  warmingUp = true;

  readonly #warmUp: number;
  readonly #alpha0: number;
  readonly #beta: number;
  readonly #threshold: number;
  readonly #robust: boolean;

  constructor(settings: PewmaSettings, state: PewmaState = EMPTY_STATE) {
    this.#warmUp = settings.T;
    this.#alpha0 = settings.alpha0;
    this.#beta = settings.beta;
    this.#threshold = settings.threshold;
    this.#robust = settings.mode === 'robust';
    this.count = state.count;
    this.mean = state.mean;
    this.variance = state.variance;
  }

  /** Scores `value` (finite, within ±MAX_MAGNITUDE) against what is known, then learns it. */
  update(value: number): void {
    const t = this.count + 1;
    const difference = value - this.mean;
    let sigma = Math.sqrt(this.variance);
    if (this.#robust) {
      sigma = Math.max(sigma, FLOOR_SHARE * Math.abs(this.mean), FLOOR_AT_ZERO);
    }
    const z = sigma === 0 ? 0 : clamp(difference / sigma, MAX_Z);
    const probability = DENSITY_AT_ZERO * Math.exp(-0.5 * z * z);
    const warmingUp = t <= this.#warmUp;
    const alpha = warmingUp ? 1 - 1 / t : (1 - this.#beta * probability) * this.#alpha0;
    const weight = warmingUp || !this.#robust ? alpha : this.#alpha0;

    this.expected = this.mean;
    this.std = sigma;
    this.z = z;
    this.probability = probability;
    this.alpha = alpha;
    this.warmingUp = warmingUp;
    this.anomaly = probability <= this.#threshold && t > 1 && !(warmingUp && this.#robust);

    this.count = t;
    this.mean += (1 - alpha) * difference;
    this.variance = weight * (this.variance + (1 - weight) * difference * difference);
  }

  /** What has been learned so far, as a value of its own. */
  state(): PewmaState {
    return { count: this.count, mean: this.mean, variance: this.variance };
  }
}

/**
 * One column's scores, as they are published. Everything but `alpha` is of the instant before the reading
 * was learned, so that value, band and flag always belong together. The first reading of a series has
 * nothing to be held against: its mean, band, z and probability are null.
 */
export interface ColumnScore {
  readonly value: number;
  readonly mean: number | null;
  readonly std: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly z: number | null;
  readonly probability: number | null;
  readonly alpha: number;
  readonly anomaly: boolean;
  readonly warmingUp: boolean;
}

/** The scores of the reading that `pewma` was last updated with. */
export function columnScore(pewma: Pewma, value: number): ColumnScore {
  const { expected, std, z, probability, alpha, anomaly, warmingUp } = pewma;
  if (pewma.count <= 1) {
    const unknown = { mean: null, std: null, lower: null, upper: null, z: null, probability: null };
    return { value, ...unknown, alpha, anomaly, warmingUp };
  }
  const lower = expected - BAND_SIGMAS * std;
  const upper = expected + BAND_SIGMAS * std;
  return { value, mean: expected, std, lower, upper, z, probability, alpha, anomaly, warmingUp };
}

function clamp(value: number, limit: number): number {
  return value > limit ? limit : value < -limit ? -limit : value;
}
