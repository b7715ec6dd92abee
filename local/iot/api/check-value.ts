import { invalidRequest } from '../registry/errors.ts';
import type { Member, MemberType, ScalarType } from './member.ts';

/** What is wrong with a request, each in AWS's own words; AWS tells all at once. */
export type Violations = string[];

type Structures = ReadonlyMap<string, readonly Member[]>;

/**
 * Reads the members of a structure out of what was sent: checks every constraint, turns timestamps into dates,
 * and leaves out what the model does not know, as AWS does.
 *
 * How deep it goes is bounded by the model, whose structures do not hold themselves.
 *
 * @param path of the structure in the request; '' for the request itself.
 * @throws AwsApiError `InvalidRequestException` for a value of another type; AWS cannot even read such a request.
 */
export function readMembers(
  members: readonly Member[],
  given: Readonly<Record<string, unknown>>,
  path: string,
  structures: Structures,
  violations: Violations,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const member of members) {
    const at = path === '' ? member.name : `${path}.${member.name}`;
    const value = given[member.name];
    if (value === undefined || value === null) {
      if (member.isRequired) violations.push(violation('null', at, 'Member must not be null'));
      continue;
    }
    read[member.name] = readValue(member.type, value, at, structures, violations);
    checkConstraints(member, value, at, violations);
  }
  return read;
}

function readValue(
  type: MemberType,
  value: unknown,
  at: string,
  structures: Structures,
  violations: Violations,
): unknown {
  switch (type.kind) {
    case 'scalar':
      return readScalar(type.scalar, value, at);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(at, 'a list');
      return value.map((item: unknown, index) =>
        readValue(type.of, item, `${at}.${index + 1}.member`, structures, violations),
      );
    case 'map':
      return Object.fromEntries(
        Object.entries(readObject(value, at)).map(([key, item]) => [
          key,
          readValue(type.of, item, `${at}.${key}.member`, structures, violations),
        ]),
      );
    case 'structure':
    default: {
      const members = structures.get(type.name);
      if (members === undefined) return value;
      return readMembers(members, readObject(value, at), at, structures, violations);
    }
  }
}

function readScalar(type: ScalarType, value: unknown, at: string): unknown {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(at, 'a string');
      return value;
    case 'blob':
      if (typeof value !== 'string') throw wrongType(at, 'base64 text');
      return Buffer.from(value, 'base64');
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(at, 'true or false');
      return value;
    case 'integer':
    case 'long':
      if (!Number.isSafeInteger(value)) throw wrongType(at, 'a whole number');
      return value;
    case 'number':
      if (typeof value !== 'number') throw wrongType(at, 'a number');
      return value;
    case 'timestamp':
    default:
      if (value instanceof Date) return value;
      if (typeof value !== 'number') throw wrongType(at, 'a number of seconds');
      return new Date(value * 1000);
  }
}

function readObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(at, 'an object');
  return Object.fromEntries(Object.entries(value));
}

function checkConstraints(member: Member, value: unknown, at: string, violations: Violations): void {
  const { min, max, enumeration, pattern } = member;
  const say = (constraint: string): void => {
    violations.push(violation(`'${describe(value)}'`, at, constraint));
  };
  const size = sizeOf(value);
  const measure = typeof value === 'number' ? 'value' : 'length';
  if (size !== undefined && max !== undefined && size > max) {
    say(`Member must have ${measure} less than or equal to ${max}`);
  }
  if (size !== undefined && min !== undefined && size < min) {
    say(`Member must have ${measure} greater than or equal to ${min}`);
  }
  if (typeof value !== 'string') return;
  if (enumeration !== undefined && !enumeration.includes(value)) {
    say(`Member must satisfy enum value set: [${enumeration.join(', ')}]`);
  }
  // A text that is too long is not matched: some patterns take their time.
  const isMeasured = max === undefined || value.length <= max;
  if (pattern !== undefined && isMeasured && !pattern.test.test(value)) {
    say(`Member must satisfy regular expression pattern: ${pattern.text}`);
  }
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
}

const MAX_QUOTED = 200;

function describe(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

function violation(value: string, at: string, constraint: string): string {
  return `Value ${value} at '${at}' failed to satisfy constraint: ${constraint}`;
}

function wrongType(at: string, wanted: string) {
  return invalidRequest(`The value at '${at}' is not ${wanted}`);
}
