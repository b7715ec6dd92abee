import { GlasshouseError } from '../../shared/errors.ts';

/** The work behind the door took longer than Sigfox waits. */
export class DeadlineError extends GlasshouseError {
  override readonly name = 'DeadlineError' as const;
}

/**
 * Does `work`, or fails when it has taken `ms`. Work that goes on nevertheless has nobody who waits for it, and
 * does no harm: everything here may be done twice.
 *
 * @throws DeadlineError (retryable)
 */
export async function within<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `nothing was done within ${ms} ms: Sigfox is told so, and tries again`;
    late.reject(new DeadlineError(message, { code: 'DEADLINE_PASSED', retryable: true, data: { ms } }));
  }, ms);
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
