import type { RegistryDatabase } from '../database.ts';
import { conditionOf, documentsOf, type FieldsOf, joinSql, type Sql } from './compile.ts';
import type { Match, Query } from './query.ts';
import type { IndexName } from './term-index.ts';

/** Where the documents of an index stand. */
const TABLES: Readonly<Record<IndexName, string>> = { AWS_Things: 'things', AWS_ThingGroups: 'thing_groups' };

/** Up to so many documents are gathered before the rest of a query is asked of each. */
const FEW = 1_000;

/**
 * Finds the documents of an index that match, by id: those after the id `after`, `limit` at most.
 *
 * The part of the query that matches fewest documents leads, and every document that it finds is asked the whole
 * query. When no part is rare, documents are asked one after the other, and soon there are enough.
 */
export function findDocuments(
  database: RegistryDatabase,
  index: IndexName,
  query: Query,
  fieldsOf: FieldsOf,
  { after, limit }: { readonly after: number; readonly limit: number },
): number[] {
  const matching = matchingSql(database, index, query, fieldsOf);
  const rows = database
    .prepare(`${matching.text} AND candidate.document > ? ORDER BY candidate.document LIMIT ?`)
    .all(...matching.values, after, limit);
  return rows.map(({ document }) => Number(document));
}

/** Whether one document matches. */
export function isMatch(
  database: RegistryDatabase,
  query: Query,
  fieldsOf: FieldsOf,
  document: number,
): boolean {
  const condition = conditionOf(query, fieldsOf);
  const row = database
    .prepare(`SELECT 1 FROM (SELECT ? AS document) AS candidate WHERE ${condition.text}`)
    .get(document, ...condition.values);
  return row !== undefined;
}

/** The SQL that selects the ids of all documents that match, as a column `document`, each once. */
export function matchingSql(
  database: RegistryDatabase,
  index: IndexName,
  query: Query,
  fieldsOf: FieldsOf,
): Sql {
  const lead = leadOf(query, (match) => countUpTo(database, match, fieldsOf));
  const candidates =
    lead === undefined || lead.count >= FEW
      ? { text: `SELECT id AS document FROM ${TABLES[index]}`, values: [] }
      : joinSql(
          lead.matches.map((match) => documentsOf(match, fieldsOf)),
          ' UNION ALL ',
          'SELECT DISTINCT document FROM (',
          ')',
        );
  const condition = conditionOf(query, fieldsOf);
  return {
    text: `SELECT candidate.document FROM (${candidates.text}) AS candidate WHERE ${condition.text}`,
    values: [...candidates.values, ...condition.values],
  };
}

interface Lead {
  /** Whoever matches the query matches one of these. */
  readonly matches: readonly Match[];
  readonly count: number;
}

function leadOf(query: Query, count: (match: Match) => number): Lead | undefined {
  switch (query.kind) {
    case 'match':
      if (query.field === undefined && query.test.kind === 'any') return undefined;
      return { matches: [query], count: count(query) };
    case 'not':
      return undefined;
    case 'and':
      return query.of
        .map((part) => leadOf(part, count))
        .reduce((best, lead) => {
          if (lead === undefined) return best;
          return best === undefined || lead.count < best.count ? lead : best;
        }, undefined);
    case 'or':
    default: {
      const leads = query.of.map((part) => leadOf(part, count));
      return leads.reduce<Lead | undefined>(
        (sum, lead) =>
          sum === undefined || lead === undefined
            ? undefined
            : { matches: [...sum.matches, ...lead.matches], count: sum.count + lead.count },
        { matches: [], count: 0 },
      );
    }
  }
}

function countUpTo(database: RegistryDatabase, match: Match, fieldsOf: FieldsOf): number {
  const { text, values } = documentsOf(match, fieldsOf);
  const row = database
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM (${text}) LIMIT ?)`)
    .get(...values, FEW);
  return Number(row?.['n']);
}
