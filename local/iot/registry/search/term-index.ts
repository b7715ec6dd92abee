import type { RegistryDatabase } from '../database.ts';
import type { Term } from './terms.ts';

/** The two indices of AWS IoT. */
export const INDEX_NAMES = ['AWS_Things', 'AWS_ThingGroups'] as const;
export type IndexName = (typeof INDEX_NAMES)[number];

/** Keeps the terms of documents. */
export interface TermIndex {
  /** Takes the terms `before` of a document away and puts `after` in their place; what is in both stays. */
  replace(index: IndexName, document: number, before: readonly Term[], after: readonly Term[]): void;
  /** The ids of a field and, where `withInner`, of all fields below it (`shadow.reported` has `….x`). */
  fieldIds(index: IndexName, field: string, withInner?: boolean): readonly number[];
  /** Every field that was ever indexed, by name. */
  fields(index: IndexName): ReadonlyMap<string, number>;
}

export function createTermIndex(database: RegistryDatabase): TermIndex {
  let known = readFields(database);
  database.onReset(() => (known = readFields(database)));

  function fieldId(index: IndexName, field: string): number {
    const found = known[index].get(field);
    if (found !== undefined) return found;
    const { lastInsertRowid } = database
      .statement('INSERT INTO search_fields (index_name, name) VALUES (?, ?)')
      .run(index, field);
    const id = Number(lastInsertRowid);
    known[index].set(field, id);
    return id;
  }

  return {
    replace(index, document, before, after) {
      const goneTexts = byText(before);
      const newTexts = byText(after);
      dropCommon(goneTexts, newTexts);
      const deleteText = database.statement(
        'DELETE FROM search_terms WHERE field = ? AND value = ? AND document = ?',
      );
      const insertText = database.statement(
        'INSERT OR IGNORE INTO search_terms (field, value, document, is_whole) VALUES (?, ?, ?, ?)',
      );
      for (const { field, text } of goneTexts.values()) deleteText.run(fieldId(index, field), text, document);
      for (const { field, text, isWhole } of newTexts.values()) {
        insertText.run(fieldId(index, field), text, document, isWhole ? 1 : 0);
      }

      const goneNumbers = byNumber(before);
      const newNumbers = byNumber(after);
      dropCommon(goneNumbers, newNumbers);
      const deleteNumber = database.statement(
        'DELETE FROM search_numbers WHERE field = ? AND number = ? AND document = ?',
      );
      const insertNumber = database.statement(
        'INSERT OR IGNORE INTO search_numbers (field, number, document) VALUES (?, ?, ?)',
      );
      for (const { field, number } of goneNumbers.values()) {
        deleteNumber.run(fieldId(index, field), number ?? null, document);
      }
      for (const { field, number } of newNumbers.values()) {
        insertNumber.run(fieldId(index, field), number ?? null, document);
      }
    },
    fieldIds(index, field, withInner = false) {
      const exact = known[index].get(field);
      if (!withInner) return exact === undefined ? [] : [exact];
      const inner = `${field}.`;
      return [...known[index]]
        .filter(([name]) => name === field || name.startsWith(inner))
        .map(([, id]) => id);
    },
    fields: (index) => known[index],
  };
}

function byText(terms: readonly Term[]): Map<string, Term> {
  const found = new Map<string, Term>();
  for (const term of terms) {
    const key = `${term.field}\n${term.text}`;
    // A list may hold a word of one element as another: it counts as a value then.
    if (term.isWhole || !found.has(key)) found.set(key, term);
  }
  return found;
}

function byNumber(terms: readonly Term[]): Map<string, Term> {
  const numbers = terms.filter(({ number }) => number !== undefined);
  return new Map(numbers.map((term) => [`${term.field}\n${term.number}`, term]));
}

/** What stays as it is needs no writing. */
function dropCommon(gone: Map<string, Term>, added: Map<string, Term>): void {
  for (const [key, term] of gone) {
    if (added.get(key)?.isWhole !== term.isWhole) continue;
    gone.delete(key);
    added.delete(key);
  }
}

function readFields(database: RegistryDatabase): Record<IndexName, Map<string, number>> {
  const rows = database.statement('SELECT id, index_name, name FROM search_fields').all();
  const of = (index: IndexName): Map<string, number> =>
    new Map(
      rows
        .filter(({ index_name: found }) => found === index)
        .map(({ id, name }) => [String(name), Number(id)]),
    );
  return { AWS_Things: of('AWS_Things'), AWS_ThingGroups: of('AWS_ThingGroups') };
}
