import type { Clock } from '../../../../clock.ts';
import { ActionError } from '../action.ts';
import type { HttpPost, HttpPoster } from '../services.ts';
import { createBatches } from './batches.ts';
import { postWithRetries } from './post.ts';

export interface HttpPosterOptions {
  /** Says whether a destination that was confirmed stands for a URL. */
  readonly isEnabled: (url: string) => boolean;
  readonly clock: Clock;
  /** For all tries of a request together. @default 3000, as on AWS */
  readonly timeoutMs?: number;
}

/** Posts messages of rules to confirmed destinations. */
export function createHttpPoster({ isEnabled, clock, timeoutMs = 3_000 }: HttpPosterOptions): HttpPoster {
  const addToBatch = createBatches(clock, (message) => postWithRetries(message, timeoutMs));

  /** @throws ActionError HTTP_DESTINATION_NOT_ENABLED */
  function requireEnabled({ url }: HttpPost): void {
    if (isEnabled(url)) return;
    throw new ActionError(
      'HTTP_DESTINATION_NOT_ENABLED',
      `no enabled topic rule destination stands for ${url}: its server has to visit the enableUrl of the ` +
        'confirmation that it was sent',
      { url },
    );
  }

  return {
    async post(message) {
      requireEnabled(message);
      await postWithRetries(message, timeoutMs);
    },
    async postInBatch(key, message, limits) {
      requireEnabled(message);
      await addToBatch(key, message, limits);
    },
  };
}
