/** The settings that have a slider. */
export const TUNABLE = ['alpha0', 'beta', 'threshold'] as const;
export type Tunable = (typeof TUNABLE)[number];

export interface SliderScale {
  readonly name: Tunable;
  readonly label: string;
  /** Ends and step of the slider, in its own units. */
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** From the slider's units to the setting, and back. */
  readonly toSetting: (position: number) => number;
  readonly toPosition: (setting: number) => number;
  /** The setting as text, and what it means. */
  readonly text: (setting: number) => string;
  readonly meaning: (setting: number) => string;
}

const plain = {
  toSetting: (position: number) => position,
  toPosition: (setting: number) => setting,
};

export const SLIDER_SCALES: readonly SliderScale[] = [
  {
    name: 'alpha0',
    label: 'Memory, alpha0',
    min: 0.5,
    max: 0.999,
    step: 0.001,
    ...plain,
    text: (setting) => setting.toFixed(3),
    meaning: (setting) => `about ${Math.round(1 / (1 - setting)).toLocaleString('en-GB')} readings`,
  },
  {
    name: 'beta',
    label: 'Caution, beta',
    min: 0,
    max: 1,
    step: 0.01,
    ...plain,
    text: (setting) => setting.toFixed(2),
    meaning: (setting) => (setting === 0 ? 'all weigh the same' : 'outliers weigh less'),
  },
  {
    name: 'threshold',
    label: 'Threshold',
    min: -6,
    max: -1,
    step: 0.01,
    // The slider moves over decades; three digits are more than anybody can tell apart.
    toSetting: (position) => Number((10 ** position).toPrecision(3)),
    toPosition: (setting) => Math.log10(setting),
    text: (setting) => (setting < 0.001 ? setting.toExponential(2) : String(setting)),
    meaning: (setting) => `from ${sigmas(setting).toFixed(2)} σ`,
  },
];

/**
 * The deviation at which the standard normal's density falls to `threshold`, in standard deviations:
 * P ≤ threshold is |z| ≥ √(−2 ln(threshold √(2π))). Zero when every reading is at or under the threshold.
 */
export function sigmas(threshold: number): number {
  return Math.sqrt(Math.max(0, -2 * Math.log(threshold * Math.sqrt(2 * Math.PI))));
}
