import type { RegistryContext } from '../context.ts';
import { invalidRequest, iotError } from '../errors.ts';
import { mapPage, type Page, type PageRequest, readPage } from '../paging.ts';
import type { ThingGroups } from '../thing-groups.ts';
import { type Aggregations, createAggregations } from './aggregate.ts';
import type { IndexingConfigurations } from './configuration.ts';
import { parseQuery } from './parser.ts';
import type { Query } from './query.ts';
import { findDocuments, isMatch, matchingSql } from './search.ts';
import {
  readGroupDocument,
  readThingDocument,
  type ThingDocument,
  type ThingGroupDocument,
} from './search-documents.ts';
import { fieldProblem, resolveFields } from './searchable.ts';
import { INDEX_NAMES, type IndexName, type TermIndex } from './term-index.ts';
import type { ThingDocuments } from './thing-documents.ts';

export interface SearchRequest {
  readonly queryString: string;
  /** @default AWS_Things */
  readonly indexName?: string | undefined;
  /** Only `2017-09-30` is there. */
  readonly queryVersion?: string | undefined;
}

/** A query over the documents as they are now. Documents are given by the ids of their rows. */
export interface Matcher {
  /** The documents after the id `after`, `limit` at most, in the order of their ids. */
  find(page: { readonly after: number; readonly limit: number }): number[];
  has(document: number): boolean;
}

/** Fleet indexing: searches over things and thing groups. */
export interface FleetIndex {
  readonly configurations: IndexingConfigurations;
  /** The indices that are there. */
  names(): IndexName[];
  /** @throws AwsApiError `ResourceNotFoundException` for an index that is off. */
  require(name: string | undefined): IndexName;
  /**
   * What matches, by when it was made.
   *
   * @throws AwsApiError `InvalidQueryException`, `ResourceNotFoundException` for an index that is off,
   *   `InvalidRequestException` for a foreign token.
   */
  search(request: SearchRequest & PageRequest): {
    readonly things: Page<ThingDocument>;
    readonly thingGroups: Page<ThingGroupDocument>;
  };
  /** A query without the documents that it finds. @throws AwsApiError as `search` */
  matcher(request: SearchRequest): Matcher;
  /** @throws AwsApiError as `search`; `InvalidAggregationException` for a field that is not in the index. */
  aggregate(request: SearchRequest, field: string): Aggregations;
}

/** The one syntax of queries. */
export const QUERY_VERSION = '2017-09-30';
const DEFAULT_RESULTS = 100;

export function createFleetIndex(
  context: RegistryContext,
  parts: {
    readonly terms: TermIndex;
    readonly documents: ThingDocuments;
    readonly configurations: IndexingConfigurations;
    readonly groups: ThingGroups;
  },
): FleetIndex {
  const { database, limits } = context;
  const { terms, documents, configurations, groups } = parts;

  const names: FleetIndex['names'] = () => {
    const { thingIndexingConfiguration: things, thingGroupIndexingConfiguration: ofGroups } =
      configurations.get();
    return INDEX_NAMES.filter((name) =>
      name === 'AWS_Things' ? things.thingIndexingMode !== 'OFF' : ofGroups.thingGroupIndexingMode !== 'OFF',
    );
  };
  const require: FleetIndex['require'] = (name = 'AWS_Things') => {
    const found = names().find((known) => known === name);
    if (found !== undefined) return found;
    throw iotError(
      'ResourceNotFoundException',
      `Index ${name} does not exist; UpdateIndexingConfiguration turns ${INDEX_NAMES.join(' and ')} on`,
    );
  };

  function prepare({ queryString, indexName, queryVersion = QUERY_VERSION }: SearchRequest) {
    const index = require(indexName);
    if (queryVersion !== QUERY_VERSION)
      throw invalidRequest(`The query version ${queryVersion} is not ${QUERY_VERSION}`);
    const query: Query = parseQuery(queryString, limits);
    return { index, query, fieldsOf: resolveFields(terms, index, query, configurations.get()) };
  }

  return {
    configurations,
    names,
    require,
    search(request) {
      const { index, query, fieldsOf } = prepare(request);
      const page = readPage(request, {
        scope: ['SearchIndex', index, request.queryString],
        defaultResults: DEFAULT_RESULTS,
        read: (after, limit) =>
          findDocuments(database, index, query, fieldsOf, { after: Number(after), limit }),
        keyOf: String,
      });
      const none = { items: [] };
      if (index === 'AWS_ThingGroups') {
        const read = (id: number) => readGroupDocument(database, (group) => groups.ancestors(group), id);
        return { things: none, thingGroups: present(mapPage(page, read)) };
      }
      const read = (id: number) => readThingDocument(database, documents, configurations.get(), id);
      return { things: present(mapPage(page, read)), thingGroups: none };
    },
    matcher(request) {
      const { index, query, fieldsOf } = prepare(request);
      return {
        find: (page) => findDocuments(database, index, query, fieldsOf, page),
        has: (document) => isMatch(database, query, fieldsOf, document),
      };
    },
    aggregate(request, field) {
      const { index, query, fieldsOf } = prepare(request);
      const problem = fieldProblem(index, field, configurations.get());
      if (problem !== undefined) {
        throw iotError('InvalidAggregationException', `The aggregation field ${field}: ${problem}`);
      }
      const matching = matchingSql(database, index, query, fieldsOf);
      return createAggregations(database, terms.fieldIds(index, field), matching);
    },
  };
}

function present<Item>({ items, ...rest }: Page<Item | undefined>): Page<Item> {
  return { ...rest, items: items.filter((item) => item !== undefined) };
}
