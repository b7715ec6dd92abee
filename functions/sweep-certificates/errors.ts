import { GlasshouseError } from '../../shared/errors.ts';

/** A sweep could not be done, or not to its end. What it has done stays, and it goes on from there. */
export class SweepError extends GlasshouseError {
  override readonly name = 'SweepError' as const;
}
