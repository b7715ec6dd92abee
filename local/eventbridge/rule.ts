import { invalid } from './errors.ts';
import { compileEventPattern, type EventPattern } from './pattern/compile.ts';
import { readSchedule, type Schedule } from './schedule/schedule.ts';
import type { Target } from './target.ts';

/** The bus that AWS's own events come to, and the only one that knows the time. */
export const DEFAULT_BUS = 'default';

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** Whether the template made it: then it is made anew with each start, and kept nowhere. */
  readonly isDeclared: boolean;
}

/** A rule as it was put. */
export interface RuleDefinition {
  readonly name: string;
  readonly busName: string;
  /** JSON. */
  readonly eventPattern?: string;
  /** `rate(5 minutes)` */
  readonly scheduleExpression?: string;
  readonly isEnabled: boolean;
  readonly description?: string;
  readonly roleArn?: string;
}

/** A rule that events can be matched against. */
export interface Rule extends RuleDefinition {
  readonly arn: string;
  readonly matches?: EventPattern;
  readonly schedule?: Schedule;
  readonly targets: readonly Target[];
  readonly isDeclared: boolean;
}

/**
 * Compiles what a rule is woken by.
 *
 * @throws AwsApiError InvalidEventPatternException, or ValidationException for a schedule that cannot be, for a rule
 *   without either, and for a schedule on a bus that is not the default one.
 */
export function compileTriggers(definition: RuleDefinition): Pick<Rule, 'matches' | 'schedule'> {
  const { eventPattern, scheduleExpression, busName } = definition;
  if (eventPattern === undefined && scheduleExpression === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (scheduleExpression !== undefined && busName !== DEFAULT_BUS) {
    throw invalid('ScheduleExpression is supported only on the default event bus.');
  }
  return {
    ...(eventPattern === undefined ? {} : { matches: compileEventPattern(eventPattern) }),
    ...(scheduleExpression === undefined ? {} : { schedule: readSchedule(scheduleExpression) }),
  };
}

/** The ARN of a rule: one of the default bus does not name it. */
export function ruleArn(
  place: { readonly region: string; readonly accountId: string },
  busName: string,
  name: string,
) {
  const path = busName === DEFAULT_BUS ? name : `${busName}/${name}`;
  return `arn:aws:events:${place.region}:${place.accountId}:rule/${path}`;
}

export function busArn(place: { readonly region: string; readonly accountId: string }, name: string): string {
  return `arn:aws:events:${place.region}:${place.accountId}:event-bus/${name}`;
}
