import type { SQLInputValue } from 'node:sqlite';
import type { Match, PatternPart, Query, ValueTest } from './query.ts';
import { numberIn } from './terms.ts';

/** A piece of SQL and the values of its `?`. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

/** Finds the ids of the fields that a match looks at. */
export type FieldsOf = (match: Match) => readonly number[];

/** The SQL that selects the ids of documents which match, as a column `document`, with repetitions. */
export function documentsOf(match: Match, fieldsOf: FieldsOf): Sql {
  return selectDocuments(match, fieldsOf, { terms: 'search_terms', numbers: 'search_numbers', only: '' });
}

/** Where to look, and at which documents only (`… AND `). */
interface Place {
  readonly terms: string;
  readonly numbers: string;
  readonly only: string;
}

function selectDocuments(match: Match, fieldsOf: FieldsOf, place: Place): Sql {
  const ids = JSON.stringify(fieldsOf(match));
  const within = `${place.only}field IN (SELECT value FROM json_each(?))`;
  const terms = `SELECT document FROM ${place.terms} WHERE ${within}`;
  const numbers = `SELECT document FROM ${place.numbers} WHERE ${within}`;
  const { test } = match;
  switch (test.kind) {
    case 'any':
      return { text: terms, values: [ids] };
    case 'text': {
      const number = numberIn(test.text);
      const exact: Sql = { text: `${terms} AND value = ?`, values: [ids, test.text] };
      if (number === undefined) return exact;
      return {
        text: `${exact.text} UNION ALL ${numbers} AND number = ?`,
        values: [...exact.values, ids, number],
      };
    }
    case 'phrase':
      return {
        text: `${terms} AND instr(' ' || value || ' ', ' ' || ? || ' ') > 0`,
        values: [ids, test.text],
      };
    case 'pattern': {
      const [first] = test.parts;
      const prefix = typeof first === 'object' ? first.literal : '';
      return {
        text: `${terms} AND value >= ? AND value < ? AND value GLOB ?`,
        values: [ids, prefix, prefix + LAST_CHARACTER, globOf(test.parts)],
      };
    }
    case 'range':
    default:
      return rangeSql(test, terms, numbers, ids);
  }
}

/** Sorts behind everything that a text may go on with. */
const LAST_CHARACTER = '\u{10FFFF}';

function rangeSql(
  { from, to }: Extract<ValueTest, { kind: 'range' }>,
  terms: string,
  numbers: string,
  ids: string,
): Sql {
  const bounds = [from, to].filter((bound) => bound !== undefined);
  const isNumeric = bounds.every(({ value }) => numberIn(value) !== undefined);
  const column = isNumeric ? 'number' : 'value';
  const valueOf = (value: string): SQLInputValue => (isNumeric ? (numberIn(value) ?? value) : value);
  let text = isNumeric ? numbers : terms;
  const values: SQLInputValue[] = [ids];
  if (from !== undefined) {
    text += ` AND ${column} ${from.isInclusive ? '>=' : '>'} ?`;
    values.push(valueOf(from.value));
  }
  if (to !== undefined) {
    text += ` AND ${column} ${to.isInclusive ? '<=' : '<'} ?`;
    values.push(valueOf(to.value));
  }
  return { text, values };
}

function globOf(parts: readonly PatternPart[]): string {
  return parts
    .map((part) => {
      if (part === 'any') return '*';
      if (part === 'one') return '?';
      return part.literal.replaceAll(/[*?[]/g, '[$&]');
    })
    .join('');
}

/** The SQL condition that the document of the column `document` matches. */
export function conditionOf(query: Query, fieldsOf: FieldsOf): Sql {
  switch (query.kind) {
    case 'and':
      return joinSql(
        query.of.map((one) => conditionOf(one, fieldsOf)),
        ' AND ',
        '(',
        ')',
      );
    case 'or':
      return joinSql(
        query.of.map((one) => conditionOf(one, fieldsOf)),
        ' OR ',
        '(',
        ')',
      );
    case 'not': {
      const { text, values } = conditionOf(query.of, fieldsOf);
      return { text: `NOT ${text}`, values };
    }
    case 'match':
    default:
      return matchCondition(query, fieldsOf);
  }
}

function matchCondition(match: Match, fieldsOf: FieldsOf): Sql {
  const { test, field } = match;
  if (field === undefined && test.kind === 'any') return { text: 'true', values: [] };
  // Asked of each candidate, and never found for all: what matches may be a hundred thousand documents.
  const only = 'document = candidate.document AND ';
  const place =
    test.kind === 'text'
      ? { terms: 'search_terms', numbers: 'search_numbers', only }
      : {
          terms: 'search_terms INDEXED BY search_terms_by_document',
          numbers: 'search_numbers INDEXED BY search_numbers_by_document',
          only,
        };
  const { text, values } = selectDocuments(match, fieldsOf, place);
  return { text: `EXISTS (${text})`, values };
}

/** Joins pieces of SQL. */
export function joinSql(pieces: readonly Sql[], separator: string, before = '', after = ''): Sql {
  return {
    text: before + pieces.map(({ text }) => text).join(separator) + after,
    values: pieces.flatMap(({ values }) => values),
  };
}
