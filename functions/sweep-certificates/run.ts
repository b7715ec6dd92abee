/** Where a run is: the step, and the page of it that comes next. */
export interface Position {
  readonly step: string;
  /** As the page before has named it; empty for the first. */
  readonly page: string;
}

/** A run as it is stored: one item of the sweep table for each kind of run. */
export interface StoredRun {
  readonly runId: string;
  /** Counts the writes: whoever writes says which one it has read. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Absent before the first page is done. */
  readonly position?: Position;
  /** Set on a run that has done everything. */
  readonly finishedAtMs?: number;
  /** Who is at it, and until when nobody else may be. */
  readonly lease?: { readonly holder: string; readonly untilMs: number };
}

/** What an invocation does with a run. */
export type Take =
  /** A new run begins. */
  | { readonly kind: 'begin'; readonly runId: string }
  /** An unfinished run goes on, whoever began it. */
  | { readonly kind: 'resume'; readonly stored: StoredRun }
  /** Another invocation is at it. */
  | { readonly kind: 'busy' }
  /** Everything that is asked for is done. */
  | { readonly kind: 'nothing' };

/**
 * Decides what an invocation does with what is stored:
 *
 *     nothing stored, or finished ──(another run is asked for)──▶ begin
 *                                 ──(the same run, or to go on)─▶ nothing: a replay, or there is nothing to go on with
 *     unfinished, lease held ───────────────────────────────────▶ busy
 *     unfinished, lease free or over ───────────────────────────▶ resume
 *
 * A run that is unfinished when the next one is due is finished first: were it begun anew each time, a fleet that takes
 * longer than a day would never be looked at to its end.
 *
 * @param runId the run that is asked for; undefined: only to go on
 */
export function decideTake(stored: StoredRun | undefined, runId: string | undefined, nowMs: number): Take {
  if (stored === undefined || stored.finishedAtMs !== undefined) {
    return runId === undefined || runId === stored?.runId ? { kind: 'nothing' } : { kind: 'begin', runId };
  }
  const { lease } = stored;
  return lease !== undefined && lease.untilMs > nowMs ? { kind: 'busy' } : { kind: 'resume', stored };
}
