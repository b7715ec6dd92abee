import { AwsApiError } from '../errors.ts';

const DAY_MS = 86_400_000;

/** The furthest that the clock goes at once: a rule of every minute fires half a million times on that way. */
export const MAX_ADVANCE_MS = 366 * DAY_MS;

/** The fastest that time goes: three hours in a second. */
export const MAX_SPEED = 10_000;

/** Times are written with four digits for the year. */
const END_OF_TIME_MS = Date.UTC(9999, 11, 31);

/** @throws AwsApiError ValidationException for what is no speed. */
export function checkSpeed(speed: number): void {
  if (speed >= 0 && speed <= MAX_SPEED) return;
  throw invalid(`a speed is a number from 0 to ${MAX_SPEED}, not ${speed}`, { speed });
}

/** @throws AwsApiError ValidationException when the clock cannot go from one instant to the other. */
export function checkAdvance(fromMs: number, targetMs: number): void {
  if (!Number.isFinite(targetMs))
    throw invalid('the time to go to is no time', { targetMs: String(targetMs) });
  if (targetMs > END_OF_TIME_MS) throw invalid('the clock goes to the end of the year 9999', { targetMs });
  if (targetMs < fromMs) {
    throw invalid(
      `it is ${text(fromMs)} and time does not go back to ${text(targetMs)}: what has happened would be yet to ` +
        'come. Start the cloud anew to begin at the time of this machine.',
      { nowMs: fromMs, targetMs },
    );
  }
  if (targetMs - fromMs > MAX_ADVANCE_MS) {
    throw invalid('the clock advances by at most 366 days at once: go in several steps', {
      nowMs: fromMs,
      targetMs,
    });
  }
}

function text(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

function invalid(message: string, data: Readonly<Record<string, unknown>>): AwsApiError {
  return new AwsApiError(400, 'ValidationException', message, data);
}
