import type { ColumnResult, ScoredResult } from './result.ts';
import { Series } from './series.ts';

/** What the page knows of one device. */
export interface Device {
  readonly key: string;
  readonly columns: Map<string, Series>;
  /** The newest result that was learned from, or the newest at all while there is none. */
  last: ScoredResult;
  /** Distinct readings seen, and how many of them were anomalies. */
  readings: number;
  anomalies: number;
  /** Wall-clock milliseconds: of the last result, of the last anomaly, of the last late reading. */
  arrivedAtMs: number;
  anomalyAtMs: number;
  lateAtMs: number;
  /** Smoothed time between two results; undefined before the second. */
  arrivalStepMs: number | undefined;
}

/** At about 100 kB a full series, the page stays under 100 MB whatever is published. */
const MAX_SERIES = 1000;

/** Columns of one device beyond these are not kept. */
const MAX_COLUMNS = 64;

const QUIET_MS = 5000;
const QUIET_STEPS = 5;

/** After how many milliseconds without a result a device counts as silent: five of its own steps, at least 5 s. */
export function silenceLimitMs(device: Pick<Device, 'arrivalStepMs'>): number {
  return Math.max(QUIET_MS, QUIET_STEPS * (device.arrivalStepMs ?? 0));
}

/** All devices that results were seen of, each with its last points. */
export class Devices {
  readonly #devices = new Map<string, Device>();
  readonly #options: { readonly capacity: number; readonly maxSeries: number };
  #series = 0;

  /** @param options capacity: points kept per series. @default 2000; maxSeries. @default 1000 */
  constructor(options: { capacity?: number; maxSeries?: number } = {}) {
    this.#options = { capacity: options.capacity ?? 2000, maxSeries: options.maxSeries ?? MAX_SERIES };
  }

  get size(): number {
    return this.#devices.size;
  }

  get(key: string): Device | undefined {
    return this.#devices.get(key);
  }

  values(): Iterable<Device> {
    return this.#devices.values();
  }

  /** Takes in a result that arrived at `nowMs`. A result that is delivered again is not counted again. */
  add(result: ScoredResult, nowMs: number): Device {
    const device = this.#devices.get(result.device) ?? this.#open(result, nowMs);
    const time = result.time === null ? undefined : Date.parse(result.time);
    let isNew = false;
    for (const [name, column] of Object.entries(result.columns)) {
      const series = device.columns.get(name) ?? this.#openSeries(device, name);
      if (series === undefined) continue;
      if (time !== undefined && series.has(time, column.value)) continue;
      // Without a time of its own a reading stands where it arrived, never before the one it followed.
      series.add(point(column, time ?? Math.max(nowMs, series.lastTime ?? nowMs), result.late));
      isNew = true;
    }
    if (isNew) count(device, result, nowMs);
    return device;
  }

  #open(result: ScoredResult, nowMs: number): Device {
    const device: Device = {
      key: result.device,
      columns: new Map(),
      last: result,
      readings: 0,
      anomalies: 0,
      arrivedAtMs: nowMs,
      anomalyAtMs: Number.NEGATIVE_INFINITY,
      lateAtMs: Number.NEGATIVE_INFINITY,
      arrivalStepMs: undefined,
    };
    this.#devices.set(device.key, device);
    return device;
  }

  #openSeries(device: Device, name: string): Series | undefined {
    if (device.columns.size >= MAX_COLUMNS) return undefined;
    if (this.#series >= this.#options.maxSeries) this.#forgetQuietest(device);
    const series = new Series(this.#options.capacity);
    device.columns.set(name, series);
    this.#series += 1;
    return series;
  }

  #forgetQuietest(except: Device): void {
    let quietest: Device | undefined;
    for (const device of this.#devices.values()) {
      if (device !== except && device.arrivedAtMs < (quietest?.arrivedAtMs ?? Number.POSITIVE_INFINITY)) {
        quietest = device;
      }
    }
    if (quietest === undefined) return;
    this.#devices.delete(quietest.key);
    this.#series -= quietest.columns.size;
  }
}

function count(device: Device, result: ScoredResult, nowMs: number): void {
  if (device.readings > 0) {
    const step = Math.min(nowMs - device.arrivedAtMs, silenceLimitMs(device));
    device.arrivalStepMs =
      device.arrivalStepMs === undefined ? step : 0.8 * device.arrivalStepMs + 0.2 * step;
  }
  device.arrivedAtMs = nowMs;
  device.readings += 1;
  if (!result.late || device.last.late) device.last = result;
  if (result.late) device.lateAtMs = nowMs;
  if (result.anomaly) {
    device.anomalies += 1;
    device.anomalyAtMs = nowMs;
  }
}

function point(column: ColumnResult, time: number, late: boolean) {
  return {
    time,
    value: column.value,
    mean: column.mean ?? Number.NaN,
    lower: column.lower ?? Number.NaN,
    upper: column.upper ?? Number.NaN,
    z: column.z ?? Number.NaN,
    probability: column.probability ?? Number.NaN,
    anomaly: column.anomaly,
    warmingUp: column.warmingUp,
    late,
  };
}
