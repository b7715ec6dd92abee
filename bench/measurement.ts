/** One line of the table: what was measured, in the same run as what it is held against. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Something else that was measured in the same run: a floor that cannot be beaten, or a peer. */
  readonly against?: { readonly what: string; readonly value: number };
  /** What the value, or its ratio to `against`, must be. */
  readonly bound?: { readonly of: 'value' | 'ratio'; readonly at: 'most' | 'least'; readonly limit: number };
}

/** A thing to measure. It takes its time, and whatever else runs on the machine disturbs it. */
export interface BenchCase {
  readonly name: string;
  readonly summary: string;
  run(): Promise<readonly Measurement[]>;
}

export function ratioOf({ value, against }: Measurement): number | undefined {
  return against === undefined ? undefined : value / against.value;
}

/** Whether the bound is kept; true where there is none. */
export function isKept(measurement: Measurement): boolean {
  const { bound, value } = measurement;
  if (bound === undefined) return true;
  const measured = bound.of === 'value' ? value : (ratioOf(measurement) ?? Number.NaN);
  return bound.at === 'most' ? measured <= bound.limit : measured >= bound.limit;
}

/** The value below which `share` of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
