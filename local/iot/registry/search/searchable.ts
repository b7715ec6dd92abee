import { iotError } from '../errors.ts';
import type { FieldsOf } from './compile.ts';
import type { IndexingConfiguration } from './configuration.ts';
import { type Match, matchesIn, type Query } from './query.ts';
import type { IndexName, TermIndex } from './term-index.ts';

const THING_FIELDS = ['thingName', 'thingId', 'thingTypeName', 'thingGroupNames'];
const GROUP_FIELDS = ['thingGroupName', 'thingGroupId', 'thingGroupDescription', 'parentGroupNames'];

/**
 * Whether a field is part of an index as it is configured; a text says why it is not.
 *
 * @param field `thingName`, `attributes.<name>`, `shadow.desired.<path>`, `shadow.name.<shadow>.reported.<path>`,
 *   `connectivity.connected`, …
 */
export function fieldProblem(
  index: IndexName,
  field: string,
  configuration: IndexingConfiguration,
): string | undefined {
  if (/^attributes\../.test(field)) return undefined;
  if (index === 'AWS_ThingGroups') {
    return GROUP_FIELDS.includes(field) ? undefined : `there is no such field in ${index}`;
  }
  if (THING_FIELDS.includes(field)) return undefined;
  const things = configuration.thingIndexingConfiguration;
  const name = /^shadow\.name\.([^.]+)\../.exec(field)?.[1];
  if (name !== undefined) {
    const isIndexed =
      things.namedShadowIndexingMode === 'ON' && things.filter?.namedShadowNames?.includes(name) === true;
    return isIndexed ? undefined : `the named shadow ${name} is not indexed`;
  }
  if (/^shadow\.(?:(?:desired|reported|delta|metadata)(?:\.|$)|hasDelta$)/.test(field)) {
    return things.thingIndexingMode === 'REGISTRY_AND_SHADOW' ? undefined : 'shadows are not indexed';
  }
  if (/^connectivity\.(?:connected|timestamp|disconnectReason)$/.test(field)) {
    return things.thingConnectivityIndexingMode === 'STATUS' ? undefined : 'connectivity is not indexed';
  }
  return `there is no such field in ${index}`;
}

/**
 * How a query's fields are found in an index.
 *
 * @throws AwsApiError `InvalidQueryException` for a field that is not part of it.
 */
export function resolveFields(
  terms: TermIndex,
  index: IndexName,
  query: Query,
  configuration: IndexingConfiguration,
): FieldsOf {
  for (const { field } of matchesIn(query)) {
    if (field === undefined) continue;
    const problem = fieldProblem(index, field, configuration);
    if (problem !== undefined) throw iotError('InvalidQueryException', `The field ${field}: ${problem}`);
  }
  const isSearchable = ([name]: readonly [string, number]): boolean =>
    fieldProblem(index, name, configuration) === undefined;
  let all: readonly number[] | undefined;
  return ({ field, test }: Match) => {
    if (field !== undefined) return terms.fieldIds(index, field, test.kind === 'any');
    all ??= [...terms.fields(index)].filter(isSearchable).map(([, id]) => id);
    return all;
  };
}
