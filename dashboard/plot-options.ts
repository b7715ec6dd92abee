import type uPlot from 'uplot';
import { formatValue, timeLabels } from './format.ts';
import type { Palette } from './palette.ts';
import type { Range } from './view.ts';

const DIGIT_WIDTH = 7;
/** Plots of one device stand under each other: their time axes should begin at the same place. */
const LEAST_DIGITS = 6;
const FONT = '12px system-ui, sans-serif';

export interface PlotOptions {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** The span of values to show now. */
  readonly valueRange: () => Range;
  readonly onDrawUnder: (plot: uPlot) => void;
  readonly onDrawOver: (plot: uPlot) => void;
  readonly onCursor: (index: number | undefined) => void;
  readonly onSelect: (range: Range) => void;
  readonly onReset: () => void;
}

/** The order of the series that a plot is fed with. */
export const SERIES_ORDER = ['times', 'lower', 'upper', 'mean', 'value'] as const;

/** What uPlot is told about our kind of plot: a line, its mean, its band, time in UTC. */
export function plotOptions(options: PlotOptions): uPlot.Options {
  const { palette } = options;
  const axis = {
    stroke: palette.muted,
    font: FONT,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1, size: 4 },
  };
  return {
    width: options.width,
    height: options.height,
    ms: 1,
    tzDate: (epochMs) => inUtc(epochMs),
    padding: [10, 28, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: 5 },
      // A dot on the line only; the band and the mean are read beside the plot.
      points: { size: (_plot, index) => (SERIES_ORDER[index] === 'value' ? 7 : 0) },
      bind: {
        // Two clicks show everything again: uPlot's own answer would bypass the view.
        dblclick: () => () => {
          options.onReset();
          return null;
        },
      },
    },
    scales: {
      x: { time: true },
      y: {
        range: () => {
          const { min, max } = options.valueRange();
          return [min, max];
        },
      },
    },
    axes: [
      {
        ...axis,
        size: 42,
        space: 72,
        values: (_plot, splits, _axis, _space, step) => timeLabels(splits, step),
      },
      {
        ...axis,
        space: 36,
        values: (_plot, splits) => splits.map(formatValue),
        size: (_plot, labels) =>
          14 + DIGIT_WIDTH * Math.max(LEAST_DIGITS, ...(labels ?? []).map(({ length }) => length)),
      },
    ],
    series: [
      {},
      { points: { show: false }, width: 0 },
      { points: { show: false }, width: 0 },
      { points: { show: false }, width: 1.25, dash: [5, 4], stroke: palette.mean },
      // Where readings stand far apart, and where one stands alone, each gets a dot.
      { points: { size: 6, space: 16, width: 0, fill: palette.value }, width: 1.5, stroke: palette.value },
    ],
    bands: [{ series: [2, 1], fill: palette.band }],
    hooks: {
      drawClear: [options.onDrawUnder],
      draw: [options.onDrawOver],
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? undefined)],
      setSelect: [(plot) => select(plot, options.onSelect)],
    },
  };
}

function select(plot: uPlot, onSelect: (range: Range) => void): void {
  const { left, width } = plot.select;
  if (width < 2) return;
  onSelect({ min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') });
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** uPlot places its marks by the local time of a date; this date's local time is the instant's time in UTC. */
function inUtc(epochMs: number): Date {
  return new Date(epochMs + new Date(epochMs).getTimezoneOffset() * 60_000);
}
