import type { Compilation, Evaluate, Frame, QueryScope } from './compilation.ts';
import type { MessageContext } from './context.ts';
import { member } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import type { SqlValue } from './values.ts';

/** Makes a closure of a name: an attribute of the payload, or inside a nested query its alias or an attribute of its element. */
export function compileAttribute(name: string, { version, switches, scope }: Compilation): Evaluate {
  const ofPayload =
    switches.attributeOfText === 'fail'
      ? ({ payload }: MessageContext) => member(payload.json(version), name)
      : ({ payload }: MessageContext) => member(payload.attributes(version), name);
  if (scope === undefined) return ofPayload;
  if (scope.alias === name) return (_context, frame) => frame?.element;
  if (switches.outerAttributes === 'hidden') return (_context, frame) => member(frame?.element, name);
  return (context, frame) => lookOutwards(name, scope, frame) ?? ofPayload(context);
}

/** Makes a closure of `*`. */
export function compileWildcard({ version, scope }: Compilation): Evaluate {
  return scope === undefined ? ({ payload }) => payload.json(version) : (_context, frame) => frame?.element;
}

/** Makes a closure of `@name`, which the rule of the message knows. */
export function compileVariable(name: string): Evaluate {
  return (context) => {
    const { rule } = context;
    if (rule !== undefined) return rule.variable(name, context);
    throw new SqlEvaluationError('UNKNOWN_VARIABLE', `the variable @${name} is used outside a rule`);
  };
}

function lookOutwards(name: string, innermost: QueryScope, at: Frame | undefined): SqlValue {
  let frame = at;
  for (let scope: QueryScope | undefined = innermost; scope !== undefined; scope = scope.outer) {
    if (scope.alias === name) return frame?.element;
    const value = member(frame?.element, name);
    if (value !== undefined) return value;
    frame = frame?.outer;
  }
  return undefined;
}
