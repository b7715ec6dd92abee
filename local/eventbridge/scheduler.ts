import type { Clock, Timer } from '../clock.ts';
import type { Rule } from './rule.ts';

export interface SchedulerOptions {
  readonly clock: Clock;
  /** When a rule began to count: see EventBridgeStore.began. */
  readonly began: (ruleArn: string, expression: string, nowMs: number) => number;
  /** @param dueMs the instant that the expression names. */
  readonly onDue: (rule: Rule, dueMs: number) => void;
}

/** Wakes rules at their times, on the clock of the cloud. What fell due while the cloud did not run is left out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #timers = new Map<string, Timer>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Begins with a rule, or goes on with its new definition; one that is disabled or has no schedule rests. */
  set(rule: Rule): void {
    this.remove(rule.arn);
    const { schedule, scheduleExpression, isEnabled, arn } = rule;
    if (schedule === undefined || scheduleExpression === undefined || !isEnabled) return;
    const { clock, began, onDue } = this.#options;
    const beganAtMs = began(arn, scheduleExpression, clock.now());
    const waitAfter = (afterMs: number): void => {
      const dueMs = schedule.next(afterMs, beganAtMs);
      if (dueMs === undefined) {
        this.#timers.delete(arn);
        return;
      }
      const wake = (): void => {
        // A timer of the machine may be a moment early: the minute has to have begun.
        if (clock.now() < dueMs) {
          this.#timers.set(arn, clock.schedule(dueMs - clock.now(), wake));
          return;
        }
        waitAfter(Math.max(dueMs, clock.now()));
        onDue(rule, dueMs);
      };
      this.#timers.set(arn, clock.schedule(dueMs - clock.now(), wake));
    };
    waitAfter(clock.now());
  }

  remove(ruleArn: string): void {
    this.#timers.get(ruleArn)?.cancel();
    this.#timers.delete(ruleArn);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
