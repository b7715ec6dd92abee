import type { XmlContent, XmlElements } from '../../endpoint/xml.ts';

/**
 * What the parameters and answers of the API are made of. It speaks two protocols, which write lists, numbers and
 * times in two ways; inside a time is milliseconds since the epoch.
 */
export type Shape = 'text' | 'number' | 'boolean' | 'time' | Members | ListShape | MapShape;

export interface Members {
  readonly members: Readonly<Record<string, Shape>>;
}

export interface ListShape {
  readonly list: Shape;
}

/** Values by name; only answers have any. */
export interface MapShape {
  readonly map: Shape;
}

/** Numbered parameters end here: no request of CloudWatch has more in one list. */
const MAX_NUMBERED = 1_000;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Reads the input of an operation out of a form. What is wrong is left as it is, for the operation to refuse. */
export function decodeForm(members: Members['members'], form: URLSearchParams): Record<string, unknown> {
  return decodeMembers(members, form, '') ?? {};
}

function decodeMembers(
  members: Members['members'],
  form: URLSearchParams,
  prefix: string,
): Record<string, unknown> | undefined {
  const decoded = Object.entries(members)
    .map(([name, shape]): [string, unknown] => [name, decodeAt(shape, form, prefix + name)])
    .filter(([, value]) => value !== undefined);
  return decoded.length === 0 ? undefined : Object.fromEntries(decoded);
}

function decodeAt(shape: Shape, form: URLSearchParams, path: string): unknown {
  if (typeof shape === 'string') {
    const text = form.get(path);
    return text === null ? undefined : scalarOf(shape, text);
  }
  if ('members' in shape) return decodeMembers(shape.members, form, `${path}.`);
  if ('map' in shape) return undefined;
  const items: unknown[] = [];
  for (let number = 1; number <= MAX_NUMBERED; number += 1) {
    const item = decodeAt(shape.list, form, `${path}.member.${number}`);
    if (item === undefined) break;
    items.push(item);
  }
  // A list of nothing is a parameter without a value.
  return items.length === 0 && !form.has(path) ? undefined : items;
}

function scalarOf(shape: 'text' | 'number' | 'boolean' | 'time', text: string): unknown {
  if (shape === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (shape === 'boolean') return text === 'true' || text === 'false' ? text === 'true' : text;
  if (shape === 'time') return INSTANT.test(text) ? Date.parse(text) : text;
  return text;
}

/** Reads the input of an operation out of JSON, whose times are seconds. */
export function decodeJson(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (shape === 'time') return typeof value === 'number' ? value * 1_000 : value;
  if (typeof shape === 'string' || typeof value !== 'object') return value;
  if ('list' in shape) {
    return Array.isArray(value) ? value.map((item: unknown) => decodeJson(shape.list, item)) : value;
  }
  if ('map' in shape || Array.isArray(value)) return value;
  const given = new Map<string, unknown>(Object.entries(value));
  const decoded = Object.entries(shape.members)
    .map(([name, member]): [string, unknown] => [name, decodeJson(member, given.get(name))])
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(decoded);
}

/** An answer as JSON can hold it. */
export function encodeJson(shape: Shape, value: unknown): unknown {
  if (shape === 'time') return Number(value) / 1_000;
  if (typeof shape === 'string' || typeof value !== 'object' || value === null) return value;
  if ('list' in shape) return Object.values(value).map((item: unknown) => encodeJson(shape.list, item));
  const entries: [string, unknown][] = Object.entries(value);
  const shapeOf = (name: string): Shape => ('map' in shape ? shape.map : (shape.members[name] ?? 'text'));
  return Object.fromEntries(
    entries
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, encodeJson(shapeOf(name), item)]),
  );
}

/** An answer as the elements of its `…Result`. */
export function encodeXml(members: Members['members'], value: object): XmlElements {
  const given = new Map<string, unknown>(Object.entries(value));
  const elements: Record<string, XmlContent> = {};
  for (const [name, shape] of Object.entries(members)) {
    const item = given.get(name);
    if (item !== undefined) elements[name] = encodeElement(shape, item);
  }
  return elements;
}

function encodeElement(shape: Shape, value: unknown): XmlContent {
  if (shape === 'time') return new Date(Number(value)).toISOString();
  if (typeof shape === 'string' || typeof value !== 'object' || value === null) return String(value);
  if ('members' in shape) return encodeXml(shape.members, value);
  if ('list' in shape) {
    return { member: Object.values(value).map((item: unknown) => encodeElement(shape.list, item)) };
  }
  const entries: [string, unknown][] = Object.entries(value);
  return {
    entry: entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => ({ key, value: encodeElement(shape.map, item) })),
  };
}
