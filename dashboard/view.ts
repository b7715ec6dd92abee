import type { PlotData } from './plot-data.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What part of the time is looked at: the last so many readings, moving along, or a fixed span. */
export type View =
  | { readonly kind: 'latest'; readonly readings: number }
  | { readonly kind: 'fixed'; readonly range: Range };

export const FIRST_VIEW: View = { kind: 'latest', readings: 300 };

const FEWEST_READINGS = 10;
const MOST_READINGS = 2000;
/** The time axis has no marks closer than a millisecond. */
const SHORTEST_MS = 10;
/** Around a reading that is the only one. */
const ALONE_MS = 30_000;
/** Room to the right of the newest point, as a share of the span. */
const ROOM = 0.015;

/** The span of time that a view shows of these times (ascending, milliseconds). */
export function visibleRange(view: View, times: readonly number[]): Range {
  if (view.kind === 'fixed') return view.range;
  const { min, max } = extent(times);
  const first = times[Math.max(0, times.length - view.readings)] ?? min;
  if (max === first) return { min: first - ALONE_MS, max: max + ALONE_MS };
  return { min: first, max: max + Math.max(max - first, SHORTEST_MS) * ROOM };
}

/**
 * Makes the span `factor` times as long. A view that follows keeps following; a fixed one keeps the instant
 * at the share `at` of its width (0 left, 1 right) where it is, and stays within the readings.
 */
export function zoomed(view: View, factor: number, at: number, times: readonly number[]): View {
  if (view.kind === 'latest') {
    const shown = Math.min(view.readings, Math.max(times.length, FEWEST_READINGS));
    const readings = Math.round(shown * factor);
    return { kind: 'latest', readings: Math.min(MOST_READINGS, Math.max(FEWEST_READINGS, readings)) };
  }
  const { min, max } = view.range;
  const span = Math.max(SHORTEST_MS, (max - min) * factor);
  const still = min + (max - min) * at;
  return within({ min: still - span * at, max: still + span * (1 - at) }, times);
}

/** Moves by a share of the width; negative is earlier. A view that follows stands still from then on. */
export function moved(view: View, share: number, times: readonly number[]): View {
  const { min, max } = visibleRange(view, times);
  const by = (max - min) * share;
  return within({ min: min + by, max: max + by }, times);
}

function within(range: Range, times: readonly number[]): View {
  const all = extent(times);
  const room = (all.max - all.min) * ROOM;
  const span = Math.min(range.max - range.min, all.max - all.min + room);
  const min = Math.min(Math.max(range.min, all.min), all.max + room - span);
  return { kind: 'fixed', range: { min, max: min + Math.max(span, SHORTEST_MS) } };
}

function extent(times: readonly number[]): Range {
  return { min: times[0] ?? 0, max: times.at(-1) ?? 0 };
}

/** The band may stand this far over or under the readings, in spans of the readings, before it is cut off. */
const BAND_SHARE = 0.75;

/**
 * The span of values to show for a span of time: all readings, and as much of the band as leaves them
 * legible. After a jump the band may be a hundred times as high as the readings.
 */
export function valueRange(plot: PlotData, { min, max }: Range): Range {
  const readings = empty();
  const band = empty();
  for (let index = 0; index < plot.times.length; index += 1) {
    const time = plot.times[index] ?? 0;
    if (time < min) continue;
    if (time > max) break;
    widen(readings, plot.value[index] ?? plot.late[index]);
    widen(band, plot.lower[index]);
    widen(band, plot.upper[index]);
  }
  if (readings.min > readings.max) return { min: 0, max: 1 };
  const flat = Math.abs(readings.max) * 0.01 || 1;
  const span = readings.max - readings.min || flat;
  const low = Math.min(readings.min, Math.max(band.min, readings.min - BAND_SHARE * span));
  const high = Math.max(readings.max, Math.min(band.max, readings.max + BAND_SHARE * span));
  const room = (high - low || flat) * 0.06;
  return { min: low - room, max: high + room };
}

function empty() {
  return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

function widen(range: { min: number; max: number }, value: number | null | undefined): void {
  if (value === null || value === undefined) return;
  if (value < range.min) range.min = value;
  if (value > range.max) range.max = value;
}
