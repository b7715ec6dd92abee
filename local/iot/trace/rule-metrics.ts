import type { RuleTraceEvent } from '../rules/trace.ts';
import { hasParseError } from './parse-error.ts';

/** One datum for CloudWatch. */
export interface RuleMetric {
  readonly namespace: 'AWS/IoT';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: 'Count';
  readonly timestampMs: number;
}

interface Counter {
  readonly key: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Since the start. */
  total: number;
  /** Since the last hand-over. */
  fresh: number;
}

const RULE_NAME = /^[a-zA-Z0-9_]{1,128}$/;

/** More rules than an account may have, times what one rule can count. */
const MAX_COUNTERS = 20_000;

/**
 * What AWS IoT counts about rules, in the namespace AWS/IoT. Source: "AWS IoT metrics and dimensions" in the
 * developer guide, "Rule metrics" and "Rule action metrics". Counting adds to a number; CloudWatch hears the sums
 * when they are handed over, which AWS does once a minute.
 */
export class RuleMetrics {
  /** By the metric's name, then the rule, then the action: nothing is put together for a look-up. */
  readonly #byName = new Map<string, Map<string, Map<string, Counter>>>();
  #size = 0;

  take(event: RuleTraceEvent): void {
    const { ruleName } = event;
    switch (event.eventType) {
      case 'RuleMatch':
        this.#count('TopicMatch', ruleName);
        if (event.hasPassed) this.#count('RulesExecuted');
        if (hasParseError(event.evaluation)) this.#count('ParseError', ruleName);
        return;
      case 'RuleFailure':
        this.#count('TopicMatch', ruleName);
        if (event.code === 'PAYLOAD_NOT_JSON') this.#count('ParseError', ruleName);
        return;
      case 'RuleNotFound':
        // Whoever publishes can write anything for a name, and CloudWatch does not take everything.
        this.#count('RuleNotFound', RULE_NAME.test(ruleName) ? ruleName : '');
        return;
      case 'ActionSuccess':
        this.#count(event.isErrorAction ? 'ErrorActionSuccess' : 'Success', ruleName, event.action);
        return;
      case 'ActionFailure':
        this.#count('Failure', ruleName, event.failedAction);
        return;
      case 'ErrorActionFailure':
        this.#count('ErrorActionFailure', ruleName, event.failedAction);
        return;
      case 'FunctionExecution':
    }
  }

  /** The sums since the start, by `<metric>[/<rule>[/<action type>]]`. */
  snapshot(): Record<string, number> {
    const all = [...this.#all()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return Object.fromEntries(all.map(({ key, total }) => [key, total]));
  }

  /** Hands over what was counted since the last time, one datum for each metric that grew. */
  handOver(putMetric: (metric: RuleMetric) => void, timestampMs: number): void {
    for (const counter of this.#all()) {
      const { name, dimensions, fresh } = counter;
      if (fresh === 0) continue;
      counter.fresh = 0;
      putMetric({ namespace: 'AWS/IoT', name, dimensions, value: fresh, unit: 'Count', timestampMs });
    }
  }

  /** `ruleName` and `failedAction` are empty for what is not counted by them. */
  #count(name: string, ruleName = '', failedAction = ''): void {
    const counter = this.#byName.get(name)?.get(ruleName)?.get(failedAction);
    if (counter !== undefined) {
      counter.total += 1;
      counter.fresh += 1;
      return;
    }
    // Names of rules that there are not come from whoever publishes.
    if (this.#size >= MAX_COUNTERS) return;
    this.#size += 1;
    const byRule = inner(this.#byName, name);
    inner(byRule, ruleName).set(failedAction, newCounter(name, ruleName, failedAction));
  }

  *#all(): Generator<Counter> {
    for (const byRule of this.#byName.values()) {
      for (const byAction of byRule.values()) yield* byAction.values();
    }
  }
}

function newCounter(name: string, ruleName: string, failedAction: string): Counter {
  const actionType = failedAction.replace(/Action$/, '');
  const dimensions = {
    ...(ruleName === '' ? {} : { RuleName: ruleName }),
    ...(actionType === '' ? {} : { ActionType: actionType }),
  };
  const key = [name, ...Object.values(dimensions)].join('/');
  return { key, name, dimensions, total: 1, fresh: 1 };
}

function inner<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = new Map<string, Value>();
  map.set(key, added);
  return added;
}
