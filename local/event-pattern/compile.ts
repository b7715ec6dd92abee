import { alternativesOf } from './alternatives.ts';
import type { PatternDialect } from './dialect.ts';
import { isFields, valuesAt, type Fields } from './fields.ts';
import { PatternError } from './pattern-error.ts';
import { compileValueTest, type ValueTest } from './value-test.ts';

/** Says whether an event is one of those that a pattern describes. */
export type EventPattern = (event: Fields) => boolean;

/** What a part of a pattern asks of the object that it stands over. */
interface Part {
  readonly tests: Map<string, { readonly alternatives: readonly ValueTest[]; readonly path: Path }>;
  readonly inner: Map<string, Part>;
  /** Of each list, one part has to be met. */
  readonly choices: (readonly Part[])[];
}

type Path = readonly string[];

/**
 * Compiles a pattern.
 *
 * A pattern's field holds a list: the event's value has to be one of it, or to meet one of its operators. Of a list
 * in the event one element is enough; of a list of objects one has to meet all that the pattern asks of it. `$or`
 * takes patterns of which one has to be met. A dot in a key, of the pattern or of the event, leads into an object.
 *
 * @throws PatternError that says what is wrong, and where.
 */
export function compilePattern(pattern: Fields, dialect: PatternDialect): EventPattern {
  const part = readPart(pattern, [], dialect);
  return (event) => meets(event, part, event);
}

function newPart(): Part {
  return { tests: new Map(), inner: new Map(), choices: [] };
}

function readPart(pattern: Fields, path: Path, dialect: PatternDialect, into = newPart()): Part {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new PatternError('Empty objects are not allowed', path);
  for (const [key, value] of entries) {
    const alternatives = alternativesOf(key, value);
    if (alternatives !== undefined) {
      into.choices.push(alternatives.map((one) => readPart(one, path, dialect)));
      continue;
    }
    const at = [...path, ...key.split('.')];
    const last = at.at(-1) ?? '';
    const holder = innerPart(into, at.slice(path.length, -1));
    if (Array.isArray(value)) {
      if (value.length === 0) throw new PatternError('Empty arrays are not allowed', at);
      const tests = value.map((one: unknown) => compileValueTest(one, at, dialect));
      holder.tests.set(last, { alternatives: tests, path: at });
    } else if (isFields(value)) {
      readPart(value, at, dialect, innerPart(holder, [last]));
    } else {
      throw new PatternError(`"${last.slice(0, 200)}" must be an object or an array`, at);
    }
  }
  return into;
}

/** The part under some keys, made when it is not there: what stands over one object is asked of one object. */
function innerPart(part: Part, keys: Path): Part {
  let current = part;
  for (const key of keys) {
    const next = current.inner.get(key) ?? newPart();
    current.inner.set(key, next);
    current = next;
  }
  return current;
}

function meets(fields: Fields, { tests, inner, choices }: Part, event: Fields): boolean {
  for (const [key, { alternatives, path }] of tests) {
    const { leaves } = valuesAt(fields, key);
    const isMet = leaves.some((leaf) => alternatives.some((test) => test.matches(leaf)));
    if (isMet) continue;
    // A field is absent when no element of any list on the way to it has it.
    const wantsAbsence = alternatives.some((test) => test.wantsAbsence);
    if (!wantsAbsence || hasLeaf(event, path)) return false;
  }
  for (const [key, part] of inner) {
    const { objects } = valuesAt(fields, key);
    // Where there is no object, nothing of it is there: that may be what is asked for.
    const isMet =
      objects.length === 0 ? meets({}, part, event) : objects.some((object) => meets(object, part, event));
    if (!isMet) return false;
  }
  return choices.every((parts) => parts.some((part) => meets(fields, part, event)));
}

function hasLeaf(event: Fields, path: Path): boolean {
  let objects: readonly Fields[] = [event];
  for (const key of path.slice(0, -1)) objects = objects.flatMap((object) => valuesAt(object, key).objects);
  return objects.some((object) => valuesAt(object, path.at(-1) ?? '').leaves.length > 0);
}
