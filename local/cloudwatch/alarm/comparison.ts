/** The comparisons of alarms with a threshold, as CloudWatch words them. */
const COMPARISONS = {
  GreaterThanThreshold: {
    words: 'greater than',
    holds: (value: number, threshold: number) => value > threshold,
  },
  GreaterThanOrEqualToThreshold: {
    words: 'greater than or equal to',
    holds: (value: number, threshold: number) => value >= threshold,
  },
  LessThanThreshold: { words: 'less than', holds: (value: number, threshold: number) => value < threshold },
  LessThanOrEqualToThreshold: {
    words: 'less than or equal to',
    holds: (value: number, threshold: number) => value <= threshold,
  },
} as const;

export type ComparisonOperator = keyof typeof COMPARISONS;

export const COMPARISON_OPERATORS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const satisfies readonly ComparisonOperator[];

/** Those that hold a metric against a band that CloudWatch has learned. */
export const BAND_OPERATORS: readonly string[] = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
];

/** Whether a value is one that the alarm is for. */
export function isBreaching(operator: ComparisonOperator, value: number, threshold: number): boolean {
  return COMPARISONS[operator].holds(value, threshold);
}

/** `greater than or equal to` */
export function comparisonWords(operator: ComparisonOperator): string {
  return COMPARISONS[operator].words;
}
