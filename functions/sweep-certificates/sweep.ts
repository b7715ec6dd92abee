import { SweepError } from './errors.ts';
import type { RunKind, SweepRequest } from './request.ts';
import type { HeldRun } from './run-store.ts';
import type { SweepServices } from './services.ts';
import { SWEEP_STEPS } from './steps.ts';

/** How an invocation has ended. */
export interface SweepResult {
  readonly kind: RunKind;
  /**
   * - `finished`: everything is done;
   * - `unfinished`: the time was up; the next scheduled invocation goes on;
   * - `overtaken`: another invocation is at it now, because this one took longer than it may;
   * - `busy`: another invocation is at it; `nothing`: there is nothing to do.
   */
  readonly outcome: 'finished' | 'unfinished' | 'overtaken' | 'busy' | 'nothing';
  readonly runId?: string;
  /** How many pages this invocation has done. */
  readonly pages?: number;
}

/**
 * Does what is asked for, as far as the time goes. What fails is thrown after the run was let go: Lambda's next try, or
 * the next scheduled invocation, goes on from the last page that was done.
 *
 * @throws SweepError BUSY for a re-check while another one is under way: that may have passed by what was changed, so
 *   that this one has to come after it
 */
export async function sweep(request: SweepRequest, services: SweepServices): Promise<readonly SweepResult[]> {
  if (request.kind === 'continue') {
    return [await goOn('sweep', undefined, services), await goOn('recheck', undefined, services)];
  }
  const { kind, runId } = request;
  const result = await goOn(kind, runId, services);
  if (kind === 'recheck' && result.outcome === 'busy') {
    const message = 'another re-check is under way: this one is tried again after it';
    throw new SweepError(message, { code: 'BUSY', retryable: true });
  }
  const isOlder = result.outcome === 'finished' && result.runId !== runId;
  // An earlier run had not come to its end; now it has, and there may be time left for this one.
  return isOlder ? [result, await goOn(kind, runId, services)] : [result];
}

async function goOn(kind: RunKind, runId: string | undefined, services: SweepServices): Promise<SweepResult> {
  const taken = await services.runs.take(kind, runId);
  if ('refused' in taken) return { kind, outcome: taken.refused };
  const { run } = taken;
  try {
    return await walk(kind, run, services);
  } catch (error) {
    // What failed is what is told; that the run could not be let go either heals when the lease is over.
    await run.release().catch(() => services.count('RunNotReleased'));
    throw error;
  }
}

/** Pages one after another, each saved when it is done, until the end or until the time is up. */
async function walk(kind: RunKind, run: HeldRun, services: SweepServices): Promise<SweepResult> {
  const { runId, position } = run;
  const steps = SWEEP_STEPS[kind];
  // A step that is not there (any more) was one of another version: the steps are done from the first one.
  const at = steps.findIndex(({ name }) => name === position?.step);
  const left = steps.slice(Math.max(0, at));
  let page = at === -1 ? '' : (position?.page ?? '');
  let pages = 0;
  const ended = (outcome: SweepResult['outcome']): SweepResult => ({ kind, outcome, runId, pages });

  for (const [index, step] of left.entries()) {
    let isLast = false;
    while (!isLast) {
      const { next, isCut } = services.isTimeUp() ? { isCut: true } : await step.run(services, page);
      if (isCut === true) {
        await run.release();
        return ended('unfinished');
      }
      pages += 1;
      isLast = next === undefined;
      page = next ?? '';
      const following = isLast ? left[index + 1] : step;
      if (following !== undefined && !(await run.save({ step: following.name, page })))
        return ended('overtaken');
    }
  }
  if (!(await run.finish())) return ended('overtaken');
  services.count('SweepFinished');
  return ended('finished');
}
