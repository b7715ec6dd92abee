import type { Registry } from './registry.ts';
import type { ThingLookup } from './security-context.ts';

/** A thing is in few groups (limits.ts): they are one page. */
const ALL = { maxResults: 1000 };

/** What certificates and policies ask of the registry's things and groups. */
export function createThingLookup(
  registry: Pick<Registry, 'things' | 'thingGroups' | 'memberships' | 'principals'>,
): ThingLookup {
  const { things, thingGroups, memberships, principals } = registry;
  return {
    thingsOf: (principalArn) => principals.thingsOf(principalArn),
    groupChain(thingGroupName) {
      const group = thingGroups.find(thingGroupName);
      if (group === undefined) return undefined;
      return [group, ...thingGroups.ancestors(group).toReversed()].map((one) => one.thingGroupName);
    },
    isDynamicGroup(thingGroupName) {
      const group = thingGroups.find(thingGroupName);
      return group !== undefined && thingGroups.queryOf(group) !== undefined;
    },
    // Only static groups: policies are not attached to others.
    groupsOf(thingName) {
      const thing = things.find(thingName);
      if (thing === undefined) return undefined;
      return memberships.groupsOf(thing, ALL).items.map((group) => group.thingGroupName);
    },
    describe(thingName) {
      const thing = things.find(thingName);
      if (thing === undefined) return undefined;
      const { thingTypeName, attributes } = thing;
      return { attributes, ...(thingTypeName === undefined ? {} : { thingTypeName }) };
    },
  };
}
