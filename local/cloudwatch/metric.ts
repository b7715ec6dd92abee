import { invalid } from './errors.ts';
import { summaryOf, type Summary } from './summary.ts';

/** The units of CloudWatch. */
export const METRIC_UNITS = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;

export type MetricUnit = (typeof METRIC_UNITS)[number];

/** What a metric is told apart by: namespace, name and dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** Values by name, in any order. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One data point that is put. */
export interface MetricDatum extends Metric {
  readonly value: number;
  readonly unit: MetricUnit;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** What is kept of one or more samples that were put together. */
export interface MetricPoint extends Metric {
  readonly unit: MetricUnit;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Metrics are kept by the minute unless they are put as high-resolution ones. */
  readonly resolutionSeconds: 1 | 60;
  readonly summary: Summary;
}

const MAX_DIMENSIONS = 30;
const NAMESPACE = /^(?!:)[0-9A-Za-z.\-_/#: ]{1,255}$/;
const NAME = /^[\x20-\x7e]{1,255}$/;
const DIMENSION_VALUE = /^(?=.*[^ ])[\x20-\x7e]{1,1024}$/;
const MAX_MAGNITUDE = 2 ** 360;
const MAX_AGE_MS = 14 * 24 * 3_600_000;
const MAX_AHEAD_MS = 2 * 3_600_000;

/**
 * One data point as it is kept, checked against the limits of PutMetricData.
 *
 * @throws AwsApiError InvalidParameterValue that names the parameter.
 */
export function pointOf(datum: MetricDatum, nowMs: number): MetricPoint {
  const { namespace, name, dimensions, unit, value, timestampMs } = datum;
  checkMetric(datum);
  checkValue(value, 'Value');
  checkTimestamp(timestampMs, nowMs, 'Timestamp');
  const summary = summaryOf(value, 1);
  return { namespace, name, dimensions, unit, timestampMs, resolutionSeconds: 60, summary };
}

/**
 * @param at where the metric stands in the request: `MetricData.member.1.`
 * @throws AwsApiError InvalidParameterValue
 */
export function checkMetric({ namespace, name, dimensions }: Metric, at = ''): void {
  if (!NAMESPACE.test(namespace)) {
    refuse(
      'Namespace',
      `"${namespace.slice(0, 300)}" is no name of 1 to 255 letters, digits, blanks and .-_/#: that does not begin with a colon`,
    );
  }
  if (!NAME.test(name)) {
    refuse(`${at}MetricName`, `"${name.slice(0, 300)}" has to have 1 to 255 ASCII characters`);
  }
  const entries = Object.entries(dimensions);
  if (entries.length > MAX_DIMENSIONS) refuse(`${at}Dimensions`, `there are at most ${MAX_DIMENSIONS}`);
  for (const [dimension, text] of entries) {
    if (NAME.test(dimension) && !dimension.startsWith(':') && DIMENSION_VALUE.test(text)) continue;
    refuse(`${at}Dimensions`, `"${dimension.slice(0, 300)}" or its value is empty, too long or not ASCII`);
  }
}

/** @throws AwsApiError InvalidParameterValue */
export function checkValue(value: number, parameter: string): void {
  if (Number.isFinite(value) && Math.abs(value) <= MAX_MAGNITUDE) return;
  refuse(parameter, `${value} is not a number between -2^360 and 2^360`);
}

/** @throws AwsApiError InvalidParameterValue */
export function checkTimestamp(timestampMs: number, nowMs: number, parameter: string): void {
  if (timestampMs >= nowMs - MAX_AGE_MS && timestampMs <= nowMs + MAX_AHEAD_MS) return;
  refuse(parameter, 'it must lie within the last two weeks and the next two hours');
}

/** One text for a metric's identity: the order of its dimensions does not matter. */
export function dimensionsKey(dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

function refuse(parameter: string, why: string): never {
  throw invalid(parameter, why, 'InvalidParameterValue');
}
