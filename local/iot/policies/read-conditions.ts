import { findKey } from './keys.ts';
import { malformedPolicy } from './malformed.ts';
import { OPERATORS } from './operators.ts';
import type { Condition } from './policy.ts';

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** A condition block as JSON has it: operators, keys, values. */
export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, readonly (string | number | boolean)[]>>>
>;

/**
 * Reads a `Condition` block.
 *
 * @throws AwsApiError MalformedPolicyException that names the operator or key that AWS IoT does not know, or
 *   the value that the operator cannot compare with: a condition is never left out.
 */
export function readConditions(block: ConditionBlock, hasVariables: boolean): Condition[] {
  return Object.entries(block).flatMap(([writtenOperator, keys]) => {
    const named = readOperator(writtenOperator);
    return Object.entries(keys).map(([key, written]) => {
      if (findKey(key) === undefined) {
        throw malformedPolicy(`the condition key ${key} is not one that AWS IoT policies know here.`, {
          key,
        });
      }
      const values = written.map(String);
      for (const value of values) checkValue(named, value, hasVariables);
      return { ...named, key, values };
    });
  });
}

type NamedOperator = Omit<Condition, 'key' | 'values'>;

function readOperator(writtenOperator: string): NamedOperator {
  const [, prefix, operator = '', suffix] = OPERATOR.exec(writtenOperator) ?? [];
  const isNull = operator === 'Null' && prefix === undefined && suffix === undefined;
  if (!isNull && !OPERATORS.has(operator)) {
    throw malformedPolicy(`the condition operator ${writtenOperator} is not known.`, { writtenOperator });
  }
  const isIfExists = suffix !== undefined;
  if (prefix === undefined) return { writtenOperator, operator, isIfExists };
  return { writtenOperator, operator, isIfExists, quantifier: prefix === 'ForAllValues' ? 'all' : 'any' };
}

function checkValue(
  { writtenOperator, operator }: NamedOperator,
  value: string,
  hasVariables: boolean,
): void {
  // What a variable will bring is not known yet.
  if (hasVariables && value.includes('${')) return;
  const problem =
    operator === 'Null' ? OPERATORS.get('Bool')?.problem(value) : OPERATORS.get(operator)?.problem(value);
  if (problem !== undefined) {
    throw malformedPolicy(`${writtenOperator}: the value "${value}" ${problem}.`, { writtenOperator, value });
  }
}
