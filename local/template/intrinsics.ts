import { ConfigurationError } from '../errors.ts';

/** What a `Ref` or `GetAtt` may find. */
export interface Named {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Scope {
  /** Resources and pseudo parameters by name. */
  readonly named: ReadonlyMap<string, Named>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
}

/** What a property becomes that is `Ref: AWS::NoValue`: it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, resolve: (value: unknown) => unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, _resolve, scope) => (name === 'AWS::NoValue' ? NO_VALUE : reference(text(name, 'Ref'), scope)),
  'Fn::GetAtt': (path, _resolve, scope) => attribute(attributePath(path), scope),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, resolve) => {
    const [separator, parts] = list(resolve(argument), 'Fn::Join');
    return list(parts, 'Fn::Join')
      .map((part) => text(part, 'Fn::Join'))
      .join(text(separator, 'Fn::Join'));
  },
  'Fn::Select': (argument, resolve) => {
    const [index, choices] = list(resolve(argument), 'Fn::Select');
    const chosen = list(choices, 'Fn::Select')[Number(index)];
    if (chosen === undefined) throw unusable('Fn::Select', `there is no element ${String(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, source] = list(resolve(argument), 'Fn::Split');
    return text(source, 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::Base64': (argument, resolve) => Buffer.from(text(resolve(argument), 'Fn::Base64')).toString('base64'),
  'Fn::FindInMap': (argument, resolve, scope) => {
    const keys = list(resolve(argument), 'Fn::FindInMap').map((key) => text(key, 'Fn::FindInMap'));
    let found: unknown = scope.mappings;
    for (const key of keys) found = isObject(found) ? found[key] : undefined;
    if (found === undefined) throw unusable('Fn::FindInMap', `nothing stands at ${keys.join('.')}`);
    return found;
  },
  'Fn::If': (argument, resolve, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If');
    return resolve(conditionHolds(text(condition, 'Fn::If'), scope) ? yes : no);
  },
  'Fn::Equals': (argument, resolve) => {
    const [left, right] = list(resolve(argument), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, resolve) => list(argument, 'Fn::And').every((part) => resolve(part) === true),
  'Fn::Or': (argument, resolve) => list(argument, 'Fn::Or').some((part) => resolve(part) === true),
  'Fn::Not': (argument, resolve) => list(argument, 'Fn::Not').every((part) => resolve(part) !== true),
  Condition: (name, _resolve, scope) => conditionHolds(text(name, 'Condition'), scope),
};

/**
 * Resolves the intrinsic functions in a value of the template.
 *
 * @throws ConfigurationError for a function that is not served, or a name that nothing in the template has.
 */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  const resolved = resolveValue(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Whether a condition of the template holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  if (!Object.hasOwn(scope.conditions, name)) throw unusable('Condition', `there is no condition "${name}"`);
  return resolveValue(scope.conditions[name], scope) === true;
}

function resolveValue(value: unknown, scope: Scope): unknown {
  const resolve = (inner: unknown): unknown => resolveValue(inner, scope);
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const [name = '', ...others] = Object.keys(value);
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  // `Condition` is also a key of IAM statements: it is the intrinsic only where its value is a name.
  if (others.length === 0 && intrinsic !== undefined && !(name === 'Condition' && isObject(value[name]))) {
    return intrinsic(value[name], resolve, scope);
  }
  if (name.startsWith('Fn::')) {
    const served = Object.keys(INTRINSICS).join(', ');
    throw new ConfigurationError(`the intrinsic function ${name} is not served here; served are ${served}`, {
      code: 'INTRINSIC_NOT_SERVED',
      data: { intrinsic: name },
    });
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, resolve(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NO_VALUE));
}

function reference(name: string, scope: Scope): unknown {
  const found = scope.named.get(name);
  if (found !== undefined) return found.ref;
  const parameter = scope.parameters[name];
  if (isObject(parameter) && 'Default' in parameter) return parameter['Default'];
  throw unusable('Ref', `nothing in the template is called "${name}"`);
}

function attribute([name, path]: readonly [string, string], scope: Scope): string {
  const found = scope.named.get(name);
  if (found === undefined) throw unusable('Fn::GetAtt', `nothing in the template is called "${name}"`);
  const value = found.attributes[path];
  if (value === undefined) {
    const known = Object.keys(found.attributes).join(', ') || 'none';
    throw unusable('Fn::GetAtt', `"${name}" has no attribute "${path}" here; it has: ${known}`);
  }
  return value;
}

function attributePath(path: unknown): readonly [string, string] {
  const parts = typeof path === 'string' ? path.split('.') : list(path, 'Fn::GetAtt');
  const [name, ...rest] = parts.map((part) => text(part, 'Fn::GetAtt'));
  return [name ?? '', rest.join('.')];
}

/** `${Name}`, `${Name.Attribute}`, `${!Literal}`, and names of its own list. */
function substitute(argument: unknown, resolve: (value: unknown) => unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  return text(template, 'Fn::Sub').replaceAll(/\$\{(!?)([^}]*)\}/g, (_all, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(own, name)) return text(resolve(own[name]), 'Fn::Sub');
    if (name.includes('.')) return attribute(attributePath(name), scope);
    return text(reference(name, scope), 'Fn::Sub');
  });
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unusable(where, `text is needed, this is ${JSON.stringify(value)}`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unusable(where, `a list is needed, this is ${JSON.stringify(value)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(where: string, why: string): ConfigurationError {
  return new ConfigurationError(`${where} in the template cannot be resolved: ${why}`, {
    code: 'INTRINSIC_UNRESOLVED',
    data: { intrinsic: where },
  });
}
