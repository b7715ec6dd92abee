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

/** @throws AwsApiError for a parent that is not there, or another one than the group has */
export function ensureThingGroup(
  { thingGroups }: Registry,
  wanted: CreatedThingGroup,
  isUnchanged: boolean,
): void {
  const { name, parentGroupName, description, attributes } = wanted;
  const there = thingGroups.find(name);
  if (there === undefined) {
    const group = { thingGroupName: name, parentGroupName, description, attributePayload: { attributes } };
    thingGroups.create({ ...group, tags: [] });
    return;
  }
  const parent = thingGroups.ancestors(there).at(-1)?.thingGroupName;
  if (parent !== parentGroupName) {
    throw invalidRequest(
      `The parent of thing group ${name} cannot be changed from ${parent ?? 'none'} to ${parentGroupName ?? 'none'}`,
    );
  }
  if (!isUnchanged) thingGroups.update(name, { description, attributePayload: { attributes } });
}

/** @throws AwsApiError for attributes that AWS does not take */
export function ensureThing({ things }: Registry, wanted: CreatedThing, isUnchanged: boolean): void {
  const { name, attributes } = wanted;
  if (things.find(name) === undefined) things.create({ thingName: name, attributePayload: { attributes } });
  else if (!isUnchanged) things.update(name, { attributePayload: { attributes } });
}
