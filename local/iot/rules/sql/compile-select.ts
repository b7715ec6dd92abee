import { columnKey, type SelectItem } from './ast.ts';
import { compileExpression, type Evaluate } from './compile-expression.ts';
import type { MessageContext } from './context.ts';
import { isObject, member } from './conversions.ts';
import { SqlEvaluationError } from './errors.ts';
import { payloadResult, type SelectResult, valueResult } from './result.ts';
import type { Switches } from './switches.ts';
import type { SqlObject, SqlValue } from './values.ts';

type Columns = Record<string, SqlValue>;

/** Adds one item of the SELECT list to the result. */
type AddColumns = (context: MessageContext, columns: Columns) => void;

/** Makes a closure of a SELECT list. */
export function compileSelect(
  items: readonly SelectItem[],
  switches: Switches,
): (context: MessageContext) => SelectResult {
  const only = items.length === 1 ? items[0] : undefined;
  if (only?.value.kind === 'wildcard' && only.alias === undefined) {
    return ({ payload }) => payloadResult(payload);
  }
  const steps = items.map((item) => compileItem(item, switches));
  return (context) => {
    const columns: Columns = {};
    for (const step of steps) step(context, columns);
    return valueResult(columns);
  };
}

function compileItem(item: SelectItem, switches: Switches): AddColumns {
  const [key, ...innerKeys] = columnKey(item) ?? [];
  if (key === undefined) return addPayload;
  const evaluate: Evaluate =
    item.value.kind === 'wildcard'
      ? ({ payload }) => payload.json()
      : compileExpression(item.value.expression, switches);
  return (context, columns) => {
    const value = evaluate(context);
    if (value === undefined) return;
    put(columns, key, innerKeys.length === 0 ? value : nest(member(columns, key), innerKeys, value));
  };
}

/** `*` beside other columns: each member of the payload is a column; a later column of the same key wins. */
function addPayload({ payload }: MessageContext, columns: Columns): void {
  const value = payload.json();
  if (!isObject(value)) {
    throw new SqlEvaluationError(
      'PAYLOAD_NOT_AN_OBJECT',
      'the payload is not a JSON object: columns can be added to * only when it is one',
    );
  }
  for (const key of Object.keys(value)) put(columns, key, value[key]);
}

/** A copy of `base` with the value at the path: columns whose aliases begin alike share their objects. */
function nest(base: SqlValue, path: readonly string[], value: SqlValue): SqlObject {
  const copy: Columns = isObject(base) ? { ...base } : {};
  const [key, ...innerKeys] = path;
  if (key === undefined) return copy;
  put(copy, key, innerKeys.length === 0 ? value : nest(member(copy, key), innerKeys, value));
  return copy;
}

/** Assigning to `__proto__` would not make a member. */
function put(columns: Columns, key: string, value: SqlValue): void {
  if (key !== '__proto__') {
    columns[key] = value;
    return;
  }
  Object.defineProperty(columns, key, { value, enumerable: true, configurable: true, writable: true });
}
