import type {
  Bound,
  Match,
  PatternPart,
  Query,
  ValueTest,
} from '../../../../../local/iot/registry/search/query.ts';

/** A document: every value of every field. */
export type Document = Readonly<Record<string, readonly (string | number | boolean)[]>>;

/** What a search must find, in a few lines that know nothing of an index. */
export function matchesDocument(query: Query, document: Document): boolean {
  switch (query.kind) {
    case 'and':
      return query.of.every((part) => matchesDocument(part, document));
    case 'or':
      return query.of.some((part) => matchesDocument(part, document));
    case 'not':
      return !matchesDocument(query.of, document);
    case 'match':
    default:
      return valuesOf(query, document).some((value) => passes(query.test, value));
  }
}

function valuesOf({ field, test }: Match, document: Document): string[] {
  return Object.entries(document)
    .filter(
      ([name]) =>
        field === undefined || name === field || (test.kind === 'any' && name.startsWith(`${field}.`)),
    )
    .flatMap(([, values]) => values.map((value) => String(value).toLowerCase()));
}

function passes(test: ValueTest, value: string): boolean {
  const words = value.split(' ');
  switch (test.kind) {
    case 'any':
      return true;
    case 'text':
      return [value, ...words].some((one) => one === test.text || isSameNumber(one, test.text));
    case 'phrase':
      return ` ${value} `.includes(` ${test.text} `);
    case 'pattern':
      return [value, ...words].some((one) =>
        new RegExp(`^${test.parts.map(expression).join('')}$`, 'su').test(one),
      );
    case 'range':
    default: {
      const bounds = [test.from, test.to].filter((bound) => bound !== undefined);
      const isNumeric = bounds.every((bound) => isNumber(bound.value));
      return [value, ...words].some(
        (one) =>
          (!isNumeric || isNumber(one)) &&
          isAbove(one, test.from, isNumeric) &&
          isBelow(one, test.to, isNumeric),
      );
    }
  }
}

const isNumber = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
const isSameNumber = (a: string, b: string): boolean => isNumber(a) && isNumber(b) && Number(a) === Number(b);

function isAbove(value: string, bound: Bound | undefined, isNumeric: boolean): boolean {
  if (bound === undefined) return true;
  const [a, b] = isNumeric ? [Number(value), Number(bound.value)] : [value, bound.value];
  return bound.isInclusive ? a >= b : a > b;
}

function isBelow(value: string, bound: Bound | undefined, isNumeric: boolean): boolean {
  if (bound === undefined) return true;
  const [a, b] = isNumeric ? [Number(value), Number(bound.value)] : [value, bound.value];
  return bound.isInclusive ? a <= b : a < b;
}

function expression(part: PatternPart): string {
  if (part === 'any') return '.*';
  if (part === 'one') return '.';
  return part.literal.replaceAll(/[^a-z0-9]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}
