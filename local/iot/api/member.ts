/** Where a member of a request travels. */
export type Place = 'path' | 'query' | 'header' | 'payload' | 'body';

export type ScalarType = 'string' | 'integer' | 'long' | 'number' | 'boolean' | 'timestamp' | 'blob';

/** The type of a member: a scalar, a list, a map from texts, or a structure by name. */
export type MemberType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'list'; readonly of: MemberType }
  | { readonly kind: 'map'; readonly of: MemberType }
  | { readonly kind: 'structure'; readonly name: string };

/** One member of a request or a structure, with what AWS checks of it. */
export interface Member {
  readonly name: string;
  readonly place: Place;
  /** What it is called there: the query parameter, the header. */
  readonly wireName: string;
  readonly type: MemberType;
  readonly isRequired: boolean;
  /** Of the length of a text or a list, or of a number's value. */
  readonly min?: number;
  readonly max?: number;
  readonly enumeration?: readonly string[];
  /** AWS's own text of the pattern, and what tests it. */
  readonly pattern?: { readonly text: string; readonly test: RegExp };
}

const NOTATION =
  /^(?:(?<place>path|query|header|payload)(?:=(?<as>\S+))? )?(?<type>[A-Za-z0-9<>,]+)(?<required>!)?(?: (?<min>\d*(?:\.\d+)?)\.\.(?<max>\d*(?:\.\d+)?))?(?: \{(?<values>[^}]+)\})?(?: \/(?<pattern>.+)\/)?$/;

/**
 * Reads a member as bindings.json writes it:
 * `[path|query|header|payload[=name there] ]type[!][ min..max][ {A|B}][ /pattern/]`; `!` is a required one, and
 * without a place it travels in the body.
 *
 * @throws RangeError when the text is something else.
 */
export function parseMember(name: string, notation: string): Member {
  const groups = NOTATION.exec(notation)?.groups;
  if (groups === undefined) throw new RangeError(`the member ${name} cannot be read: ${notation}`);
  const { place, as, type = '', required, min, max, values, pattern } = groups;
  return {
    name,
    place: readPlace(place),
    wireName: as ?? name,
    type: parseType(type),
    isRequired: required !== undefined,
    ...(min === undefined || min === '' ? {} : { min: Number(min) }),
    ...(max === undefined || max === '' ? {} : { max: Number(max) }),
    ...(values === undefined ? {} : { enumeration: values.split('|') }),
    ...(pattern === undefined ? {} : { pattern: { text: pattern, test: compilePattern(pattern) } }),
  };
}

function readPlace(place: string | undefined): Place {
  return place === 'path' || place === 'query' || place === 'header' || place === 'payload' ? place : 'body';
}

const SCALARS: readonly ScalarType[] = [
  'string',
  'integer',
  'long',
  'number',
  'boolean',
  'timestamp',
  'blob',
];

/** `string`, `list<Tag>`, `map<string,string>`, … */
export function parseType(text: string): MemberType {
  const list = /^list<(.+)>$/.exec(text)?.[1];
  if (list !== undefined) return { kind: 'list', of: parseType(list) };
  const map = /^map<string,(.+)>$/.exec(text)?.[1];
  if (map !== undefined) return { kind: 'map', of: parseType(map) };
  const scalar = SCALARS.find((known) => known === text);
  return scalar === undefined ? { kind: 'structure', name: text } : { kind: 'scalar', scalar };
}

/** AWS's patterns are Java's, and match a whole value: what JavaScript writes otherwise is put in its words. */
function compilePattern(pattern: string): RegExp {
  const translated = pattern
    .replaceAll(String.raw`\p{Graph}`, String.raw`\x21-\x7e`)
    .replaceAll(String.raw`\p{Upper}`, 'A-Z')
    .replaceAll(String.raw`\p{Digit}`, '0-9');
  return new RegExp(`^(?:${translated})$`, 'u');
}
