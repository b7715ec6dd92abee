import type { Clock, Timer } from '../../clock.ts';
import type { RuleTraceEvent } from '../rules/trace.ts';
import { type RuleMetric, RuleMetrics } from './rule-metrics.ts';
import { TraceLog } from './trace-log.ts';

/** AWS sends the metrics of AWS IoT to CloudWatch once a minute. */
const HAND_OVER_MS = 60_000;

export interface RuleTraceOptions {
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  /** Takes what was counted, once a minute and at the end. @default nobody does */
  readonly putMetric?: (metric: RuleMetric) => void;
}

/** Everything that is kept of what the rules engine does. */
export interface RuleTrace {
  readonly log: TraceLog;
  readonly metrics: RuleMetrics;
  /** Takes an event of the rules engine; it never throws. */
  take(event: RuleTraceEvent): void;
  /** Hands over what is left to be counted, and ends those who follow the log. */
  stop(): void;
}

export function startRuleTrace({ clock, accountId, putMetric }: RuleTraceOptions): RuleTrace {
  const log = new TraceLog({ clock, accountId });
  const metrics = new RuleMetrics();
  let timer: Timer | undefined;
  const handOver = (): void => {
    if (putMetric !== undefined) metrics.handOver(putMetric, clock.now());
  };
  /** Only what was counted sets a timer: a year in which nothing happens shall pass at once. */
  const handOverSoon = (): void => {
    if (putMetric === undefined) return;
    timer ??= clock.schedule(HAND_OVER_MS, () => {
      timer = undefined;
      handOver();
    });
  };
  return {
    log,
    metrics,
    take(event) {
      log.recordRule(event);
      metrics.take(event);
      handOverSoon();
    },
    stop() {
      timer?.cancel();
      handOver();
      log.close();
    },
  };
}

/**
 * What somebody should be told at once, because on AWS the message would be gone without a word; undefined for what
 * went well. A function that failed is told by the rule that failed with it.
 */
export function problemOf(event: RuleTraceEvent): string | undefined {
  const { eventType, ruleName, topic } = event;
  const about = `rule ${ruleName}, message on "${topic}": ${eventType}`;
  switch (eventType) {
    case 'RuleMatch':
    case 'ActionSuccess':
    case 'FunctionExecution':
      return undefined;
    case 'RuleNotFound':
      return `${about}: there is no such rule, or it is disabled`;
    case 'RuleFailure':
    case 'ActionFailure':
    case 'ErrorActionFailure':
      break;
  }
  return `${about}: ${event.errorMessage}`;
}
