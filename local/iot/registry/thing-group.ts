import type { Arns } from './arns.ts';
import type { Attributes } from './attributes.ts';
import type { RegistryContext } from './context.ts';
import { numberOrUndefined, readTexts, type Row, textOrUndefined } from './row.ts';

/** A thing group as the registry keeps it. */
export interface ThingGroup {
  /** Of the row, and of its document in the search index. */
  readonly id: number;
  readonly thingGroupName: string;
  /** A UUID. */
  readonly thingGroupId: string;
  /** The row of the group that it is below; undefined for a root. */
  readonly parentId: number | undefined;
  readonly description: string | undefined;
  readonly attributes: Attributes;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly version: number;
}

export function toThingGroup(row: Row): ThingGroup {
  return {
    id: Number(row['id']),
    thingGroupName: String(row['name']),
    thingGroupId: String(row['group_id']),
    parentId: numberOrUndefined(row['parent_id']),
    description: textOrUndefined(row['description']),
    attributes: readTexts(row['attributes']),
    createdAt: Number(row['created_at']),
    version: Number(row['version']),
  };
}

export function groupArn(arns: Arns, thingGroupName: string): string {
  return arns.of('thinggroup', thingGroupName);
}

/** Tells of a group that came, changed or went. `ancestors` lead from the root to the parent. */
export function emitGroup(
  { events, arns, accountId }: RegistryContext,
  group: ThingGroup,
  ancestors: readonly ThingGroup[],
  operation: 'CREATED' | 'UPDATED' | 'DELETED',
): void {
  const { thingGroupName, thingGroupId, version, description, attributes } = group;
  events.emit('THING_GROUP', `thingGroup/${thingGroupName}/${operation.toLowerCase()}`, () => ({
    eventType: 'THING_GROUP_EVENT',
    operation,
    accountId,
    thingGroupId,
    thingGroupName,
    versionNumber: version,
    parentGroupName: ancestors.at(-1)?.thingGroupName ?? null,
    parentGroupId: ancestors.at(-1)?.thingGroupId ?? null,
    description: description ?? null,
    rootToParentThingGroups: ancestors.map((ancestor) => ({
      groupArn: groupArn(arns, ancestor.thingGroupName),
      groupId: ancestor.thingGroupId,
    })),
    attributes,
    dynamicGroupMappingId: null,
  }));
}

/** Tells that a group was put below another, or is there no more. */
export function emitHierarchy(
  { events, accountId }: RegistryContext,
  parent: ThingGroup,
  child: ThingGroup,
  operation: 'ADDED' | 'REMOVED',
): void {
  const topic = `thingGroupHierarchy/thingGroup/${parent.thingGroupName}/childThingGroup/${child.thingGroupName}`;
  events.emit('THING_GROUP_HIERARCHY', `${topic}/${operation.toLowerCase()}`, () => ({
    eventType: 'THING_GROUP_HIERARCHY_EVENT',
    operation,
    accountId,
    thingGroupId: parent.thingGroupId,
    thingGroupName: parent.thingGroupName,
    childGroupId: child.thingGroupId,
    childGroupName: child.thingGroupName,
  }));
}
