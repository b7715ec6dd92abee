/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value of JSON that is neither an object nor a list. */
export type Leaf = string | number | boolean | null;

/** What stands under a key: single values, and objects. */
export interface Found {
  readonly leaves: readonly Leaf[];
  readonly objects: readonly Fields[];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isLeaf(value: unknown): value is Leaf {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

/**
 * What an object has under a key. Of a list it is what is in it, and in the lists within it. AWS flattens events by
 * joining keys with dots, so that `{"a.b": 1}` and `{"a": {"b": 1}}` are the same to it: under `a`, both have `b`.
 */
export function valuesAt(fields: Fields, key: string): Found {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const rest = behindDot(fields, key);
  if (isLeaf(value) && rest === undefined) return { leaves: [value], objects: [] };
  if (isFields(value) && rest === undefined) return { leaves: [], objects: [value] };
  const leaves: Leaf[] = [];
  const objects: Fields[] = [];
  for (const element of elementsOf(value)) {
    if (isLeaf(element)) leaves.push(element);
    else if (isFields(element)) objects.push(element);
  }
  if (rest === undefined) return { leaves, objects };
  const merged = objects.map((object) => ({ ...object, ...rest }));
  return { leaves, objects: merged.length === 0 ? [rest] : merged };
}

/** Keys that begin with this one and a dot, without both. */
function behindDot(fields: Fields, key: string): Fields | undefined {
  let found: [string, unknown][] | undefined;
  for (const name of Object.keys(fields)) {
    if (name.length <= key.length + 1 || name[key.length] !== '.' || !name.startsWith(key)) continue;
    found ??= [];
    found.push([name.slice(key.length + 1), fields[name]]);
  }
  return found === undefined ? undefined : Object.fromEntries(found);
}

/** A value that is no list, or what is in a list and in the lists within it, however deep. */
function elementsOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) return [value];
  const found: unknown[] = [];
  const open: unknown[][] = [value];
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    for (const element of list) {
      if (Array.isArray(element)) open.push(element);
      else found.push(element);
    }
  }
  return found;
}
