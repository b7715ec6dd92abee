import { element, setText } from './element.ts';
import type { ResultSettings } from './result.ts';
import { SLIDER_SCALES, type SliderScale, type Tunable } from './slider-scale.ts';
import type { ChangeState, Scope, Tuning } from './tuning.ts';

/** A slider that moves publishes this long after it last moved. */
const DEBOUNCE_MS = 150;

interface Slider {
  readonly scale: SliderScale;
  readonly input: HTMLInputElement;
  readonly number: HTMLOutputElement;
  readonly meaning: HTMLElement;
  readonly state: HTMLElement;
  /** Set while a change waits to be published, with whom it is for. */
  pending: { readonly timer: number; readonly scope: Scope } | undefined;
}

export interface SettingsPanelOptions {
  readonly parent: HTMLElement;
  readonly tuning: Tuning;
  readonly onChange: (scope: Scope, changes: Partial<Record<Tunable, number | null>>) => void;
}

/** The sliders: what they stand at, whom they are for, and whether the results carry it yet. */
export class SettingsPanel {
  readonly #options: SettingsPanelOptions;
  readonly #sliders: readonly Slider[];
  readonly #one: HTMLInputElement;
  readonly #all: HTMLInputElement;
  readonly #oneName = element('span', { text: 'this device' });
  #device: string | undefined;

  constructor(options: SettingsPanelOptions) {
    this.#options = options;
    this.#one = radio('one', true);
    this.#all = radio('all', false);
    this.#sliders = SLIDER_SCALES.map((scale) => this.#makeSlider(scale));
    const reset = element('button', {
      testId: 'reset-settings',
      text: 'Reset to default',
      attributes: { type: 'button' },
    });
    reset.addEventListener('click', () => this.#reset());
    options.parent.append(
      element(
        'fieldset',
        { class: 'scope' },
        element('legend', { text: 'Changes apply to' }),
        element('label', {}, this.#one, this.#oneName),
        element('label', {}, this.#all, element('span', { text: 'all devices' })),
      ),
      ...this.#sliders.map(sliderBox),
      reset,
    );
  }

  /** Shows the settings that the selected device's last result was scored with. */
  refresh(device: string, settings: ResultSettings): void {
    this.#device = device;
    setText(this.#oneName, device);
    const scope = this.#scope();
    for (const slider of this.#sliders) {
      const { scale, state, pending } = slider;
      const change = this.#options.tuning.state(scope, scale.name);
      const isWaiting = pending !== undefined || change.kind === 'waiting';
      const kind = isWaiting ? 'waiting' : change.kind;
      setText(state, isWaiting ? waitingText(scope) : words(change));
      if (state.dataset['state'] !== kind) state.dataset['state'] = kind;
      // What a hand has just set stays until the results carry it.
      if (pending !== undefined) continue;
      show(slider, change.kind === 'waiting' && change.value !== null ? change.value : settings[scale.name]);
    }
  }

  #scope(): Scope {
    return this.#all.checked || this.#device === undefined ? 'all' : { device: this.#device };
  }

  #makeSlider(scale: SliderScale): Slider {
    const id = `slider-${scale.name}`;
    const { min, max, step } = scale;
    const input = element('input', {
      testId: id,
      attributes: { type: 'range', id, min: String(min), max: String(max), step: String(step) },
    });
    const slider: Slider = {
      scale,
      input,
      number: element('output', { testId: `number-${scale.name}`, attributes: { for: id } }),
      meaning: element('span', { class: 'meaning' }),
      state: element('span', {
        class: 'applied',
        testId: `applied-${scale.name}`,
        attributes: { role: 'status' },
      }),
      pending: undefined,
    };
    input.addEventListener('input', () => {
      describe(slider, scale.toSetting(Number(input.value)));
      clearTimeout(slider.pending?.timer);
      const timer = window.setTimeout(() => this.#publish(slider), DEBOUNCE_MS);
      slider.pending = { timer, scope: this.#scope() };
    });
    return slider;
  }

  #publish(slider: Slider): void {
    const scope = slider.pending?.scope ?? this.#scope();
    slider.pending = undefined;
    const { name, toSetting } = slider.scale;
    this.#options.onChange(scope, { [name]: toSetting(Number(slider.input.value)) });
  }

  #reset(): void {
    for (const slider of this.#sliders) {
      clearTimeout(slider.pending?.timer);
      slider.pending = undefined;
    }
    this.#options.onChange(this.#scope(), { alpha0: null, beta: null, threshold: null });
  }
}

function radio(value: string, checked: boolean): HTMLInputElement {
  const input = element('input', {
    testId: `scope-${value}`,
    attributes: { type: 'radio', name: 'scope', value },
  });
  input.checked = checked;
  return input;
}

function sliderBox({ scale, input, number, meaning, state }: Slider): HTMLElement {
  return element(
    'div',
    { class: 'slider' },
    element('label', { text: scale.label, attributes: { for: input.id } }),
    number,
    input,
    meaning,
    state,
  );
}

function show(slider: Slider, setting: number): void {
  const { scale, input } = slider;
  // The input rounds to its steps. Writing where it already stands would take the thumb from a hand.
  const steps = Math.round((scale.toPosition(setting) - scale.min) / scale.step);
  const position = Number((scale.min + steps * scale.step).toFixed(6));
  if (Number(input.value) !== position) input.value = String(position);
  describe(slider, setting);
}

function describe({ scale, input, number, meaning }: Slider, setting: number): void {
  setText(number, scale.text(setting));
  setText(meaning, scale.meaning(setting));
  input.setAttribute('aria-valuetext', `${scale.text(setting)}, ${scale.meaning(setting)}`);
}

function waitingText(scope: Scope): string {
  return scope === 'all' ? 'waiting… up to 30 s' : 'waiting…';
}

function words(change: ChangeState): string {
  if (change.kind !== 'applied') return '';
  return change.heard === 1 ? 'applied' : `applied to ${change.devices} of ${change.heard}`;
}
