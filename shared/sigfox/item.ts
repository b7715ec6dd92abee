import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { RejectedInputError } from '../rejections.ts';

export type Item = Record<string, AttributeValue>;

/** What JSON and DynamoDB can both hold. */
export type Storable =
  | string
  | number
  | boolean
  | null
  | readonly Storable[]
  | { readonly [name: string]: Storable };

/** DynamoDB takes 32 levels; nothing that Sigfox sends has more than three. */
const MAX_DEPTH = 8;

/** Outside of these DynamoDB refuses a number. */
const LARGEST = 9.9e125;
const SMALLEST = 1e-130;

/**
 * A value as it is stored and as it is published, the same in both: integers beyond a double and numbers that
 * DynamoDB cannot hold (and JSON has no word for) are decimal text.
 *
 * @param name whose value it is, for the error.
 * @throws RejectedInputError NESTED_TOO_DEEP, or NAME_EMPTY for a member without a name, which DynamoDB refuses.
 */
export function storable(value: unknown, name: string, depth = 0): Storable {
  if (depth > MAX_DEPTH) {
    throw new RejectedInputError('NESTED_TOO_DEEP', `"${name}" has more than ${MAX_DEPTH} levels`, name);
  }
  if (typeof value === 'number') return isStorable(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((inner) => storable(inner, name, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  const members = Object.entries(value).map(([key, inner]): [string, Storable] => {
    if (key === '') throw new RejectedInputError('NAME_EMPTY', `"${name}" has a member without a name`, name);
    return [key, storable(inner, name, depth + 1)];
  });
  return Object.fromEntries(members);
}

function isStorable(value: number): boolean {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude <= LARGEST && magnitude >= SMALLEST);
}

export function toAttribute(value: Storable): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  // Zero has no sign in DynamoDB, nor in JSON.
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isList(value)) return { L: value.map(toAttribute) };
  return { M: toItem(value) };
}

/** Members that are undefined are left out. */
export function toItem(values: Readonly<Record<string, Storable | undefined>>): Item {
  const item: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) item.push([name, toAttribute(value)]);
  }
  return Object.fromEntries(item);
}

export function fromAttribute(attribute: AttributeValue): Storable {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromItem(attribute.M);
  return null;
}

export function fromItem(item: Item): Record<string, Storable> {
  return Object.fromEntries(
    Object.entries(item).map(([name, attribute]) => [name, fromAttribute(attribute)]),
  );
}

function isList(value: Storable): value is readonly Storable[] {
  return Array.isArray(value);
}
