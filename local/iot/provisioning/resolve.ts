import { invalidRequest } from '../registry/errors.ts';

/** What the values of a template are resolved with. */
export interface ResolveScope {
  /** What `Ref` and `${…}` give: a parameter or a resource. @throws AwsApiError for a name that is not there */
  readonly reference: (name: string) => string;
  readonly mappings: Readonly<Record<string, unknown>>;
}

/** No template that a person writes is as deep. */
const MAX_DEPTH = 32;

/** Longer than a signing request, a certificate or a policy. Functions within functions could make any length. */
const MAX_TEXT = 65_536;

type Resolve = (value: unknown) => unknown;
type Intrinsic = (argument: unknown, resolve: Resolve, scope: ResolveScope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, _resolve, scope) => scope.reference(text(name, 'Ref')),
  'Fn::Join': (argument, resolve) => {
    const [separator, parts] = pair(resolve(argument), 'Fn::Join');
    const texts = list(parts, 'Fn::Join').map((part) => text(part, 'Fn::Join'));
    const between = text(separator, 'Fn::Join');
    const length = texts.reduce((sum, part) => sum + part.length + between.length, 0);
    requireShort(length, 'Fn::Join');
    return texts.join(between);
  },
  'Fn::Select': (argument, resolve) => {
    const [index, choices] = pair(resolve(argument), 'Fn::Select');
    const at = text(index, 'Fn::Select');
    const chosen = /^\d{1,4}$/.test(at) ? list(choices, 'Fn::Select')[Number(at)] : undefined;
    if (chosen === undefined) throw unusable('Fn::Select', `there is no element ${at.slice(0, 60)}`);
    return chosen;
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, source] = pair(resolve(argument), 'Fn::Split');
    const by = text(separator, 'Fn::Split');
    if (by === '') throw unusable('Fn::Split', 'the separator is empty');
    return text(source, 'Fn::Split').split(by);
  },
  'Fn::FindInMap': (argument, resolve, { mappings }) => {
    const keys = list(resolve(argument), 'Fn::FindInMap').map((key) => text(key, 'Fn::FindInMap'));
    if (keys.length !== 3) throw unusable('Fn::FindInMap', 'a mapping and two keys are needed');
    let found: unknown = mappings;
    for (const key of keys) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    if (found === undefined)
      throw unusable('Fn::FindInMap', `nothing stands at ${keys.join('.').slice(0, 200)}`);
    return resolve(found);
  },
  'Fn::Sub': (argument, resolve, scope) => {
    const [pattern, variables] = Array.isArray(argument) ? pair(argument, 'Fn::Sub') : [argument, {}];
    if (!isObject(variables)) throw unusable('Fn::Sub', 'its second element has to be an object');
    const own = new Map(
      Object.entries(variables).map(([name, variable]) => [name, text(resolve(variable), 'Fn::Sub')]),
    );
    return substitute(text(pattern, 'Fn::Sub'), (name) => own.get(name) ?? scope.reference(name));
  },
};

/** The intrinsic functions that templates may call. */
export const INTRINSIC_NAMES: readonly string[] = Object.keys(INTRINSICS);

/**
 * Resolves the intrinsic functions in a value of a provisioning template.
 *
 * @throws AwsApiError `InvalidRequestException` for a function that is not known, is called wrongly, or makes too
 *   much of too little, and what `scope.reference` throws
 */
export function resolveValue(value: unknown, scope: ResolveScope): unknown {
  return resolveAt(value, scope, 0);
}

function resolveAt(value: unknown, scope: ResolveScope, depth: number): unknown {
  if (depth > MAX_DEPTH) throw invalidRequest(`The provisioning template is deeper than ${MAX_DEPTH} levels`);
  const resolve: Resolve = (inner) => resolveAt(inner, scope, depth + 1);
  if (Array.isArray(value)) return value.map(resolve);
  if (!isObject(value)) return value;
  const [name = '', ...others] = Object.keys(value);
  if (others.length === 0 && Object.hasOwn(INTRINSICS, name)) {
    return INTRINSICS[name]?.(value[name], resolve, scope);
  }
  if (name.startsWith('Fn::')) {
    throw invalidRequest(
      `The function ${name.slice(0, 60)} is not one of a provisioning template; those are ${INTRINSIC_NAMES.join(', ')}`,
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

/** `${Name}` is replaced, `${!Literal}` is `${Literal}`. */
function substitute(pattern: string, valueOf: (name: string) => string): string {
  let length = pattern.length;
  return pattern.replaceAll(/\$\{(!?)([^}]*)\}/g, (_all, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    const replacement = valueOf(name);
    length += replacement.length;
    requireShort(length, 'Fn::Sub');
    return replacement;
  });
}

function requireShort(length: number, where: string): void {
  if (length > MAX_TEXT) throw unusable(where, `the text would be longer than ${MAX_TEXT} characters`);
}

/** A value that has to be a text; numbers and booleans are written out. */
export function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unusable(where, `text is needed, this is ${describe(value)}`);
}

/** A value that has to be a list. */
export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unusable(where, `a list is needed, this is ${describe(value)}`);
}

/** Whether a value is an object with keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pair(value: unknown, where: string): readonly [unknown, unknown] {
  const [first, second, ...more] = list(value, where);
  if (second === undefined || more.length > 0) throw unusable(where, 'a list of two is needed');
  return [first, second];
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}

function unusable(where: string, why: string) {
  return invalidRequest(`${where} in the provisioning template cannot be resolved: ${why}`);
}
