import type { Expression, ObjectMember } from './ast.ts';
import type { Compilation, Evaluate } from './compilation.ts';
import { ObjectBuilder } from './key-order.ts';
import { binaryFunction } from './operators.ts';
import { asDecimal, isDecimalNotation, numberFromText, type SqlNumber, type SqlValue } from './values.ts';

/** The number of a literal: 2015-10-08 tells 5.0 from 5. @throws SqlEvaluationError NUMBER_OUT_OF_RANGE */
export function compileNumber(text: string, { version }: Compilation): SqlNumber {
  const number = numberFromText(text);
  return version === '2015-10-08' && isDecimalNotation(text) ? asDecimal(number) : number;
}

export function compileArray(elements: readonly Expression[], compilation: Compilation): Evaluate {
  const evaluators = elements.map((element) => compilation.compile(element, compilation));
  const isDropped = compilation.switches.undefinedInArray === 'dropped';
  return (context, frame) => {
    const values: SqlValue[] = [];
    for (const evaluate of evaluators) {
      const value = evaluate(context, frame);
      if (value !== undefined) values.push(value);
      else if (!isDropped) values.push(null);
    }
    return values;
  };
}

/** A member that is Undefined is not there. */
export function compileObject(members: readonly ObjectMember[], compilation: Compilation): Evaluate {
  const evaluators = members.map(({ key, value }) => ({
    key,
    evaluate: compilation.compile(value, compilation),
  }));
  return (context, frame) => {
    const object = new ObjectBuilder();
    for (const { key, evaluate } of evaluators) {
      const value = evaluate(context, frame);
      if (value !== undefined) object.set(key, value);
    }
    return object.build();
  };
}

/** The first branch whose value is equal; Undefined without one, and always when the value is Undefined. */
export function compileCase(
  { value, branches, otherwise }: Expression & { kind: 'case' },
  compilation: Compilation,
): Evaluate {
  const compile = (part: Expression) => compilation.compile(part, compilation);
  const evaluateValue = compile(value);
  const compiled = branches.map(({ when, result }) => ({ when: compile(when), result: compile(result) }));
  const evaluateOtherwise = otherwise === undefined ? undefined : compile(otherwise);
  const isEqual = binaryFunction('=', compilation);
  return (context, frame) => {
    const subject = evaluateValue(context, frame);
    if (subject === undefined) return undefined;
    for (const { when, result } of compiled) {
      if (isEqual(subject, when(context, frame)) === true) return result(context, frame);
    }
    return evaluateOtherwise?.(context, frame);
  };
}
