import * as z from 'zod/mini';
import { RejectedInputError } from '../../shared/rejections.ts';
import { scoringOverridesSchema, type ScoringOverrides } from '../../shared/scoring-settings.ts';

/** A change of settings, as it is published on `anom/settings`. */
export interface SettingsChange {
  /** The device that it is for; undefined: for all devices. */
  readonly device?: string;
  /** What changes; null takes a setting back to what stands under it. */
  readonly settings: ScoringOverrides;
  /** When AWS IoT received it, in milliseconds: of two changes the later one stands. */
  readonly receivedAtMs: number;
}

const changeSchema = z.strictObject({
  device: z.optional(z.string().check(z.minLength(1), z.maxLength(2048))),
  settings: scoringOverridesSchema(),
  receivedAt: z.optional(z.int()),
});

/** @throws RejectedInputError with the code SETTINGS_UNUSABLE or SETTINGS_EMPTY. */
export function parseChange(message: unknown, nowMs: number): SettingsChange {
  const parsed = z.safeParse(changeSchema, message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new RejectedInputError(
      'SETTINGS_UNUSABLE',
      `the change of settings cannot be used${field === '' ? '' : ` at "${field}"`}: ${issue?.message ?? 'wrong shape'}`,
      field,
    );
  }
  const { device, settings, receivedAt } = parsed.data;
  if (Object.values(settings).every((value) => value === undefined)) {
    throw new RejectedInputError('SETTINGS_EMPTY', 'the change of settings changes nothing', 'settings');
  }
  return { settings, receivedAtMs: receivedAt ?? nowMs, ...(device === undefined ? {} : { device }) };
}
