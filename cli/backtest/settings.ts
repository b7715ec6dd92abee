import { PEWMA_MODES } from '../../functions/score-anomaly/pewma.ts';
import {
  DEFAULT_SCORING_SETTINGS,
  SCORING_SETTING_NAMES,
  scoringOverridesSchema,
  withOverrides,
  type ScoringSettings,
} from '../../shared/scoring-settings.ts';
import type { Arguments } from '../arguments.ts';
import { quoted } from '../terminal.ts';

const TAKES = {
  T: 'a whole number from 1 to 100000',
  alpha0: 'a number over 0 and under 1',
  beta: 'a number from 0 to 1',
  threshold: 'a number over 0 and under 0.4',
  mode: PEWMA_MODES.join(' or '),
} as const;

/**
 * The settings that the options name, over the defaults, within the bounds of the function itself.
 *
 * @throws UsageError
 */
export function readSettings(args: Arguments): ScoringSettings {
  let settings = DEFAULT_SCORING_SETTINGS;
  for (const name of SCORING_SETTING_NAMES) {
    const text = args.text(name);
    if (text === undefined) continue;
    const value = name === 'mode' ? text : text.trim() === '' ? Number.NaN : Number(text);
    const parsed = scoringOverridesSchema().safeParse({ [name]: value });
    if (!parsed.success) throw args.wrong(`--${name} takes ${TAKES[name]}, not ${quoted(text)}`);
    settings = withOverrides(settings, parsed.data);
  }
  return settings;
}
