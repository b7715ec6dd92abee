import { ConfigurationError } from '../errors.ts';
import { compileWildcard } from '../wildcard.ts';

/** What a statement's conditions may ask of a request; a key that the request does not have is undefined. */
export interface ConditionContext {
  /** The ARN of what the calling service acts for: of the rule, of the topic. */
  readonly sourceArn?: string;
  /** Twelve digits. */
  readonly sourceAccount?: string;
  /** The namespace of the metric that is put. */
  readonly metricNamespace?: string;
}

/** Whether a request meets all conditions of a statement. */
export type Condition = (context: ConditionContext) => boolean;

/** A statement's `Condition`: by operator, then by key, the values of which one has to match. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface Operator {
  readonly compile: (value: string) => (text: string) => boolean;
  /** Holds when no value matches, and also when the request does not have the key. */
  readonly isNegated: boolean;
}

const exactly = (value: string) => (text: string) => text === value;
const ignoringCase = (value: string) => (text: string) => text.toLowerCase() === value.toLowerCase();

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', { compile: exactly, isNegated: false }],
  ['StringNotEquals', { compile: exactly, isNegated: true }],
  ['StringEqualsIgnoreCase', { compile: ignoringCase, isNegated: false }],
  ['StringLike', { compile: compileWildcard, isNegated: false }],
  ['StringNotLike', { compile: compileWildcard, isNegated: true }],
  // Both of IAM's operators for ARNs take wildcards.
  ['ArnEquals', { compile: compileWildcard, isNegated: false }],
  ['ArnNotEquals', { compile: compileWildcard, isNegated: true }],
  ['ArnLike', { compile: compileWildcard, isNegated: false }],
  ['ArnNotLike', { compile: compileWildcard, isNegated: true }],
]);

/** Keys are written in any case. */
const KEYS: ReadonlyMap<string, keyof ConditionContext> = new Map([
  ['aws:sourcearn', 'sourceArn'],
  ['aws:sourceaccount', 'sourceAccount'],
  ['cloudwatch:namespace', 'metricNamespace'],
]);

const SERVED_KEYS = ['aws:SourceArn', 'aws:SourceAccount', 'cloudwatch:namespace'];

/**
 * Compiles a statement's conditions. Operators and keys all have to hold; of the values of one key, one.
 *
 * @param where what the statement belongs to, for the error.
 * @throws ConfigurationError CONDITION_NOT_SERVED that names the operator or the key.
 */
export function compileConditions(block: ConditionBlock, where: string): Condition {
  const conditions: Condition[] = [];
  for (const [operatorName, keys] of Object.entries(block)) {
    const operator = OPERATORS.get(operatorName);
    if (operator === undefined) throw notServed('operator', operatorName, [...OPERATORS.keys()], where);
    for (const [keyName, values] of Object.entries(keys)) {
      const key = KEYS.get(keyName.toLowerCase());
      if (key === undefined) throw notServed('key', keyName, SERVED_KEYS, where);
      conditions.push(compileOne(operator, key, values));
    }
  }
  return (context) => conditions.every((condition) => condition(context));
}

function compileOne(
  { compile, isNegated }: Operator,
  key: keyof ConditionContext,
  values: readonly string[],
): Condition {
  const tests = values.map((value) => compile(value));
  return (context) => {
    const text = context[key];
    if (text === undefined) return isNegated;
    return tests.some((test) => test(text)) !== isNegated;
  };
}

function notServed(
  what: 'operator' | 'key',
  name: string,
  served: readonly string[],
  where: string,
): ConfigurationError {
  return new ConfigurationError(
    `${where}: the condition ${what} ${name} cannot be evaluated here; served are ${served.join(', ')}`,
    { code: 'CONDITION_NOT_SERVED', data: { where, [what]: name } },
  );
}
