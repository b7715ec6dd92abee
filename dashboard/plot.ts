import uPlot from 'uplot';
import { element } from './element.ts';
import { formatCounted } from './format.ts';
import type { Palette } from './palette.ts';
import { drawMarks, shadeWarmUps } from './plot-marks.ts';
import { plotData, type PlotData } from './plot-data.ts';
import { plotOptions, SERIES_ORDER } from './plot-options.ts';
import { Readout } from './readout.ts';
import { Series } from './series.ts';
import { valueRange, visibleRange, type Range, type View } from './view.ts';

export interface PlotInput {
  readonly device: string;
  readonly column: string;
  readonly palette: Palette;
  readonly height: number;
  readonly onSelect: (range: Range) => void;
  readonly onReset: () => void;
  /** The wheel was turned at this share of the width (0 left, 1 right). */
  readonly onWheel: (event: WheelEvent, at: number) => void;
}

const FIRST_WIDTH = 600;

/** The plot of one column of one device. It shows the data that it was given last, in the view it is asked for. */
export class Plot {
  readonly root: HTMLElement;
  readonly #input: PlotInput;
  readonly #readout = new Readout();
  readonly #chart: uPlot;
  readonly #observer: ResizeObserver;
  #data: PlotData = plotData(new Series());
  #range: Range = { min: 0, max: 1 };
  #pointed: number | undefined;

  constructor(input: PlotInput) {
    this.#input = input;
    const canvas = element('div', { class: 'plot-canvas' });
    this.root = element(
      'figure',
      {
        class: 'plot',
        testId: 'plot',
        attributes: { 'data-device': input.device, 'data-column': input.column, role: 'img' },
      },
      element('figcaption', {}, element('h3', { text: input.column }), this.#readout.root),
      canvas,
    );
    this.#chart = new uPlot(this.#options(), this.#lines(), canvas);
    this.#chart.over.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== this.#chart.width) this.#chart.setSize({ width, height: input.height });
    });
    this.#observer.observe(canvas);
  }

  /** The times that are shown, ascending, in milliseconds. */
  get times(): readonly number[] {
    return this.#data.times;
  }

  setData(data: PlotData): void {
    this.#data = data;
    const counts = {
      points: data.points,
      anomalies: data.anomalies.length,
      band: data.bandPoints,
      gaps: data.gaps,
    };
    for (const [name, count] of Object.entries(counts)) this.root.dataset[name] = String(count);
  }

  draw(view: View): void {
    this.#range = visibleRange(view, this.#data.times);
    const { min, max } = this.#range;
    this.#chart.batch(() => {
      this.#chart.setData(this.#lines(), false);
      this.#chart.setScale('x', { min, max });
    });
    this.#readout.show(this.#data, this.#pointed);
  }

  /** Says in words what is drawn; not at every frame, because a screen reader may read it each time. */
  describe(state: string): void {
    const { points, anomalies } = this.#data;
    const { device, column } = this.#input;
    const counts = `${formatCounted(points, 'reading', 'readings')}, ${formatCounted(anomalies.length, 'anomaly', 'anomalies')}`;
    const label = `${device}, ${column}: ${counts}, ${state}`;
    if (this.root.getAttribute('aria-label') !== label) this.root.setAttribute('aria-label', label);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#chart.destroy();
    this.root.remove();
  }

  #lines(): uPlot.AlignedData {
    const { times, lower, upper, mean, value } = this.#data;
    const lines = { times, lower, upper, mean, value };
    const [x, ...rest] = SERIES_ORDER;
    return [lines[x], ...rest.map((name) => lines[name])];
  }

  #options(): uPlot.Options {
    const { palette, height, onSelect, onReset } = this.#input;
    return plotOptions({
      width: FIRST_WIDTH,
      height,
      palette,
      valueRange: () => valueRange(this.#data, this.#range),
      onDrawUnder: (chart) => shadeWarmUps(chart, this.#data, palette),
      onDrawOver: (chart) => drawMarks(chart, this.#data, palette),
      onCursor: (index) => {
        this.#pointed = index;
        this.#readout.show(this.#data, index);
      },
      onSelect,
      onReset,
    });
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const { left, width } = this.#chart.over.getBoundingClientRect();
    this.#input.onWheel(event, Math.min(1, Math.max(0, (event.clientX - left) / width)));
  }
}
