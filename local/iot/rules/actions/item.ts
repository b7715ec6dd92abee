import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { isArray, isObject } from '../sql/conversions.ts';
import { isNumber, numberText, type SqlValue } from '../sql/values.ts';
import { ActionError } from './action.ts';

/** A value in DynamoDB's typed form, as its API takes it. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

/** DynamoDB nests documents no deeper. */
const MAX_DEPTH = 32;

/** A value in DynamoDB's typed form; what is Undefined inside it is left out. @throws ActionError ITEM_TOO_DEEP */
export function attributeValue(value: SqlValue, depth = 0): AttributeValue {
  if (isNumber(value)) return { N: numberText(value) };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === undefined || value === null) return { NULL: true };
  requireDepth(depth);
  if (isArray(value)) return { L: value.map((element) => attributeValue(element, depth + 1)) };
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return {
    M: Object.fromEntries(members.map(([name, member]) => [name, attributeValue(member, depth + 1)])),
  };
}

/**
 * A value for the SDK's own `marshall`, which rounds or refuses what a double does not carry: such numbers become
 * its exact ones.
 *
 * @throws ActionError ITEM_TOO_DEEP
 */
export function marshallable(value: SqlValue, depth = 0): unknown {
  if (isNumber(value)) {
    const isExact = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    return isExact ? value : NumberValueImpl.from(numberText(value));
  }
  if (typeof value !== 'object' || value === null) return value;
  requireDepth(depth);
  if (isArray(value)) return value.map((element) => marshallable(element, depth + 1));
  const members = Object.entries(value).map(([name, member]) => [name, marshallable(member, depth + 1)]);
  return isObject(value) ? Object.fromEntries(members) : undefined;
}

function requireDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return;
  throw new ActionError(
    'ITEM_TOO_DEEP',
    `the result is nested deeper than the ${MAX_DEPTH} levels of DynamoDB`,
  );
}
