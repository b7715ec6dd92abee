import { errorText, GlasshouseError } from '../../shared/errors.ts';
import { isTransient } from '../../shared/transient.ts';
import { SweepError } from './errors.ts';
import type { SweepServices } from './services.ts';

/** More in one invocation are no longer single ones: a permission is missing, or a table. */
const MAX_SKIPPED = 20;

/**
 * Skips what fails for a reason of its own. More than 20 are skipped too, because a page that stopped at them would be
 * where every night ends; they are an error when everything else is done, and the first 20 are logged.
 *
 * @param options.log takes what failed and why
 */
export function createTolerate(options: {
  readonly count: (metric: string) => void;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}): Pick<SweepServices, 'tolerate' | 'requireFewSkipped'> {
  const { count, log } = options;
  let skipped = 0;
  let last: unknown;
  return {
    async tolerate(subject, work) {
      try {
        return await work();
      } catch (error) {
        if (isTransient(error) || (error instanceof GlasshouseError && error.retryable)) throw error;
        skipped += 1;
        last = error;
        count('SweepSkipped');
        const name = error instanceof Error ? error.name : 'unknown';
        if (skipped <= MAX_SKIPPED)
          log({ message: 'skipped', subject, error: name, detail: errorText(error) });
        return undefined;
      }
    },

    requireFewSkipped() {
      if (skipped <= MAX_SKIPPED) return;
      const message = `${skipped} certificates and devices were skipped, the last because of: ${errorText(last)}`;
      throw new SweepError(message, {
        code: 'TOO_MANY_SKIPPED',
        retryable: false,
        data: { skipped },
        cause: last,
      });
    },
  };
}
