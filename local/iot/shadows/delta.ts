import type { ShadowDocument } from './document.ts';
import { isEqualJson, isObject, memberOf, type JsonObject, type JsonValue } from './json.ts';
import { nonEmpty } from './merge.ts';

/** What is desired and not reported, with the metadata of what is desired. */
export interface Delta {
  readonly state: JsonObject;
  readonly metadata: JsonObject;
}

/**
 * The difference that a device has to make up for: members of `desired` that `reported` lacks or has with
 * another value. Objects are compared member by member, arrays as a whole; what is only reported is no
 * difference. Undefined when there is none.
 */
export function deltaOf({ state, metadata }: ShadowDocument): Delta | undefined {
  const difference = nonEmpty(differenceOf(state.desired ?? {}, state.reported ?? {}));
  if (difference === undefined) return undefined;
  const picked = pick(difference, metadata.desired ?? {});
  return { state: difference, metadata: isObject(picked) ? picked : {} };
}

/** The desired value as far as it differs; undefined when it does not. */
function differenceOf(desired: JsonValue, reported: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(desired) || !isObject(reported)) {
    return reported !== undefined && isEqualJson(desired, reported) ? undefined : desired;
  }
  const members = Object.entries(desired).flatMap(([key, value]): [string, JsonValue][] => {
    const difference = differenceOf(value, memberOf(reported, key));
    return difference === undefined ? [] : [[key, difference]];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** The part of `metadata` that belongs to `state`, which has fewer members. */
function pick(state: JsonValue, metadata: JsonValue): JsonValue {
  if (!isObject(state) || !isObject(metadata)) return metadata;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, pick(value, memberOf(metadata, key) ?? {})]),
  );
}
