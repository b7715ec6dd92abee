import { invalidRequest } from '../../registry/errors.ts';
import { readPage, tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import type { OperationGroup } from '../operation.ts';

/** Fleet indexing: its configuration, searches, and what can be counted over them. */
export const indexingOperations = {
  GetIndexingConfiguration(_input, { index }) {
    const { thingIndexingConfiguration: things, thingGroupIndexingConfiguration: groups } =
      index.configurations.get();
    const { filter, ...rest } = things;
    return {
      thingIndexingConfiguration: {
        thingConnectivityIndexingMode: 'OFF',
        deviceDefenderIndexingMode: 'OFF',
        namedShadowIndexingMode: 'OFF',
        ...rest,
        ...(filter === undefined ? {} : { filter: { namedShadowNames: filter.namedShadowNames } }),
      },
      thingGroupIndexingConfiguration: groups,
    };
  },

  UpdateIndexingConfiguration(input, { index }) {
    index.configurations.update(input);
    return {};
  },

  ListIndices(input, { index }) {
    const page = readPage(input, {
      scope: ['ListIndices'],
      defaultResults: 25,
      read: (after, limit) =>
        index
          .names()
          .toSorted()
          .filter((name) => name > after)
          .slice(0, limit),
      keyOf: (name) => name,
    });
    return { indexNames: [...page.items], ...tokenOf(page) };
  },

  /** What is written is indexed at once: an index that is there is ready. */
  DescribeIndex({ indexName }, { index }) {
    const name = index.require(indexName);
    return { indexName: name, indexStatus: 'ACTIVE', schema: schemaOf(name, index) };
  },

  SearchIndex(input, { index }) {
    const { things, thingGroups } = index.search(input);
    const isOfGroups = input.indexName === 'AWS_ThingGroups';
    return {
      things: isOfGroups ? undefined : things.items.map((thing) => ({ ...thing })),
      thingGroups: isOfGroups ? thingGroups.items.map((group) => ({ ...group })) : undefined,
      ...tokenOf(isOfGroups ? thingGroups : things),
    };
  },

  GetStatistics({ aggregationField, ...request }, { index }) {
    const field = aggregationField ?? nameField(request.indexName);
    return { statistics: index.aggregate(request, field).statistics() };
  },

  GetCardinality({ aggregationField, ...request }, { index }) {
    const field = aggregationField ?? nameField(request.indexName);
    return { cardinality: index.aggregate(request, field).cardinality() };
  },

  GetPercentiles({ aggregationField, percents = DEFAULT_PERCENTS, ...request }, { index }) {
    if (aggregationField === undefined) throw invalidRequest('Percentiles need an aggregationField');
    const wrong = percents.find((percent) => percent < 0 || percent > 100);
    if (wrong !== undefined) throw invalidRequest(`The percent ${wrong} is not between 0 and 100`);
    return { percentiles: index.aggregate(request, aggregationField).percentiles(percents) };
  },

  GetBucketsAggregation({ aggregationField, bucketsAggregationType, ...request }, { index }) {
    const maxBuckets = bucketsAggregationType.termsAggregation?.maxBuckets ?? DEFAULT_BUCKETS;
    const { totalCount, buckets } = index.aggregate(request, aggregationField).buckets(maxBuckets);
    return { totalCount, buckets: buckets.map((bucket) => ({ ...bucket })) };
  },
} satisfies OperationGroup<Registry>;

/** What is counted when no field is named; every document has a name. */
function nameField(indexName: string | undefined): string {
  return indexName === 'AWS_ThingGroups' ? 'thingGroupName' : 'thingName';
}

const DEFAULT_PERCENTS: readonly number[] = [1, 5, 25, 50, 75, 95, 99];
const DEFAULT_BUCKETS = 10;

/** What an index is of, in one word; AWS names combinations of sources the same way. */
function schemaOf(name: string, { configurations }: Registry['index']): string {
  if (name === 'AWS_ThingGroups') return 'THING_GROUPS';
  const { thingIndexingMode, thingConnectivityIndexingMode, namedShadowIndexingMode } =
    configurations.get().thingIndexingConfiguration;
  if (namedShadowIndexingMode === 'ON') return 'MULTI_INDEXING_MODE';
  return thingConnectivityIndexingMode === 'STATUS'
    ? `${thingIndexingMode}_AND_CONNECTIVITY_STATUS`
    : thingIndexingMode;
}
