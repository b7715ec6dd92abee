import { columnKey, type SelectItem, type Selection } from './ast.ts';
import type { Compilation, Evaluate, Frame } from './compilation.ts';
import type { MessageContext } from './context.ts';
import { isObject, member } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import { keysOf, ObjectBuilder } from './key-order.ts';
import type { SqlObject, SqlValue } from './values.ts';
import type { WorkBudget } from './work-budget.ts';

/** Adds one item of the SELECT list to the result. */
type AddColumns = (context: MessageContext, frame: Frame | undefined, columns: ObjectBuilder) => void;

/** Makes a closure of what follows a SELECT, of a statement or of a nested query. */
export function compileSelection({ isValue, items }: Selection, compilation: Compilation): Evaluate {
  const [only, another] = items;
  const isWhole = only !== undefined && another === undefined && only.alias === undefined;
  if (isWhole && (isValue || only.expression.kind === 'wildcard')) {
    return compilation.compile(only.expression, compilation);
  }
  const steps = items.map((item) => compileItem(item, compilation));
  return (context, frame) => {
    const columns = new ObjectBuilder();
    for (const step of steps) step(context, frame, columns);
    return columns.build();
  };
}

function compileItem(item: SelectItem, compilation: Compilation): AddColumns {
  const evaluate = compilation.compile(item.expression, compilation);
  const [key, ...innerKeys] = columnKey(item) ?? [];
  if (key === undefined) return addAll(evaluate, compilation);
  const { budget } = compilation;
  return (context, frame, columns) => {
    const value = evaluate(context, frame);
    if (value === undefined) return;
    columns.set(key, innerKeys.length === 0 ? value : nest(columns.get(key), innerKeys, value, budget));
  };
}

/**
 * `*` beside other columns: each member is a column; a later column of the same key wins. Elements of a nested query
 * that are no Objects have none.
 */
function addAll(evaluate: Evaluate, { scope, budget }: Compilation): AddColumns {
  return (context, frame, columns) => {
    const value = evaluate(context, frame);
    if (isObject(value)) {
      budget.spend(keysOf(value).length);
      columns.setAll(value);
      return;
    }
    if (scope !== undefined) return;
    throw new SqlEvaluationError(
      'PAYLOAD_NOT_AN_OBJECT',
      'the payload is not a JSON object: columns can be added to * only when it is one',
    );
  };
}

/** A copy of `base` with the value at the path: columns whose aliases begin alike share their objects. */
function nest(base: SqlValue, path: readonly string[], value: SqlValue, budget: WorkBudget): SqlObject {
  const copy = new ObjectBuilder();
  if (isObject(base)) {
    budget.spend(keysOf(base).length);
    copy.setAll(base);
  }
  const [key, ...innerKeys] = path;
  if (key === undefined) return copy.build();
  copy.set(key, innerKeys.length === 0 ? value : nest(member(base, key), innerKeys, value, budget));
  return copy.build();
}
