import type { NestedQuery } from './ast.ts';
import type { Compilation, Evaluate, Frame } from './compilation.ts';
import { compileSelection } from './compile-select.ts';
import { isArray, isObject, toBoolean } from './conversions.ts';
import { keysOf } from './key-order.ts';
import type { SqlValue } from './values.ts';

/** Makes a closure of a nested query: an Array gives an Array, an Object what is selected of it. */
export function compileQuery(query: NestedQuery, compilation: Compilation): Evaluate {
  const source = compileSource(query, compilation);
  const scope = { alias: query.alias, outer: compilation.scope };
  const inner: Compilation = { ...compilation, scope };
  const passes = compileWhere(query, inner);
  const select = compileSelection(query.selection, inner);
  const { budget } = compilation;
  return (context, frame) => {
    const rows = source(context, frame);
    if (isArray(rows)) {
      budget.spend(rows.length + 1);
      const selected: SqlValue[] = [];
      for (const element of rows) {
        const row: Frame = { element, outer: frame };
        if (!passes(context, row)) continue;
        const value = select(context, row);
        if (value !== undefined) selected.push(value);
      }
      return selected;
    }
    if (!isObject(rows)) return undefined;
    budget.spend(keysOf(rows).length + 1);
    const row: Frame = { element: rows, outer: frame };
    return passes(context, row) ? select(context, row) : undefined;
  };
}

/** Whether a nested query gives anything: a non-empty Array, or any other value. */
export function compileExists(query: NestedQuery, compilation: Compilation): Evaluate {
  const evaluate = compileQuery(query, compilation);
  return (context, frame) => {
    const found = evaluate(context, frame);
    return isArray(found) ? found.length > 0 : found !== undefined;
  };
}

/** `FROM *` of an Object counts as an Array with the Object in it. */
function compileSource({ source }: NestedQuery, compilation: Compilation): Evaluate {
  const evaluate = compilation.compile(source, compilation);
  if (source.kind !== 'wildcard' || compilation.switches.fromPayload === 'object') return evaluate;
  return (context, frame) => {
    const value = evaluate(context, frame);
    return isObject(value) ? [value] : value;
  };
}

function compileWhere(
  { where }: NestedQuery,
  compilation: Compilation,
): (...position: Parameters<Evaluate>) => boolean {
  if (where === undefined) return () => true;
  const condition = compilation.compile(where, compilation);
  const converts = compilation.switches.whereText === 'converted';
  return (context, frame) => {
    const result = condition(context, frame);
    return result === true || (converts && toBoolean(result) === true);
  };
}
