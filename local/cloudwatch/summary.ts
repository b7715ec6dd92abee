import { addDistribution, fewEnough, mergeDistributions, type Distribution } from './distribution.ts';

/** What is known of the samples of some time; any longer time is made by merging. */
export interface Summary {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Undefined where the values themselves are not known: then there are no percentiles. */
  readonly distribution: Distribution | undefined;
}

/** So many samples of one value. */
export function summaryOf(value: number, sampleCount: number): Summary {
  return {
    sampleCount,
    sum: value * sampleCount,
    minimum: value,
    maximum: value,
    distribution: new Map([[value, sampleCount]]),
  };
}

export function mergeSummaries(one: Summary, other: Summary): Summary {
  return {
    sampleCount: one.sampleCount + other.sampleCount,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
    distribution: mergeDistributions(one.distribution, other.distribution),
  };
}

/** So many different values are gathered before they are made fewer: doing so for each one would take long. */
const MAX_GATHERED_VALUES = 1_000;

/** A summary that samples are added to. */
export class SummaryBuilder {
  #sampleCount = 0;
  #sum = 0;
  #minimum = Infinity;
  #maximum = -Infinity;
  #distribution: Map<number, number> | undefined = new Map();

  add({ sampleCount, sum, minimum, maximum, distribution }: Summary): void {
    this.#sampleCount += sampleCount;
    this.#sum += sum;
    this.#minimum = Math.min(this.#minimum, minimum);
    this.#maximum = Math.max(this.#maximum, maximum);
    if (this.#distribution === undefined) return;
    if (distribution === undefined) {
      this.#distribution = undefined;
      return;
    }
    addDistribution(this.#distribution, distribution);
    if (this.#distribution.size <= MAX_GATHERED_VALUES) return;
    const fewer = fewEnough(this.#distribution);
    this.#distribution = fewer === undefined ? undefined : new Map(fewer);
  }

  build(): Summary {
    return {
      sampleCount: this.#sampleCount,
      sum: this.#sum,
      minimum: this.#minimum,
      maximum: this.#maximum,
      distribution: this.#distribution === undefined ? undefined : fewEnough(this.#distribution),
    };
  }
}
