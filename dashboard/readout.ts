import { element, setText } from './element.ts';
import { formatTime, formatValue } from './format.ts';
import type { Cell, PlotData } from './plot-data.ts';

const FIELDS = ['time (UTC)', 'reading', 'mean', 'expected range', 'z', 'density P'] as const;
type Field = (typeof FIELDS)[number];

const NONE = '–';

/** The numbers of one point: the one under the pointer, else the newest. */
export class Readout {
  readonly root: HTMLElement;
  readonly #cells: ReadonlyMap<Field, HTMLElement>;

  constructor() {
    const cells = FIELDS.map((field) => [field, element('dd', { text: NONE })] as const);
    this.#cells = new Map(cells);
    this.root = element(
      'dl',
      { class: 'readout' },
      ...cells.map(([field, cell]) => element('div', {}, element('dt', { text: field }), cell)),
    );
  }

  show(data: PlotData, pointed: number | undefined): void {
    const index = pointed !== undefined && isPoint(data, pointed) ? pointed : data.times.length - 1;
    const time = data.times[index];
    const late = data.late[index];
    const [lower, upper] = [data.lower[index], data.upper[index]];
    const flag = data.anomalies.includes(index) ? ' anomaly' : isNumber(late) ? ' late' : '';
    this.#set('time (UTC)', time === undefined ? NONE : formatTime(time));
    this.#set('reading', `${text(data.value[index] ?? late)}${flag}`);
    this.#set('mean', text(data.mean[index]));
    this.#set(
      'expected range',
      isNumber(lower) && isNumber(upper) ? `${text(lower, 5)} to ${text(upper, 5)}` : NONE,
    );
    this.#set('z', fixed(data.z[index]));
    this.#set('density P', text(data.probability[index], 3));
    this.root.classList.toggle('is-anomaly', flag === ' anomaly');
  }

  #set(field: Field, value: string): void {
    const cell = this.#cells.get(field);
    if (cell !== undefined) setText(cell, value);
  }
}

function isPoint(data: PlotData, index: number): boolean {
  return isNumber(data.value[index] ?? data.late[index]);
}

function isNumber(cell: Cell): cell is number {
  return typeof cell === 'number';
}

function text(cell: Cell, digits?: number): string {
  if (!isNumber(cell)) return NONE;
  return formatValue(digits === undefined ? cell : Number(cell.toPrecision(digits)));
}

function fixed(cell: Cell): string {
  if (!isNumber(cell)) return NONE;
  return Math.abs(cell) < 1000 ? cell.toFixed(2) : formatValue(Number(cell.toPrecision(3)));
}
