import { isFields, type Fields } from './fields.ts';

/** Names that mean something within a pattern: what has one of them among its keys is no pattern of `$or`. */
const RESERVED: ReadonlySet<string> = new Set([
  'anything-but',
  'cidr',
  'equals-ignore-case',
  'exactly',
  'exists',
  'numeric',
  'prefix',
  'suffix',
  'wildcard',
  '=',
  '<',
  '<=',
  '>',
  '>=',
]);

/**
 * The patterns of a `$or`, of which one has to be met: two or more, all of them objects, none with the name of an
 * operator among its keys. Whatever else is called `$or` is a field of that name, as it is to AWS.
 */
export function alternativesOf(key: string, value: unknown): readonly Fields[] | undefined {
  if (key !== '$or' || !Array.isArray(value) || value.length < 2) return undefined;
  const patterns: Fields[] = [];
  for (const one of value) {
    if (!isFields(one) || Object.keys(one).some((name) => RESERVED.has(name))) return undefined;
    patterns.push(one);
  }
  return patterns;
}
