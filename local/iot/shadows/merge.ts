import { isArray, isObject, memberOf, type JsonObject, type JsonValue } from './json.ts';

/** A value of the state with its metadata, which has the same shape. */
export interface Node {
  readonly state: JsonValue;
  readonly metadata: JsonValue;
}

/**
 * Merges a patch into a value, and the time into its metadata:
 *
 * - null takes the value away; an object that loses its last member stays, empty;
 * - an object is merged into an object, member by member;
 * - everything else takes the value's place, arrays whole.
 *
 * An object that brings nothing but nulls where there was none makes none. Undefined: there is no value.
 */
export function mergeNode(current: Node | undefined, patch: JsonValue, nowSeconds: number): Node | undefined {
  if (patch === null) return undefined;
  if (!isObject(patch)) return { state: patch, metadata: stamp(patch, nowSeconds) };
  const base = isObject(current?.state) ? current : undefined;
  const states = new Map(entriesOf(base?.state));
  const metadata = new Map(entriesOf(base?.metadata));
  for (const [key, value] of Object.entries(patch)) {
    const merged = mergeNode(childOf(base, key), value, nowSeconds);
    if (merged === undefined) {
      states.delete(key);
      metadata.delete(key);
    } else {
      states.set(key, merged.state);
      metadata.set(key, merged.metadata);
    }
  }
  const bringsNothing = states.size === 0 && Object.keys(patch).length > 0;
  if (base === undefined && bringsNothing) return undefined;
  // fromEntries makes members of its own, also for the key __proto__.
  return { state: Object.fromEntries(states), metadata: Object.fromEntries(metadata) };
}

/** Metadata of a value that is new as a whole: the time at every value, in an array at every element. */
export function stamp(value: JsonValue, nowSeconds: number): JsonValue {
  if (isArray(value)) return value.map((item) => stamp(item, nowSeconds));
  if (!isObject(value)) return { timestamp: nowSeconds };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stamp(item, nowSeconds)]));
}

function childOf(node: Node | undefined, key: string): Node | undefined {
  const state = memberOf(node?.state, key);
  return state === undefined ? undefined : { state, metadata: memberOf(node?.metadata, key) ?? {} };
}

function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** What of a section's value is left to be told; an empty section is none. */
export function nonEmpty(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) && Object.keys(value).length > 0 ? value : undefined;
}
