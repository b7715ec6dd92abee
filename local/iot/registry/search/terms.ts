/** One value of one field of a document. */
export interface Term {
  readonly field: string;
  /** In lower case, words one space apart. */
  readonly text: string;
  /** What the text stands for, where it is a number. */
  readonly number: number | undefined;
  /** Whether it is all of a value, not a word of one: aggregations count values. */
  readonly isWhole: boolean;
}

const NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?$/;

/** Text as the index holds it. */
export function normaliseText(text: string): string {
  return text.toLowerCase().trim().replaceAll(/\s+/g, ' ');
}

/** The number that a text stands for; undefined for any other text. */
export function numberIn(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** The terms of a text: all of it and, where it has several, each of its words. */
export function textTerms(field: string, value: string): Term[] {
  const text = normaliseText(value);
  const words = text.split(' ');
  const texts = words.length === 1 ? [text] : new Set([text, ...words]);
  return [...texts].map((one) => ({ field, text: one, number: numberIn(one), isWhole: one === text }));
}

/** The terms of attributes: `attributes.<name>`. */
export function attributeTerms(attributes: Readonly<Record<string, string>>): Term[] {
  return Object.entries(attributes).flatMap(([name, value]) => textTerms(`attributes.${name}`, value));
}

/** Deeper values are not indexed; shadows themselves are less deep. */
const MAX_DEPTH = 12;

/** The terms of a JSON value below `field`: objects by path, every element of a list under the list's own path. */
export function jsonTerms(field: string, value: unknown, depth = 0): Term[] {
  if (value === null || value === undefined || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => jsonTerms(field, item, depth + 1));
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => jsonTerms(`${field}.${name}`, inner, depth + 1));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? textTerms(field, String(value))
    : [];
}
