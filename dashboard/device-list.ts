import { deviceState } from './device-state.ts';
import type { Device } from './devices.ts';
import { element, setText } from './element.ts';
import { formatCounted, formatValue } from './format.ts';

interface Row {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly value: HTMLElement;
  readonly state: HTMLElement;
  readonly counts: HTMLElement;
}

/** A list longer than this gets a field to narrow it with. */
const FILTER_FROM = 9;

/** The list of devices. One is selected; the arrow keys go from one to the next. */
export class DeviceList {
  readonly #rows = new Map<string, Row>();
  readonly #list = element('ul', { attributes: { 'aria-label': 'Devices' } });
  readonly #filter = element('input', {
    attributes: { type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter devices by name' },
  });
  readonly #onSelect: (key: string) => void;
  #selected: string | undefined;

  constructor(parent: HTMLElement, onSelect: (key: string) => void) {
    this.#onSelect = onSelect;
    this.#filter.hidden = true;
    this.#filter.addEventListener('input', () => this.#narrow());
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    parent.append(this.#filter, this.#list);
  }

  select(key: string): void {
    this.#selected = key;
    for (const [rowKey, { button }] of this.#rows)
      button.setAttribute('aria-pressed', String(rowKey === key));
  }

  /** Writes what is known of the devices at `nowMs`. */
  refresh(
    devices: { readonly size: number; values(): Iterable<Device>; get(key: string): unknown },
    nowMs: number,
  ) {
    for (const [key, row] of this.#rows) {
      if (devices.get(key) !== undefined) continue;
      row.item.remove();
      this.#rows.delete(key);
    }
    for (const device of devices.values())
      write(this.#rows.get(device.key) ?? this.#open(device.key), device, nowMs);
    this.#filter.hidden = devices.size < FILTER_FROM && this.#filter.value === '';
  }

  #open(key: string): Row {
    const row = makeRow(key);
    row.button.addEventListener('click', () => this.#onSelect(key));
    row.button.setAttribute('aria-pressed', String(key === this.#selected));
    const next = [...this.#rows].filter(([other]) => other > key).sort(([a], [b]) => (a < b ? -1 : 1))[0];
    this.#list.insertBefore(row.item, next?.[1].item ?? null);
    this.#rows.set(key, row);
    this.#narrow();
    return row;
  }

  #narrow(): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    for (const [key, { item }] of this.#rows) item.hidden = !key.toLowerCase().includes(wanted);
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [...this.#list.querySelectorAll('button')].filter(
      (button) => button.offsetParent !== null,
    );
    const at = buttons.findIndex((button) => button === document.activeElement);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: buttons.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    buttons[target]?.focus();
  }
}

function makeRow(key: string): Row {
  const value = element('span', { class: 'device-value' });
  const state = element('span', { class: 'device-state' });
  const counts = element('span', { class: 'device-counts' });
  const name = element('span', { class: 'device-name', text: key, attributes: { title: key } });
  const button = element(
    'button',
    { class: 'device', testId: 'device-row', attributes: { type: 'button', 'data-device': key } },
    name,
    state,
    value,
    counts,
  );
  return { item: element('li', {}, button), button, value, state, counts };
}

function write(row: Row, device: Device, nowMs: number): void {
  const { kind, text } = deviceState(device, nowMs);
  const values = Object.values(device.last.columns).map((column) => formatValue(column.value));
  const shown = values.slice(0, 3).join(' · ');
  setText(row.value, values.length > 3 ? `${shown} …` : shown);
  setText(row.state, text);
  if (row.button.dataset['state'] !== kind) row.button.dataset['state'] = kind;
  const readings = formatCounted(device.readings, 'reading', 'readings');
  const anomalies = formatCounted(device.anomalies, 'anomaly', 'anomalies');
  setText(row.counts, `${readings} · ${anomalies}`);
}
