/** One scored value at one instant; NaN stands for what was not known. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly value: number;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  readonly probability: number;
  readonly anomaly: boolean;
  readonly warmingUp: boolean;
  readonly late: boolean;
}

const FIELDS = ['time', 'value', 'mean', 'lower', 'upper', 'z', 'probability'] as const;
type Field = (typeof FIELDS)[number];

export const ANOMALY = 1;
export const WARMING_UP = 2;
export const LATE = 4;

const FIRST_ALLOCATION = 128;

/**
 * The last points of one column of one device, in order of time, in typed arrays.
 *
 * The arrays are a quarter longer than the points they keep: the oldest points go by moving the start, and
 * everything is moved to the front once in `capacity / 4` points, so that adding costs nothing per point.
 */
export class Series {
  readonly #capacity: number;
  readonly #longest: number;
  #fields: Record<Field, Float64Array>;
  #flags: Uint8Array;
  #start = 0;
  #end = 0;

  /** @param capacity How many points are kept. */
  constructor(capacity = 2000) {
    this.#capacity = capacity;
    this.#longest = capacity + Math.ceil(capacity / 4);
    const length = Math.min(FIRST_ALLOCATION, this.#longest);
    this.#fields = allocate(length);
    this.#flags = new Uint8Array(length);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Time of the newest point; undefined when there is none. */
  get lastTime(): number | undefined {
    return this.length === 0 ? undefined : this.#fields.time[this.#end - 1];
  }

  /** A view of one field, oldest first. It is valid until the next point is added. */
  view(field: Field): Float64Array {
    return this.#fields[field].subarray(this.#start, this.#end);
  }

  /** A view of the flags ANOMALY, WARMING_UP and LATE, oldest first. */
  flags(): Uint8Array {
    return this.#flags.subarray(this.#start, this.#end);
  }

  /** Whether a point of this time and value is already here: results are delivered at least once. */
  has(time: number, value: number): boolean {
    const { time: times, value: values } = this.#fields;
    for (let at = this.#after(time) - 1; at >= this.#start && times[at] === time; at -= 1) {
      if (values[at] === value) return true;
    }
    return false;
  }

  /** Adds a point at its place in time. When the series is full, the oldest point goes. */
  add(point: Point): void {
    let place = this.#after(point.time) - this.#start;
    if (this.length === this.#capacity) {
      if (place === 0) return;
      this.#start += 1;
      place -= 1;
    }
    this.#makeRoom();
    this.#insert(this.#start + place, point);
  }

  #insert(at: number, point: Point): void {
    for (const field of FIELDS) {
      const values = this.#fields[field];
      if (at < this.#end) values.copyWithin(at + 1, at, this.#end);
      values[at] = point[field];
    }
    if (at < this.#end) this.#flags.copyWithin(at + 1, at, this.#end);
    this.#flags[at] =
      (point.anomaly ? ANOMALY : 0) | (point.warmingUp ? WARMING_UP : 0) | (point.late ? LATE : 0);
    this.#end += 1;
  }

  /** Index after the last point that is not newer than `time`. */
  #after(time: number): number {
    const times = this.#fields.time;
    let low = this.#start;
    let high = this.#end;
    // Nearly every point is the newest one.
    if (high > low && (times[high - 1] ?? 0) <= time) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #makeRoom(): void {
    const allocated = this.#flags.length;
    if (this.#end < allocated) return;
    const length = Math.min(this.#longest, this.#start === 0 ? allocated * 2 : allocated);
    const fields = length === allocated ? this.#fields : allocate(length);
    const flags = length === allocated ? this.#flags : new Uint8Array(length);
    for (const field of FIELDS) fields[field].set(this.view(field));
    flags.set(this.flags());
    this.#fields = fields;
    this.#flags = flags;
    this.#end -= this.#start;
    this.#start = 0;
  }
}

function allocate(length: number): Record<Field, Float64Array> {
  const array = () => new Float64Array(length);
  return {
    time: array(),
    value: array(),
    mean: array(),
    lower: array(),
    upper: array(),
    z: array(),
    probability: array(),
  };
}
