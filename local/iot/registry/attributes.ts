import { invalidRequest } from './errors.ts';

/** The attributes of a thing or of a thing group. */
export type Attributes = Readonly<Record<string, string>>;

/** How a request gives attributes. */
export interface AttributePayload {
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Adds to what is there in place of replacing it. @default false */
  readonly merge?: boolean | undefined;
}

const NAME = /^[a-zA-Z0-9_.,@/:#-]{1,128}$/;
const VALUE = /^[a-zA-Z0-9_.,@/:#=[\]-]{0,800}$/;

/**
 * The attributes after a change: those of the payload alone, or merged with what was there. An empty value removes
 * its attribute.
 *
 * @throws AwsApiError `InvalidRequestException` for a name or a value that AWS does not take.
 */
export function changeAttributes(before: Attributes, payload: AttributePayload | undefined): Attributes {
  if (payload?.attributes === undefined) return before;
  const after = new Map(payload.merge === true ? Object.entries(before) : []);
  for (const [name, value] of Object.entries(payload.attributes)) {
    checkAttribute(name, value);
    if (value === '') after.delete(name);
    else after.set(name, value);
  }
  return Object.fromEntries(after);
}

/** @throws AwsApiError `InvalidRequestException` when there are more than `maximum`. */
export function requireAttributeCount(attributes: Attributes, maximum: number, of: string): void {
  const count = Object.keys(attributes).length;
  if (count <= maximum) return;
  throw invalidRequest(`Attributes count of ${count} exceeds the limit of ${maximum} for ${of}`);
}

function checkAttribute(name: string, value: string): void {
  if (!NAME.test(name)) {
    throw invalidRequest(
      `Attribute name "${name.slice(0, 140)}" has to match [a-zA-Z0-9_.,@/:#-]+ and be 1 to 128 characters long`,
    );
  }
  if (!VALUE.test(value)) {
    throw invalidRequest(
      `The value of the attribute ${name} has to match [a-zA-Z0-9_.,@/:#=\\[\\]-]* and be at most 800 characters long`,
    );
  }
}
