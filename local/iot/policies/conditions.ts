import type { ConnectionFacts, RequestAttributes } from './facts.ts';
import { findKey, type Key, type KeyValue } from './keys.ts';
import { OPERATORS, type ValueTest } from './operators.ts';
import type { Condition } from './policy.ts';
import { fillTemplate, readTemplate, type FilledText, type Template } from './variables.ts';

/** A condition that is ready to be given the facts of a connection. */
export interface CompiledCondition {
  readonly condition: Condition;
  readonly key: Key;
  readonly values: readonly Template[];
}

/** A condition with the values of one connection filled in. */
export interface BoundCondition {
  readonly condition: Condition;
  /** Whether its result may change from request to request. */
  readonly isPerRequest: boolean;
  readonly wanted: readonly FilledText[];
  readonly actual: (attributes: RequestAttributes) => KeyValue;
  readonly holds: (attributes: RequestAttributes) => boolean;
}

/** Takes a condition apart. Its key and operator are known: `readConditions` has looked. */
export function compileCondition(condition: Condition, hasVariables: boolean): CompiledCondition {
  const key = findKey(condition.key) ?? { isPerRequest: false, read: () => undefined };
  return { condition, key, values: condition.values.map((value) => readTemplate(value, hasVariables)) };
}

/** Gives a condition the facts of a connection. */
export function bindCondition(compiled: CompiledCondition, facts: ConnectionFacts): BoundCondition {
  const { condition, key, values } = compiled;
  const wanted = values.map((template) => fillTemplate(template, facts));
  const test = compileTest(condition, wanted);
  const actual = (attributes: RequestAttributes): KeyValue => key.read(facts, attributes);
  return {
    condition,
    isPerRequest: key.isPerRequest,
    wanted,
    actual,
    holds: (attributes) => test(toList(actual(attributes))),
  };
}

function toList(value: KeyValue): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/**
 * The test on what the request has: no value at all, one, or several. IAM's rules:
 *
 * - several values of the policy: one of them has to match; under a negated operator, none may;
 * - no value: a negated operator holds, others do not; with IfExists every operator holds;
 * - ForAllValues: every value of the request, hence also when there is none;
 * - ForAnyValue: one value of the request, hence not when there is none.
 */
function compileTest(
  { operator, quantifier, isIfExists }: Condition,
  wanted: readonly FilledText[],
): (actual: readonly string[]) => boolean {
  if (operator === 'Null') {
    return (actual) => wanted.some(({ text }) => (text.toLowerCase() === 'true') === (actual.length === 0));
  }
  const found = OPERATORS.get(operator);
  const tests: readonly ValueTest[] = found === undefined ? [] : wanted.map(found.compile);
  const isNegated = found?.isNegated === true;
  const holdsFor = (value: string): boolean => tests.some((test) => test(value)) !== isNegated;
  if (quantifier === 'all') return (actual) => actual.every(holdsFor);
  if (quantifier === 'any') {
    return (actual) => (actual.length === 0 ? isIfExists : actual.some(holdsFor));
  }
  return (actual) => {
    if (actual.length === 0) return isNegated || isIfExists;
    return isNegated ? actual.every(holdsFor) : actual.some(holdsFor);
  };
}
