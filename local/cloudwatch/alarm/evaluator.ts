import { errorText } from '../../../shared/errors.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { MetricStore } from '../metric-store.ts';
import { parseStatistic } from '../statistic.ts';
import type { Alarm } from './alarm.ts';
import type { AlarmBook } from './book.ts';
import { isBreaching } from './comparison.ts';
import type { AlarmDefinition } from './definition.ts';
import { evaluate, type Treatment, type Verdict } from './evaluate.ts';
import { hasFewSamples } from './few-samples.ts';
import { stateReason, type AlarmPoint } from './reason.ts';
import { reasonData } from './reason-data.ts';
import { cadenceSeconds, evaluationRange, type EvaluationRange } from './windows.ts';

/** What was not evaluated for longer, because the machine slept, is left out. */
const MAX_LATE_MS = 24 * 3_600_000;

/** Each alarm is evaluated every 60 s, or every 10 s. */
const CADENCES_MS = [10_000, 60_000] as const;

export interface EvaluatorOptions {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  readonly book: AlarmBook;
  /** Told of alarms that could not be evaluated. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/**
 * Evaluates alarms on the clock of the cloud: at the beginning of each minute, so that whoever advances it by an hour
 * sees sixty evaluations, each with the data points that were there then. A data point that comes late is taken in
 * by the next one.
 */
export class AlarmEvaluator {
  readonly #options: EvaluatorOptions;
  readonly #timers = new Map<number, Timer>();
  #isStarted = false;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isStarted = true;
    this.refresh();
  }

  stop(): void {
    this.#isStarted = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** To be called when alarms have come or gone: the clock is only waited for where there is something to evaluate. */
  refresh(): void {
    if (!this.#isStarted) return;
    const { book, clock } = this.#options;
    const needed = new Set(book.list().map(cadenceMsOf));
    const nowMs = clock.now();
    for (const cadenceMs of CADENCES_MS) {
      const timer = this.#timers.get(cadenceMs);
      if (needed.has(cadenceMs)) {
        if (timer === undefined) this.#wait(cadenceMs, Math.floor(nowMs / cadenceMs) * cadenceMs + cadenceMs);
        continue;
      }
      timer?.cancel();
      this.#timers.delete(cadenceMs);
    }
  }

  #wait(cadenceMs: number, dueMs: number): void {
    const { clock } = this.#options;
    const wake = (): void => {
      const nowMs = clock.now();
      // A timer of the machine may be a moment early: the minute has to be over.
      if (nowMs < dueMs) {
        this.#timers.set(cadenceMs, clock.schedule(dueMs - nowMs, wake));
        return;
      }
      const isTooLate = nowMs - dueMs > MAX_LATE_MS;
      const atMs = isTooLate ? Math.floor(nowMs / cadenceMs) * cadenceMs : dueMs;
      this.#wait(cadenceMs, atMs + cadenceMs);
      this.#evaluateAll(cadenceMs, atMs);
    };
    this.#timers.set(cadenceMs, clock.schedule(dueMs - clock.now(), wake));
  }

  /** Evaluates the alarms of one cadence, in the order of their names. */
  #evaluateAll(cadenceMs: number, atMs: number): void {
    const { book, log } = this.#options;
    for (const alarm of book.list()) {
      if (cadenceMsOf(alarm) !== cadenceMs) continue;
      try {
        this.#evaluate(alarm, atMs);
      } catch (error) {
        const { alarmName } = alarm.definition;
        log('an alarm could not be evaluated', { alarmName, error: errorText(error) });
      }
    }
  }

  #evaluate({ definition, state }: Alarm, atMs: number): void {
    const range = evaluationRange(definition, atMs);
    const verdict = this.#judge(definition, range);
    if (verdict.state === undefined || verdict.state === state.value) return;
    this.#options.book.setState({
      alarmName: definition.alarmName,
      value: verdict.state,
      reason: stateReason(definition, verdict),
      reasonData: reasonData(definition, verdict, atMs, range.endSecond),
    });
  }

  #judge(definition: AlarmDefinition, range: EvaluationRange): Verdict<AlarmPoint> {
    const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, comparisonOperator } = definition;
    const { treatMissingData = defaultTreatment(definition), threshold } = definition;
    const verdict = evaluate(
      {
        evaluationPeriods,
        datapointsToAlarm,
        treatMissingData,
        isBreaching: ({ value }) => isBreaching(comparisonOperator, value, threshold),
      },
      this.#points(definition, range),
    );
    return hasFewSamples(definition, verdict) ? { ...verdict, state: undefined } : verdict;
  }

  /** A data point a period, the oldest first; undefined where there was no data. */
  #points(
    { metric, unit, statistic, periodSeconds }: AlarmDefinition,
    { startSecond, endSecond, periods }: EvaluationRange,
  ): (AlarmPoint | undefined)[] {
    const points: (AlarmPoint | undefined)[] = Array.from({ length: periods });
    const read = parseStatistic(statistic);
    const summaries = this.#options.metrics.summaries({
      ...metric,
      ...(unit === undefined ? {} : { unit }),
      startSecond,
      endSecond,
      periodSeconds,
      withDistribution: read?.percent !== undefined,
    });
    for (const summary of summaries) {
      const value = read?.valueOf(summary);
      if (value === undefined) continue;
      const { startSecond: start, sampleCount } = summary;
      points[(start - startSecond) / periodSeconds] = { startSecond: start, value, sampleCount };
    }
    return points;
  }
}

/** DynamoDB puts no data where there is nothing to tell. */
function defaultTreatment({ metric }: AlarmDefinition): Treatment {
  return metric.namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing';
}

function cadenceMsOf({ definition }: Alarm): number {
  return cadenceSeconds(definition.periodSeconds) * 1_000;
}
