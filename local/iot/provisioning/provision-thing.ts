import { invalidRequest } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';
import type { Thing } from '../registry/thing.ts';
import type { RenderedThing } from './render.ts';
import type { Override } from './template.ts';

/** More groups than a thing may be in. */
const ALL_GROUPS = { maxResults: 1_000 };

/**
 * Makes a thing, or brings the one that is there to what its override settings say.
 *
 * @throws AwsApiError `InvalidRequestException` where a setting is FAIL; what the registry refuses
 */
export function provisionThing(registry: Registry, wanted: RenderedThing): Thing {
  const { thingName, attributes, thingTypeName, billingGroupName, thingGroupNames = [] } = wanted;
  const before = registry.things.find(thingName);
  if (before !== undefined) return overrideThing(registry, before, wanted);
  const created = registry.things.create({
    thingName,
    thingTypeName,
    billingGroupName,
    attributePayload: { attributes: attributes ?? {} },
  });
  for (const name of thingGroupNames) registry.memberships.add(created, registry.thingGroups.require(name));
  return created;
}

function overrideThing(registry: Registry, before: Thing, wanted: RenderedThing): Thing {
  const { thingName, attributes, thingTypeName, billingGroupName, thingGroupNames, overrides } = wanted;
  const acts = (property: string, isGiven: boolean, override: Override): boolean => {
    if (isGiven && override === 'FAIL') {
      throw invalidRequest(
        `The thing ${thingName} is there already, and its ${property} is not to be overridden`,
      );
    }
    return isGiven && override !== 'DO_NOTHING';
  };
  const setsAttributes = acts('AttributePayload', attributes !== undefined, overrides.attributes);
  const setsType = acts('ThingTypeName', thingTypeName !== undefined, overrides.thingType);
  const setsGroups = acts('ThingGroups', thingGroupNames !== undefined, overrides.thingGroups);
  const setsBilling = acts('BillingGroup', billingGroupName !== undefined, overrides.billingGroup);
  if (setsAttributes || setsType) {
    registry.things.update(thingName, {
      ...(setsType ? { thingTypeName } : {}),
      ...(setsAttributes
        ? { attributePayload: { attributes, merge: overrides.attributes === 'MERGE' } }
        : {}),
    });
  }
  if (setsBilling) registry.billingGroups.assign(before, billingGroupName);
  if (setsGroups) setGroups(registry, before, thingGroupNames ?? [], overrides.thingGroups === 'MERGE');
  return registry.things.require(thingName);
}

function setGroups(registry: Registry, thing: Thing, names: readonly string[], isMerged: boolean): void {
  const { memberships, thingGroups } = registry;
  const wanted = names.map((name) => thingGroups.require(name));
  if (!isMerged) {
    for (const group of memberships.groupsOf(thing, ALL_GROUPS).items) {
      if (!names.includes(group.thingGroupName)) memberships.remove(thing, group);
    }
  }
  for (const group of wanted) memberships.add(thing, group);
}
