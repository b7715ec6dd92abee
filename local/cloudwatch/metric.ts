import { AwsApiError } from '../errors.ts';

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

const MAX_DIMENSIONS = 30;
const NAME = /^[\x20-\x7e]{1,255}$/;
const MAX_MAGNITUDE = 2 ** 360;
const MAX_AGE_MS = 14 * 24 * 3_600_000;
const MAX_AHEAD_MS = 2 * 3_600_000;

/**
 * Checks a data point against the limits of PutMetricData.
 *
 * @throws AwsApiError InvalidParameterValue that names the parameter.
 */
export function checkDatum(datum: MetricDatum, nowMs: number): void {
  const { namespace, name, dimensions, value, timestampMs } = datum;
  if (!/^[0-9A-Za-z.\-_/#:]{1,255}$/.test(namespace)) {
    throw invalid(
      'Namespace',
      `"${namespace.slice(0, 300)}" is no name of 1 to 255 letters, digits and .-_/#:`,
    );
  }
  if (!NAME.test(name))
    throw invalid('MetricName', `"${name.slice(0, 300)}" has to have 1 to 255 ASCII characters`);
  const entries = Object.entries(dimensions);
  if (entries.length > MAX_DIMENSIONS) throw invalid('Dimensions', `there are at most ${MAX_DIMENSIONS}`);
  for (const [dimension, text] of entries) {
    const isUsable =
      NAME.test(dimension) && !dimension.startsWith(':') && text !== '' && text.length <= 1_024;
    if (!isUsable) throw invalid('Dimensions', `"${dimension}" or its value is empty, too long or not ASCII`);
  }
  if (!Number.isFinite(value) || Math.abs(value) > MAX_MAGNITUDE) {
    throw invalid('Value', `${value} is not a number between -2^360 and 2^360`);
  }
  if (!(timestampMs >= nowMs - MAX_AGE_MS && timestampMs <= nowMs + MAX_AHEAD_MS)) {
    throw invalid('Timestamp', 'it must lie within the last two weeks and the next two hours');
  }
}

/** One text for a metric's identity: the order of its dimensions does not matter. */
export function dimensionsKey(dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

function invalid(parameter: string, why: string): AwsApiError {
  return new AwsApiError(400, 'InvalidParameterValue', `The parameter ${parameter} cannot be used: ${why}.`);
}
