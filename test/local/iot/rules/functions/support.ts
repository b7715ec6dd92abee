import type { MessageContext } from '../../../../../local/iot/rules/sql/context.ts';
import { findFunction } from '../../../../../local/iot/rules/sql/functions/registry.ts';
import { writeJson } from '../../../../../local/iot/rules/sql/json-writer.ts';
import { defaultSwitches, type Switches } from '../../../../../local/iot/rules/sql/switches.ts';
import { numberFromText, type SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import type { SqlVersion } from '../../../../../local/iot/rules/sql/version.ts';
import { WorkBudget } from '../../../../../local/iot/rules/sql/work-budget.ts';
import { contextOf } from '../message.ts';

/** Where and when a function is called. */
export interface CallOptions {
  readonly context?: MessageContext;
  readonly version?: SqlVersion;
  readonly switches?: Partial<Switches>;
  readonly wholePayloadOperands?: readonly number[];
  readonly budget?: WorkBudget;
}

/** Calls a function by its name, as a rule of 2016-03-23 does. */
export function call(name: string, operands: readonly SqlValue[], options: CallOptions = {}): SqlValue {
  const { context = contextOf({}), version = '2016-03-23', switches = {} } = options;
  return findFunction(name, 1).evaluate(context, operands, {
    id: 1,
    version,
    switches: { ...defaultSwitches, ...switches },
    budget: options.budget ?? new WorkBudget(),
    wholePayloadOperands: options.wholePayloadOperands ?? [],
  });
}

/** A value with every digit of its numbers. */
export function written(value: SqlValue): string {
  return value === undefined ? 'Undefined' : writeJson(value);
}

/** A number with all of its digits. */
export const exact = numberFromText;

/** Operands that no function of numbers converts. */
export const noNumbers: readonly SqlValue[] = [true, 'abc', '+1', '.5', ' 1', [1], { a: 1 }, null, undefined];
