import { errorText } from '../../../../shared/errors.ts';
import { isArray, isObject } from '../sql/conversions.ts';
import { writeJson } from '../sql/json-writer.ts';
import { isNumber, numberText, type SqlValue } from '../sql/values.ts';

/** A value as somebody who debugs a rule wants to see it: Undefined and Null by their names, text in quotes. */
export function valueText(value: SqlValue): string {
  if (value === undefined) return 'Undefined';
  if (value === null) return 'Null';
  if (isNumber(value)) return numberText(value);
  if (!isArray(value) && !isObject(value))
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  try {
    return writeJson(value);
  } catch (thrown) {
    return `a value that cannot be written: ${errorText(thrown)}`;
  }
}
