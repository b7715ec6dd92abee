import * as z from 'zod/mini';
import { once } from './once.ts';

/**
 * How readings are scored: what the sliders move. `score-anomaly` reads them, `tune-scoring` writes them.
 * Each may be set for all devices and, over that, for one device.
 */
export const scoringOverridesSchema = once(() =>
  z.strictObject({
    T: z.optional(z.nullable(z.int().check(z.gte(1), z.lte(100_000)))),
    alpha0: z.optional(z.nullable(z.number().check(z.gt(0), z.lt(1)))),
    beta: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(1)))),
    threshold: z.optional(z.nullable(z.number().check(z.gt(0), z.lt(0.4)))),
    mode: z.optional(z.nullable(z.enum(['robust', 'classic']))),
  }),
);

/** Settings that stand over the defaults; null or missing means: not set here. */
export type ScoringOverrides = z.infer<ReturnType<typeof scoringOverridesSchema>>;

export interface ScoringSettings {
  readonly T: number;
  readonly alpha0: number;
  readonly beta: number;
  readonly threshold: number;
  readonly mode: 'robust' | 'classic';
}

export const SCORING_SETTING_NAMES = ['T', 'alpha0', 'beta', 'threshold', 'mode'] as const;

/** The defaults of the AWS blog post that the scorer comes from (its text, not its code's 0.05). */
export const DEFAULT_SCORING_SETTINGS: ScoringSettings = {
  T: 30,
  alpha0: 0.95,
  beta: 0.5,
  threshold: 0.002,
  mode: 'robust',
};

/** Lays overrides over `base`, the later over the earlier. */
export function withOverrides(
  base: ScoringSettings,
  ...layers: readonly (ScoringOverrides | undefined)[]
): ScoringSettings {
  const settings = { ...base };
  for (const layer of layers) {
    if (layer === undefined) continue;
    settings.T = layer.T ?? settings.T;
    settings.alpha0 = layer.alpha0 ?? settings.alpha0;
    settings.beta = layer.beta ?? settings.beta;
    settings.threshold = layer.threshold ?? settings.threshold;
    settings.mode = layer.mode ?? settings.mode;
  }
  return settings;
}
