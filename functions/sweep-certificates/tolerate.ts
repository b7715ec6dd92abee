import { errorText, GlasshouseError } from '../../shared/errors.ts';
import { isTransient } from '../../shared/transient.ts';
import type { Tolerate } from './services.ts';

/** So many in one invocation are no longer single ones: a permission is missing, or a table. */
const MAX_FAILURES = 20;

/** @param log takes what failed and why */
export function createTolerate(options: {
  readonly count: (metric: string) => void;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}): Tolerate {
  let failures = 0;
  return async (subject, work) => {
    try {
      return await work();
    } catch (error) {
      const mayPass = isTransient(error) || (error instanceof GlasshouseError && error.retryable);
      if (mayPass || failures >= MAX_FAILURES) throw error;
      failures += 1;
      options.count('SweepSkipped');
      const name = error instanceof Error ? error.name : 'unknown';
      options.log({ message: 'skipped', subject, error: name, detail: errorText(error) });
      return undefined;
    }
  };
}
