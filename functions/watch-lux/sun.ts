/**
 * When the sun rises and sets, by NOAA's general solar position calculations (Global Monitoring Laboratory,
 * "General Solar Position Calculations"): fractional year, equation of time and declination as Fourier series, and
 * the hour angle at which the sun's upper limb is on the horizon, at a zenith of 90.833°. It is right to about two
 * minutes between the polar circles.
 */

/** The sun's centre, with its radius and the bending of its light at the horizon. */
const ZENITH_DEGREES = 90.833;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface Place {
  /** Degrees, north is positive. */
  readonly latitude: number;
  /** Degrees, east is positive. */
  readonly longitude: number;
}

export type SunDay =
  | { readonly kind: 'ordinary'; readonly sunriseMs: number; readonly sunsetMs: number }
  /** The sun does not set, or does not rise, on that day. */
  | { readonly kind: 'polar day' | 'polar night' };

/**
 * The solar day of a place whose noon is on the UTC date of `ms`.
 *
 * @param ms milliseconds since the epoch
 */
export function sunDay(ms: number, { latitude, longitude }: Place): SunDay {
  const midnightMs = Math.floor(ms / DAY_MS) * DAY_MS;
  const { equationOfTimeMinutes, declination } = sunAt(midnightMs + DAY_MS / 2 - longitude * 4 * MINUTE_MS);
  const phi = radians(latitude);
  const cosine =
    Math.cos(radians(ZENITH_DEGREES)) / (Math.cos(phi) * Math.cos(declination)) -
    Math.tan(phi) * Math.tan(declination);
  if (!(cosine <= 1)) return { kind: 'polar night' };
  if (cosine < -1) return { kind: 'polar day' };
  const hourAngleDegrees = (Math.acos(cosine) * 180) / Math.PI;
  const noonMs = midnightMs + (720 - 4 * longitude - equationOfTimeMinutes) * MINUTE_MS;
  const halfMs = 4 * hourAngleDegrees * MINUTE_MS;
  return { kind: 'ordinary', sunriseMs: noonMs - halfMs, sunsetMs: noonMs + halfMs };
}

/**
 * Whether it is night, with the night's ends moved: the night begins `sunsetOffsetMs` after sunset and ends
 * `sunriseOffsetMs` after sunrise.
 */
export function isNight(
  ms: number,
  place: Place,
  { sunsetOffsetMs = 0, sunriseOffsetMs = 0 }: { sunsetOffsetMs?: number; sunriseOffsetMs?: number } = {},
): boolean {
  // Far from Greenwich the day that a moment belongs to is the UTC date before or after.
  const days = [-DAY_MS, 0, DAY_MS].map((shift) => sunDay(ms + shift, place));
  const isDay = days.some((day) => {
    if (day.kind !== 'ordinary') return false;
    return ms >= day.sunriseMs + sunriseOffsetMs && ms < day.sunsetMs + sunsetOffsetMs;
  });
  return !isDay && days[1]?.kind !== 'polar day';
}

function sunAt(ms: number): { equationOfTimeMinutes: number; declination: number } {
  const year = new Date(ms).getUTCFullYear();
  const startMs = Date.UTC(year, 0);
  const yearMs = Date.UTC(year + 1, 0) - startMs;
  const gamma = (2 * Math.PI * (ms - startMs - DAY_MS / 2)) / yearMs;
  const [c1, s1] = [Math.cos(gamma), Math.sin(gamma)];
  const [c2, s2] = [Math.cos(2 * gamma), Math.sin(2 * gamma)];
  const [c3, s3] = [Math.cos(3 * gamma), Math.sin(3 * gamma)];
  return {
    equationOfTimeMinutes:
      229.18 * (0.000075 + 0.001868 * c1 - 0.032077 * s1 - 0.014615 * c2 - 0.040849 * s2),
    declination:
      0.006918 - 0.399912 * c1 + 0.070257 * s1 - 0.006758 * c2 + 0.000907 * s2 - 0.002697 * c3 + 0.00148 * s3,
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
