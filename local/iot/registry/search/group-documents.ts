import type { ThingGroup } from '../thing-group.ts';
import { attributeTerms, type Term, textTerms } from './terms.ts';
import type { TermIndex } from './term-index.ts';

/** Keeps the documents of thing groups in the index. `ancestors` lead from the root to the parent. */
export interface GroupDocuments {
  /** `before` is undefined for a new group. */
  put(before: ThingGroup | undefined, after: ThingGroup, ancestors: readonly ThingGroup[]): void;
  remove(group: ThingGroup, ancestors: readonly ThingGroup[]): void;
}

export function createGroupDocuments(index: TermIndex): GroupDocuments {
  return {
    put(before, after, ancestors) {
      const gone = before === undefined ? [] : groupTerms(before, ancestors);
      index.replace('AWS_ThingGroups', after.id, gone, groupTerms(after, ancestors));
    },
    remove(group, ancestors) {
      index.replace('AWS_ThingGroups', group.id, groupTerms(group, ancestors), []);
    },
  };
}

function groupTerms(group: ThingGroup, ancestors: readonly ThingGroup[]): Term[] {
  const { thingGroupName, thingGroupId, description, attributes } = group;
  return [
    ...textTerms('thingGroupName', thingGroupName),
    ...textTerms('thingGroupId', thingGroupId),
    ...(description === undefined ? [] : textTerms('thingGroupDescription', description)),
    ...ancestors.flatMap((ancestor) => textTerms('parentGroupNames', ancestor.thingGroupName)),
    ...attributeTerms(attributes),
  ];
}
