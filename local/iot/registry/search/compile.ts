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
  const ids = JSON.stringify(fieldsOf(match));
  const within = 'field IN (SELECT value FROM json_each(?))';
  const terms = `SELECT document FROM search_terms WHERE ${within}`;
  const numbers = `SELECT document FROM search_numbers WHERE ${within}`;
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
  const { text, values } = documentsOf(match, fieldsOf);
  // One value is looked up for each candidate by the primary key; all else is found once for all of them.
  if (test.kind === 'text' && numberIn(test.text) === undefined) {
    return { text: `EXISTS (${text} AND search_terms.document = candidate.document)`, values };
  }
  return { text: `candidate.document IN (${text})`, values };
}

/** Joins pieces of SQL. */
export function joinSql(pieces: readonly Sql[], separator: string, before = '', after = ''): Sql {
  return {
    text: before + pieces.map(({ text }) => text).join(separator) + after,
    values: pieces.flatMap(({ values }) => values),
  };
}
