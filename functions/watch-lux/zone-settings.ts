import * as z from 'zod/mini';
import { POSITIONS } from '../../shared/greenhouse/position.ts';
import { once } from '../../shared/once.ts';

/**
 * How a zone is watched, as it is published on `greenhouse/<zone>/control/settings`. What is left out stands as
 * in the blog post that this comes from (35,000 lux, 15 minutes), made safe where that one was not.
 */
export const zoneSettingsSchema = once(() => {
  const position = z.enum(POSITIONS);
  const seconds = (fallback: number) => z._default(z.int().check(z.gte(0), z.lte(86_400)), fallback);
  const lux = (fallback: number) => z._default(z.number().check(z.gte(0), z.lte(MAX_LUX)), fallback);
  const minutes = z._default(z.int().check(z.gte(-180), z.lte(180)), 0);
  const name = z.string().check(z.minLength(1), z.maxLength(128));
  const wind = z
    .strictObject({
      lockFromMetersPerSecond: z._default(z.number().check(z.gt(0), z.lte(60)), 12),
      lockAfterSeconds: seconds(3),
      releaseBelowMetersPerSecond: z._default(z.number().check(z.gt(0), z.lte(60)), 8),
      releaseAfterSeconds: seconds(600),
    })
    .check(
      z.refine((rule) => rule.releaseBelowMetersPerSecond < rule.lockFromMetersPerSecond, {
        message: 'the wind has to fall below less than what locks',
        path: ['releaseBelowMetersPerSecond'],
      }),
    );
  const frost = z
    .strictObject({
      lockToCelsius: z._default(z.number().check(z.gte(-60), z.lte(20)), 0),
      releaseAboveCelsius: z._default(z.number().check(z.gte(-60), z.lte(20)), 3),
      releaseAfterSeconds: seconds(1800),
    })
    .check(
      z.refine((rule) => rule.releaseAboveCelsius > rule.lockToCelsius, {
        message: 'it has to become warmer than what locks',
        path: ['releaseAboveCelsius'],
      }),
    );
  const night = z.strictObject({
    latitude: z.number().check(z.gte(-90), z.lte(90)),
    longitude: z.number().check(z.gte(-180), z.lte(180)),
    position,
    /** Later than the sun, or earlier where it is negative. */
    sunsetOffsetMinutes: minutes,
    sunriseOffsetMinutes: minutes,
  });
  return z
    .strictObject({
      /** Devices whose light counts. */
      probes: z.array(name).check(z.minLength(1), z.maxLength(16)),
      aggregate: z._default(z.enum(['median', 'mean', 'max']), 'median'),
      /** A probe that was silent for longer does not count, and no dwell lasts across such a silence. */
      staleAfterSeconds: z._default(z.int().check(z.gte(10), z.lte(3600)), 180),
      shadeFromLux: lux(35_000),
      reopenToLux: lux(30_000),
      shadeDwellSeconds: seconds(900),
      reopenDwellSeconds: seconds(900),
      /** Between two movements that are not for safety. */
      minimumIntervalSeconds: seconds(900),
      /** In any 24 hours; night, hold and safety may go beyond. */
      maximumMovesPerDay: z._default(z.int().check(z.gte(1), z.lte(96)), 12),
      /** Where the shade goes in wind and fire, and where a new zone's shade is taken to be. */
      safePosition: z._default(position, 'open'),
      /** What to do when no probe is heard: `hold` leaves the shade where it is. */
      whenSilent: z._default(z.enum(['hold', 'safe']), 'hold'),
      wind: z.optional(wind),
      frost: z.optional(frost),
      /** How long no alarm has to stand before a fire is over. */
      fireReleaseAfterSeconds: seconds(600),
      /** A weather station that was silent for longer is told of. */
      stationStaleAfterSeconds: z._default(z.int().check(z.gte(10), z.lte(86_400)), 900),
      night: z.optional(night),
      /** How long the shade is under way. */
      travelSeconds: z._default(z.int().check(z.gte(0), z.lte(600)), 60),
      /** People are told of a movement that fails so often in a row. */
      failuresBeforeNotice: z._default(z.int().check(z.gte(1), z.lte(20)), 3),
      /** The same is told of a zone no more often than this. */
      noticeEverySeconds: seconds(900),
    })
    .check(
      z.refine((settings) => settings.reopenToLux < settings.shadeFromLux, {
        message: 'it has to be less than shadeFromLux: between the two nothing moves',
        path: ['reopenToLux'],
      }),
      z.refine(
        ({ staleAfterSeconds, shadeDwellSeconds, reopenDwellSeconds }) =>
          staleAfterSeconds < Math.min(shadeDwellSeconds, reopenDwellSeconds),
        {
          message: 'it has to be less than both dwells: else one reading and a silence would be a dwell',
          path: ['staleAfterSeconds'],
        },
      ),
    );
});

export type ZoneSettings = z.infer<ReturnType<typeof zoneSettingsSchema>>;

/** Sunlight has about 120,000 lux; what is far above is a broken probe. */
export const MAX_LUX = 250_000;
