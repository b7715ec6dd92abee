import { invalidRequest } from '../iot/registry/errors.ts';
import type { Registry } from '../iot/registry/registry.ts';
import type {
  CreatedThing,
  CreatedThingGroup,
  CreatedThingType,
} from '../template/resource-types/iot-created.ts';

/** @throws AwsApiError for a description or searchable attributes that are not those of the type that is there */
export function ensureThingType(
  { thingTypes }: Registry,
  wanted: CreatedThingType,
  isUnchanged: boolean,
): void {
  const { name, isDeprecated, description, searchableAttributes, mqtt5Configuration } = wanted;
  const properties = { thingTypeDescription: description, searchableAttributes, mqtt5Configuration };
  const there = thingTypes.find(name);
  if (there === undefined) thingTypes.create(name, properties, []);
  else if (isUnchanged) return;
  else {
    if (there.description !== description) {
      throw invalidRequest(`The description of thing type ${name} cannot be changed`);
    }
    thingTypes.update(name, properties);
  }
  if (isDeprecated !== (there?.deprecatedAt !== undefined)) thingTypes.deprecate(name, !isDeprecated);
}

/**
 * What a dynamic group in a template needs and no resource of a template can say: on AWS somebody turns the index on
 * once for the account.
 */
const INDEX_OF_EVERYTHING = {
  thingIndexingConfiguration: {
    thingIndexingMode: 'REGISTRY_AND_SHADOW',
    thingConnectivityIndexingMode: 'STATUS',
  },
} as const;

/**
 * @param indexed told when the index had to be turned on for a dynamic group
 * @throws AwsApiError for a parent that is not there, or another one than the group has; for a query that is none; for
 *   a static group that is to become dynamic, or the other way round
 */
export function ensureThingGroup(
  registry: Registry,
  wanted: CreatedThingGroup,
  isUnchanged: boolean,
  indexed: () => void,
): void {
  const { thingGroups, dynamicGroups, index } = registry;
  const { name, parentGroupName, queryString, description, attributes } = wanted;
  const group = { thingGroupName: name, description, attributePayload: { attributes } };
  const there = thingGroups.find(name);
  if (there === undefined) {
    if (queryString === undefined) {
      thingGroups.create({ ...group, parentGroupName, tags: [] });
      return;
    }
    if (!index.names().includes('AWS_Things')) {
      index.configurations.update(INDEX_OF_EVERYTHING);
      indexed();
    }
    dynamicGroups.create({ ...group, tags: [] }, { queryString });
    return;
  }
  if ((thingGroups.queryOf(there) === undefined) !== (queryString === undefined)) {
    throw invalidRequest(`Thing group ${name} cannot change between static and dynamic`);
  }
  const parent = thingGroups.ancestors(there).at(-1)?.thingGroupName;
  if (parent !== parentGroupName) {
    throw invalidRequest(
      `The parent of thing group ${name} cannot be changed from ${parent ?? 'none'} to ${parentGroupName ?? 'none'}`,
    );
  }
  if (isUnchanged) return;
  const change = { description, attributePayload: { attributes } };
  if (queryString === undefined) thingGroups.update(name, change);
  else dynamicGroups.update(name, change, { queryString });
}

/** @throws AwsApiError for attributes that AWS does not take */
export function ensureThing({ things }: Registry, wanted: CreatedThing, isUnchanged: boolean): void {
  const { name, attributes } = wanted;
  if (things.find(name) === undefined) things.create({ thingName: name, attributePayload: { attributes } });
  else if (!isUnchanged) things.update(name, { attributePayload: { attributes } });
}
