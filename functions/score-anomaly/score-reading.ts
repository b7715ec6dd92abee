import { GlasshouseError } from '../../shared/errors.ts';
import type { ScoringSettings } from '../../shared/scoring-settings.ts';
import type { Reading } from './reading.ts';
import { decide, type Decision } from './scoring.ts';
import type { StateStore } from './state.ts';

/** So many other containers wrote to the same device that this reading found no gap: try it later. */
export class ContentionError extends GlasshouseError {
  override readonly name = 'ContentionError' as const;
}

/**
 * Every round some container wins, so a reading that meets n others is through after n rounds. More than
 * this many at one device is a fault elsewhere.
 */
const MAX_ROUNDS = 40;

export interface ScoreReadingOptions {
  readonly store: StateStore;
  readonly requestId: string;
  readonly settingsForAll: ScoringSettings;
  /** Called for each write that another container came before. */
  readonly onConflict?: () => void;
}

/**
 * Scores a reading and keeps what was learned, before anything is published.
 *
 * Every reading is learned once or is late: the write carries the version that the decision was made on, and
 * when the version has moved, the decision is made again on the fresh state. A container's memory may be
 * behind, or of a device that was deleted since; a reading that it would not learn is therefore held against
 * the table first. So the cost is one request in both cases.
 */
export async function scoreReading(reading: Reading, options: ScoreReadingOptions): Promise<Decision> {
  const { store, requestId, settingsForAll, onConflict } = options;
  const { key } = reading;
  let state = store.remembered(key);
  let current = false;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const decision = decide(state, reading, requestId, settingsForAll);
    if (decision.kind === 'learn') {
      const outcome = await store.save(key, state?.version, decision.next);
      if (outcome.saved) return decision;
      onConflict?.();
      state = outcome.fresh;
    } else if (current) {
      return decision;
    } else {
      state = await store.load(key);
    }
    current = true;
  }
  throw new ContentionError(`device "${key}" was written to ${MAX_ROUNDS} times while one reading waited`, {
    code: 'DEVICE_CONTENDED',
    retryable: true,
    data: { key },
  });
}
