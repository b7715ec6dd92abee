import type { ZoneSettings } from './zone-settings.ts';

/** The settings of a zone, and since when they stand. */
export interface ZoneConfig {
  readonly settings: ZoneSettings;
  /** Milliseconds since the epoch. */
  readonly changedAtMs: number;
}
