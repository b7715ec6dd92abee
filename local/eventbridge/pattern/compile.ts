import { invalidPattern, place } from './invalid-pattern.ts';
import { compileValueTest, isLeaf, type Leaf } from './value-test.ts';

/** Says whether an event is one of those that a pattern describes. */
export type EventPattern = (event: Readonly<Record<string, unknown>>) => boolean;

type Fields = Readonly<Record<string, unknown>>;

/** What a part of a pattern asks of the object that it stands over; `event` is the whole. */
type Matcher = (fields: Fields, event: Fields) => boolean;

/** EventBridge's limit for the text of a pattern. */
const MAX_LENGTH = 4_096;

/** A list of `$or` may not stand for more combinations than this. */
const MAX_COMBINATIONS = 1_000;

/**
 * Compiles an event pattern, as JSON.
 *
 * A pattern's field holds a list: the event's value has to be one of it, or to meet one of its operators (prefix,
 * suffix, anything-but, numeric, exists, equals-ignore-case, wildcard, cidr). Of a list in the event one
 * element is enough; of a list of objects one has to meet all that the pattern asks of it. `$or` takes patterns
 * of which one has to be met. Numbers are equal by value: 300 and 3.0e2 are the same.
 *
 * @throws AwsApiError InvalidEventPatternException that says what is wrong, and where.
 */
export function compileEventPattern(text: string): EventPattern {
  if (text.length > MAX_LENGTH) throw invalidPattern(`it is longer than ${MAX_LENGTH} characters`);
  const pattern = readObject(text);
  if (combinations(pattern) > MAX_COMBINATIONS) {
    throw invalidPattern(`its $or stand for more than ${MAX_COMBINATIONS} combinations`);
  }
  const matches = compileObject(pattern, []);
  return (event) => matches(event, event);
}

function readObject(text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidPattern('it is not JSON');
  }
  if (isFields(parsed)) return parsed;
  throw invalidPattern('it is not a JSON object');
}

function compileObject(pattern: Fields, path: readonly string[]): Matcher {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalidPattern(`${place(path)} is empty`);
  const matchers = entries.map(([key, value]) => {
    if (key === '$or') return compileOr(value, path);
    return Array.isArray(value) ? compileList(key, value, path) : compileNested(key, value, path);
  });
  return (fields, event) => matchers.every((matches) => matches(fields, event));
}

function compileOr(alternatives: unknown, path: readonly string[]): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2) {
    throw invalidPattern(`$or at ${place(path)} takes a list of two or more patterns`);
  }
  const matchers = alternatives.map((alternative: unknown) => {
    if (!isFields(alternative))
      throw invalidPattern(`$or at ${place(path)} takes patterns, which are objects`);
    return compileObject(alternative, path);
  });
  return (fields, event) => matchers.some((matches) => matches(fields, event));
}

function compileList(key: string, alternatives: readonly unknown[], path: readonly string[]): Matcher {
  const at = [...path, key];
  if (alternatives.length === 0) throw invalidPattern(`${place(at)} has an empty list`);
  const tests = alternatives.map((alternative) => compileValueTest(alternative, at));
  const wantsAbsence = tests.some((test) => test.wantsAbsence);
  return (fields, event) => {
    for (const leaf of leavesOf(fields[key])) if (tests.some((test) => test.matches(leaf))) return true;
    // A field is absent when no element of any list on the way to it has it.
    return wantsAbsence && !hasLeaf(event, at);
  };
}

function compileNested(key: string, pattern: unknown, path: readonly string[]): Matcher {
  const at = [...path, key];
  if (!isFields(pattern)) throw invalidPattern(`${place(at)} must be an object or an array`);
  const matches = compileObject(pattern, at);
  return (fields, event) => {
    const objects = objectsOf(fields[key]);
    // Where there is no object, nothing of it is there: that may be what is asked for.
    return objects.length === 0 ? matches({}, event) : objects.some((object) => matches(object, event));
  };
}

function hasLeaf(event: Fields, path: readonly string[]): boolean {
  let objects: Fields[] = [event];
  for (const key of path.slice(0, -1)) objects = objects.flatMap((object) => objectsOf(object[key]));
  return objects.some((object) => leavesOf(object[path.at(-1) ?? '']).length > 0);
}

function leavesOf(value: unknown): Leaf[] {
  return isLeaf(value) ? [value] : elementsOf(value).filter(isLeaf);
}

function objectsOf(value: unknown): Fields[] {
  return isFields(value) ? [value] : elementsOf(value).filter(isFields);
}

/** What is in a list, and in the lists within it, however deep. */
function elementsOf(value: unknown): unknown[] {
  const found: unknown[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const list = open.pop();
    if (!Array.isArray(list)) continue;
    for (const element of list) (Array.isArray(element) ? open : found).push(element);
  }
  return found;
}

/** How many patterns without `$or` a pattern stands for. */
function combinations(pattern: Fields): number {
  let count = 1;
  for (const [key, value] of Object.entries(pattern)) {
    if (key === '$or' && Array.isArray(value)) {
      count *= value.reduce((sum: number, one: unknown) => sum + (isFields(one) ? combinations(one) : 1), 0);
    } else if (isFields(value)) count *= combinations(value);
  }
  return count;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
