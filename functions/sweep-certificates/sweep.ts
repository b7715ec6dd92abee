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
 * @throws SweepError BUSY for a re-check while another invocation is at one: that may have passed by what was changed,
 *   so that this one has to come after it. Lambda tries an asynchronous invocation twice more, and keeps it with the
 *   failures where that was too early too; whoever waits for the answer gets the error.
 * @throws SweepError TOO_MANY_SKIPPED when everything else is done
 */
export async function sweep(request: SweepRequest, services: SweepServices): Promise<readonly SweepResult[]> {
  const results =
    request.kind === 'continue'
      ? await continueBoth(services)
      : await goOnTo(request.kind, request.runId, services);
  if (request.kind === 'recheck' && results.some(({ outcome }) => outcome === 'busy')) {
    const message = 'another re-check is under way: this one has to come after it';
    throw new SweepError(message, { code: 'BUSY', retryable: true });
  }
  services.requireFewSkipped();
  return results;
}

/** A sweep that fails every time keeps no re-check from its end. */
async function continueBoth(services: SweepServices): Promise<readonly SweepResult[]> {
  const [sweeps, rechecks] = [
    await settle(goOnTo('sweep', undefined, services)),
    await settle(goOnTo('recheck', undefined, services)),
  ];
  if (sweeps.status === 'rejected') {
    // One error can be thrown. The other comes again: its run is unfinished.
    if (rechecks.status === 'rejected') services.count('RecheckFailed');
    throw sweeps.reason;
  }
  if (rechecks.status === 'rejected') throw rechecks.reason;
  return [...sweeps.value, ...rechecks.value];
}

async function settle<Value>(work: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [settled] = await Promise.allSettled([work]);
  return settled;
}

/**
 * An earlier run may not have come to its end. When it has, there may be time left for the one that is asked for, or
 * that was asked for meanwhile; if not, that is stored, and begun by the next scheduled invocation.
 */
async function goOnTo(
  kind: RunKind,
  runId: string | undefined,
  services: SweepServices,
): Promise<readonly SweepResult[]> {
  const first = await goOn(kind, runId, services);
  if (first.outcome !== 'finished' || first.runId === runId) return [first];
  const second = await goOn(kind, runId, services);
  return second.outcome === 'nothing' ? [first] : [first, second];
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
