/** JSON with whole numbers kept exactly: those beyond 2^53 are BigInts, as a 64-bit id of a device may be. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Reads JSON.
 *
 * @throws SyntaxError when it is none, or holds a number that is too large for any
 */
export function parseJson(text: string): JsonValue {
  // Everything that JSON.parse and the reviver give is one of the type's cases.
  const value: JsonValue = JSON.parse(text, keepNumber);
  return value;
}

function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) throw new SyntaxError(`${context?.source} is too large for a number`);
  const source = context?.source ?? '';
  return WHOLE_NUMBER.test(source) ? BigInt(source) : value;
}

/** Writes what `parseJson` reads. */
export function stringifyJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`);
  return `{${members.join(',')}}`;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The member of an object that is its own: `toString` is not. */
export function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Whether two values are the same; the order of an object's members does not matter. */
export function isEqualJson(a: JsonValue, b: JsonValue): boolean {
  if (isArray(a)) {
    return (
      isArray(b) && a.length === b.length && a.every((item, index) => isEqualJson(item, b[index] ?? null))
    );
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const members = Object.entries(a);
  return (
    members.length === Object.keys(b).length &&
    members.every(([key, item]) => {
      const other = memberOf(b, key);
      return other !== undefined && isEqualJson(item, other);
    })
  );
}
