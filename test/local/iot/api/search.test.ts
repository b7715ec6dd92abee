import {
  CreateThingCommand,
  DescribeIndexCommand,
  GetBucketsAggregationCommand,
  GetCardinalityCommand,
  GetIndexingConfigurationCommand,
  GetPercentilesCommand,
  GetStatisticsCommand,
  ListIndicesCommand,
  SearchIndexCommand,
  UpdateIndexingConfigurationCommand,
  type IoTClient,
  type ThingIndexingConfiguration,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const index = (thingIndexingConfiguration: ThingIndexingConfiguration) =>
  client.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration }));

test('An index is there from its configuration on, and not before.', async () => {
  const search = () => client.send(new SearchIndexCommand({ queryString: '*' }));
  const missing = { name: 'ResourceNotFoundException', message: expect.stringContaining('AWS_Things') };
  await expect(search()).rejects.toMatchObject(missing);
  expect((await client.send(new ListIndicesCommand({}))).indexNames).toEqual([]);
  expect(await client.send(new GetIndexingConfigurationCommand({}))).toMatchObject({
    thingIndexingConfiguration: { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF' },
    thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF' },
  });
  await client.send(
    new UpdateIndexingConfigurationCommand({
      thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
      thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'ON' },
    }),
  );
  expect((await search()).things).toEqual([]);
  expect((await client.send(new ListIndicesCommand({}))).indexNames).toEqual([
    'AWS_ThingGroups',
    'AWS_Things',
  ]);
  expect(await client.send(new DescribeIndexCommand({ indexName: 'AWS_Things' }))).toMatchObject({
    indexStatus: 'ACTIVE',
    schema: 'REGISTRY_AND_CONNECTIVITY_STATUS',
  });
  await index({ thingIndexingMode: 'OFF' });
  await expect(search()).rejects.toMatchObject(missing);
});

test('A search answers with whole documents, page by page.', async () => {
  await index({ thingIndexingMode: 'REGISTRY_AND_SHADOW', thingConnectivityIndexingMode: 'STATUS' });
  for (const thingName of ['a', 'b', 'c']) {
    await client.send(
      new CreateThingCommand({ thingName, attributePayload: { attributes: { room: 'hall' } } }),
    );
  }
  plane.registry.indexShadow('a', undefined, { reported: { on: true }, version: 3 });
  plane.registry.indexConnectivity('a', { connected: true, timestamp: 5 });
  const queryString = 'attributes.room:hall';
  const first = await client.send(new SearchIndexCommand({ queryString, maxResults: 2 }));
  expect(first.things).toEqual([
    {
      thingName: 'a',
      thingId: expect.any(String),
      attributes: { room: 'hall' },
      shadow: '{"reported":{"on":true},"version":3,"hasDelta":false}',
      connectivity: { connected: true, timestamp: 5 },
    },
    {
      thingName: 'b',
      thingId: expect.any(String),
      attributes: { room: 'hall' },
      connectivity: { connected: false },
    },
  ]);
  const { nextToken } = first;
  const second = await client.send(new SearchIndexCommand({ queryString, maxResults: 2, nextToken }));
  expect(second.things).toMatchObject([{ thingName: 'c' }]);
  expect(second.nextToken).toBeUndefined();
});

test.each([
  [{ queryString: 'attributes.room:' }, 'InvalidQueryException'],
  [{ queryString: 'weather:good' }, 'InvalidQueryException'],
  [{ queryString: '*', queryVersion: '2099-01-01' }, 'InvalidRequestException'],
  [{ queryString: '*', indexName: 'AWS_Weather' }, 'ResourceNotFoundException'],
  [{ queryString: '*', nextToken: 'x' }, 'InvalidRequestException'],
  [{ queryString: '*', maxResults: 501 }, 'InvalidRequestException'],
])('The search %j is refused as %s.', async (input, name) => {
  await index({ thingIndexingMode: 'REGISTRY' });
  await expect(client.send(new SearchIndexCommand(input))).rejects.toMatchObject({ name });
});

test.each([
  [
    'a field without a name',
    { thingIndexingMode: 'REGISTRY' as const, customFields: [{ type: 'Number' as const }] },
    'InvalidRequestException',
  ],
  [
    'violations',
    { thingIndexingMode: 'REGISTRY' as const, deviceDefenderIndexingMode: 'VIOLATIONS' as const },
    'UnsupportedOperationException',
  ],
  [
    'places',
    { thingIndexingMode: 'REGISTRY' as const, filter: { geoLocations: [{ name: 'x' }] } },
    'UnsupportedOperationException',
  ],
])('A configuration with %s is refused.', async (_what, configuration, name) => {
  await expect(index(configuration)).rejects.toMatchObject({ name });
  expect((await client.send(new ListIndicesCommand({}))).indexNames).toEqual([]);
});

test('What is found is counted: numbers, values, percentiles and buckets.', async () => {
  await index({ thingIndexingMode: 'REGISTRY' });
  const things = [
    ['a', '1', 'red'],
    ['b', '2', 'red'],
    ['c', '3', 'Green'],
    ['d', '10', 'red'],
    ['e', 'none', 'green'],
  ] as const;
  for (const [thingName, watt, colour] of things) {
    await client.send(
      new CreateThingCommand({ thingName, attributePayload: { attributes: { watt, colour } } }),
    );
  }
  const queryString = 'NOT thingName:d';
  const statistics = async (aggregationField?: string) =>
    (await client.send(new GetStatisticsCommand({ queryString, aggregationField }))).statistics;
  expect(await statistics('attributes.watt')).toEqual({
    count: 3,
    average: 2,
    sum: 6,
    minimum: 1,
    maximum: 3,
    sumOfSquares: 14,
    variance: expect.closeTo(2 / 3),
    stdDeviation: expect.closeTo(Math.sqrt(2 / 3)),
  });
  expect(await statistics('attributes.colour')).toEqual({ count: 4 });
  expect(await statistics()).toEqual({ count: 4 });
  expect(await statistics('attributes.none')).toEqual({ count: 0 });
  await expect(statistics('weather')).rejects.toMatchObject({ name: 'InvalidAggregationException' });

  const aggregationField = 'attributes.colour';
  const { cardinality } = await client.send(new GetCardinalityCommand({ queryString, aggregationField }));
  expect(cardinality).toBe(2);
  const buckets = new GetBucketsAggregationCommand({
    queryString: '*',
    aggregationField,
    bucketsAggregationType: { termsAggregation: { maxBuckets: 1 } },
  });
  expect(await client.send(buckets)).toMatchObject({
    totalCount: 5,
    buckets: [{ keyValue: 'red', count: 3 }],
  });

  const percentiles = async (percents?: number[], field = 'attributes.watt') => {
    const input = { queryString: '*', aggregationField: field, percents };
    return (await client.send(new GetPercentilesCommand(input))).percentiles;
  };
  expect(await percentiles([0, 50, 100])).toEqual([
    { percent: 0, value: 1 },
    { percent: 50, value: 2.5 },
    { percent: 100, value: 10 },
  ]);
  expect((await percentiles())?.map(({ percent }) => percent)).toEqual([1, 5, 25, 50, 75, 95, 99]);
  expect(await percentiles([50], aggregationField)).toEqual([]);
  await expect(percentiles([101])).rejects.toMatchObject({ name: 'InvalidRequestException' });
});
