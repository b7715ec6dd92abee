import type { DeviceState } from './device-state.ts';
import type { Device } from './devices.ts';
import { element, setText } from './element.ts';
import { readPalette, type Palette } from './palette.ts';
import { plotData } from './plot-data.ts';
import { Plot } from './plot.ts';
import { commandOfKey, PlotToolbar, type ViewCommand } from './plot-toolbar.ts';
import { FIRST_VIEW, moved, zoomed, type View } from './view.ts';

/** More columns than these are counted, not drawn. */
const MAX_PLOTS = 8;
const HEIGHT_AMONG = 240;
/** A plot alone takes what the window has left, within reason. */
const HEIGHTS_ALONE = { least: 300, most: 560, around: 350 };
const ZOOM = 1.5;
const STEP = 0.25;
/** One notch of a mouse wheel is about 100 pixels, three lines. */
const WHEEL_ZOOM = 0.0018;
const LINE_PIXELS = 33;

const LEGEND = [
  ['value', 'reading'],
  ['mean', 'mean'],
  ['band', 'expected range'],
  ['anomaly', 'anomaly'],
  ['late', 'late, not learned'],
  ['warm-up', 'warming up'],
] as const;

/** The plots of the selected device: one per column, all in the same view. */
export class Plots {
  readonly #box = element('div', {
    class: 'plot-list',
    attributes: {
      tabindex: '0',
      role: 'group',
      'aria-label':
        'Plots. Plus and minus zoom, left and right arrows move, zero follows the latest, space pauses.',
    },
  });
  readonly #more = element('p', { class: 'more' });
  readonly #toolbar: PlotToolbar;
  readonly #plots = new Map<string, Plot>();
  readonly #onChange: () => void;
  #palette: Palette = readPalette();
  #device: Device | undefined;
  #view: View = FIRST_VIEW;
  /** While paused: how many readings the device had when it began. */
  #pausedAt: number | undefined;

  /** @param onChange Called when the plots must be drawn again. */
  constructor(parent: HTMLElement, onChange: () => void) {
    this.#onChange = onChange;
    this.#toolbar = new PlotToolbar({
      onPause: () => this.togglePause(),
      onCommand: (command) => this.#command(command),
    });
    this.#box.addEventListener('keydown', (event) => {
      const command = commandOfKey(event);
      if (command === undefined) return;
      event.preventDefault();
      this.#command(command);
    });
    parent.append(this.#toolbar.root, legend(), this.#box, this.#more);
  }

  select(device: Device): void {
    if (device === this.#device) return;
    this.#device = device;
    this.#view = FIRST_VIEW;
    this.#pausedAt = undefined;
    this.#clear();
    this.#onChange();
  }

  togglePause(): void {
    this.#pausedAt = this.#pausedAt === undefined ? (this.#device?.readings ?? 0) : undefined;
    this.#onChange();
  }

  /** Takes the colours of a theme that has changed. */
  repaint(): void {
    this.#palette = readPalette();
    this.#clear();
    this.#onChange();
  }

  /** Draws the device as it is now; while paused, as it was when the pause began. */
  draw(): void {
    const device = this.#device;
    if (device === undefined) return;
    if (this.#pausedAt === undefined || this.#plots.size === 0) this.#takeData(device);
    for (const plot of this.#plots.values()) plot.draw(this.#view);
    const missed = device.readings - (this.#pausedAt ?? 0);
    this.#toolbar.refresh(device.key, this.#view, this.#pausedAt === undefined ? undefined : { missed });
  }

  describe(state: DeviceState): void {
    for (const plot of this.#plots.values()) plot.describe(state.text);
  }

  #takeData(device: Device): void {
    const columns = [...device.columns].slice(0, MAX_PLOTS);
    const height = columns.length === 1 ? heightAlone() : HEIGHT_AMONG;
    if (this.#plots.size > 0 && this.#plots.size !== columns.length) this.#clear();
    for (const [column, series] of columns) {
      const plot = this.#plots.get(column) ?? this.#open(device.key, column, height);
      plot.setData(plotData(series));
    }
    const hidden = device.columns.size - columns.length;
    setText(this.#more, hidden > 0 ? `${hidden} more columns are not drawn.` : '');
  }

  #open(device: string, column: string, height: number): Plot {
    const plot = new Plot({
      device,
      column,
      palette: this.#palette,
      height,
      onSelect: (range) => this.#look({ kind: 'fixed', range }),
      onReset: () => this.#command('latest'),
      onWheel: (event, at) => this.#wheel(event, at, plot.times),
    });
    this.#plots.set(column, plot);
    this.#box.append(plot.root);
    return plot;
  }

  #clear(): void {
    for (const plot of this.#plots.values()) plot.destroy();
    this.#plots.clear();
  }

  #look(view: View): void {
    this.#view = view;
    this.#onChange();
  }

  #command(command: ViewCommand): void {
    const times = this.#plots.values().next().value?.times ?? [];
    switch (command) {
      case 'in':
        return this.#look(zoomed(this.#view, 1 / ZOOM, 0.5, times));
      case 'out':
        return this.#look(zoomed(this.#view, ZOOM, 0.5, times));
      case 'earlier':
        return this.#look(moved(this.#view, -STEP, times));
      case 'later':
        return this.#look(moved(this.#view, STEP, times));
      case 'latest':
        this.#pausedAt = undefined;
        return this.#look(FIRST_VIEW);
    }
  }

  #wheel(event: WheelEvent, at: number, times: readonly number[]): void {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      this.#look(moved(this.#view, (sideways * unit) / 1000, times));
    } else {
      this.#look(zoomed(this.#view, Math.exp(event.deltaY * unit * WHEEL_ZOOM), at, times));
    }
  }
}

function heightAlone(): number {
  const { least, most, around } = HEIGHTS_ALONE;
  return Math.min(most, Math.max(least, innerHeight - around));
}

function legend(): HTMLElement {
  const items = LEGEND.map(([kind, text]) =>
    element('li', {}, element('span', { class: `key key-${kind}` }), element('span', { text })),
  );
  return element('ul', { class: 'legend', attributes: { 'aria-label': 'Legend' } }, ...items);
}
