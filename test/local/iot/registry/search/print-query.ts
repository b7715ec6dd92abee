import type { PatternPart, Query, ValueTest } from '../../../../../local/iot/registry/search/query.ts';

const SPECIAL = /[^\p{L}\p{N}._$]/gu;

/** A query as text, with more parentheses than it needs. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'and':
      return `(${query.of.map(printQuery).join(' AND ')})`;
    case 'or':
      return `(${query.of.map(printQuery).join(' OR ')})`;
    case 'not':
      return `NOT ${printQuery(query.of)}`;
    case 'match':
    default: {
      const test = printTest(query.test);
      return query.field === undefined ? test : `${escaped(query.field)}:${test}`;
    }
  }
}

function printTest(test: ValueTest): string {
  switch (test.kind) {
    case 'any':
      return '*';
    case 'text':
    case 'phrase':
      return quoted(test.text);
    case 'pattern':
      return test.parts.map(printPart).join('');
    case 'range':
    default: {
      const { from, to } = test;
      const start = from === undefined ? '[*' : `${from.isInclusive ? '[' : '{'}${quoted(from.value)}`;
      const end = to === undefined ? '*]' : `${quoted(to.value)}${to.isInclusive ? ']' : '}'}`;
      return `${start} TO ${end}`;
    }
  }
}

function printPart(part: PatternPart): string {
  if (part === 'any') return '*';
  return part === 'one' ? '?' : escaped(part.literal);
}

function escaped(text: string): string {
  return text.replaceAll(SPECIAL, String.raw`\$&`);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
