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
  /** A run that was asked for while this one was unfinished: it is begun when this one has finished. */
  readonly nextRunId?: string;
  /** Who is at it, and until when nobody else may be. */
  readonly lease?: { readonly holder: string; readonly untilMs: number };
}

/** What an invocation does with a run. */
export type Take =
  /** A new run begins. */
  | { readonly kind: 'begin'; readonly runId: string }
  /** An unfinished run goes on, whoever began it; `stored` names what was asked for meanwhile. */
  | { readonly kind: 'resume'; readonly stored: StoredRun }
  /** Another invocation is at it. */
  | { readonly kind: 'busy' }
  /** Everything that is asked for is done. */
  | { readonly kind: 'nothing' };

/**
 * Decides what an invocation does with what is stored:
 *
 *     nothing stored, or finished ──(another run is asked for)──▶ begin
 *                                 ──(the same run)──────────────▶ nothing: a replay
 *                                 ──(to go on)──────────────────▶ begin what was asked for meanwhile, or nothing
 *     unfinished, lease held ───────────────────────────────────▶ busy
 *     unfinished, lease free or over ───────────────────────────▶ resume, and note what is asked for
 *
 * A run that is unfinished when the next one is due is finished first: were it begun anew each time, a fleet that takes
 * longer than a day would never be looked at to its end. What is asked for meanwhile is noted, because the pages that
 * are done were looked at before it was. Of several one is noted: a run that begins later does for all of them.
 *
 * @param runId the run that is asked for; undefined: only to go on
 */
export function decideTake(stored: StoredRun | undefined, runId: string | undefined, nowMs: number): Take {
  if (stored === undefined || stored.finishedAtMs !== undefined) {
    const asked = runId ?? stored?.nextRunId;
    return asked === undefined || asked === stored?.runId
      ? { kind: 'nothing' }
      : { kind: 'begin', runId: asked };
  }
  const { lease } = stored;
  if (lease !== undefined && lease.untilMs > nowMs) return { kind: 'busy' };
  const isAnother = runId !== undefined && runId !== stored.runId;
  return { kind: 'resume', stored: isAnother ? { ...stored, nextRunId: runId } : stored };
}
