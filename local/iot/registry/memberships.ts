import type { RegistryContext } from './context.ts';
import type { DynamicQueries } from './dynamic-queries.ts';
import { invalidRequest } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import type { ThingDocuments } from './search/thing-documents.ts';
import { type Thing, thingArn } from './thing.ts';
import { groupArn, type ThingGroup, toThingGroup } from './thing-group.ts';

/** Which things are in which static groups. */
export interface Memberships {
  /** Puts a thing into a group. @throws AwsApiError `InvalidRequestException` when it is in too many, or dynamic. */
  add(thing: Thing, group: ThingGroup): void;
  /** Takes a thing out of a group, in which it need not be. @throws as `add` for a dynamic group */
  remove(thing: Thing, group: ThingGroup): void;
  /** The groups that a thing is in directly, by name. */
  groupsOf(thing: Thing, request: PageRequest): Page<ThingGroup>;
  /** The names of the things in a group, and below it where `recursive`, by when they were made. */
  thingsIn(group: ThingGroup, recursive: boolean, request: PageRequest): Page<string>;
  /** A thing goes. */
  removeThing(thing: Thing): void;
  /** A group goes. */
  removeGroup(group: ThingGroup): void;
}

export function createMemberships(
  context: RegistryContext,
  documents: ThingDocuments,
  queries: DynamicQueries,
): Memberships {
  const { database, events, limits, arns, accountId } = context;

  function emit(thing: Thing, group: ThingGroup, operation: 'ADDED' | 'REMOVED'): void {
    const topic = `thingGroupMembership/thingGroup/${group.thingGroupName}/thing/${thing.thingName}`;
    events.emit('THING_GROUP_MEMBERSHIP', `${topic}/${operation.toLowerCase()}`, () => ({
      eventType: 'THING_GROUP_MEMBERSHIP_EVENT',
      operation,
      accountId,
      groupArn: groupArn(arns, group.thingGroupName),
      groupId: group.thingGroupId,
      thingArn: thingArn(arns, thing.thingName),
      thingId: thing.thingId,
      membershipId: `${group.thingGroupId}:${thing.thingId}`,
    }));
  }

  function requireStatic({ id, thingGroupName }: ThingGroup): void {
    if (queries.of(id) === undefined) return;
    throw invalidRequest(
      `Things cannot be added to or removed from the dynamic thing group ${thingGroupName}: its query says who is in it`,
    );
  }

  return {
    add(thing, group) {
      requireStatic(group);
      const isNew = database.transaction(() => {
        const { changes } = database
          .statement('INSERT OR IGNORE INTO group_members (thing, thing_group) VALUES (?, ?)')
          .run(thing.id, group.id);
        if (changes === 0) return false;
        const row = database
          .statement('SELECT count(*) AS n FROM group_members WHERE thing = ?')
          .get(thing.id);
        if (Number(row?.['n']) > limits.groupsPerThing) {
          throw invalidRequest(
            `A thing is in at most ${limits.groupsPerThing} thing groups: ${thing.thingName}`,
          );
        }
        documents.joinGroup(thing.id, group.thingGroupName);
        return true;
      });
      if (isNew) emit(thing, group, 'ADDED');
    },
    remove(thing, group) {
      requireStatic(group);
      const isGone = database.transaction(() => {
        const { changes } = database
          .statement('DELETE FROM group_members WHERE thing = ? AND thing_group = ?')
          .run(thing.id, group.id);
        if (changes > 0) documents.leaveGroup(thing.id, group.thingGroupName);
        return changes > 0;
      });
      if (isGone) emit(thing, group, 'REMOVED');
    },
    groupsOf: (thing, request) =>
      readPage(request, {
        scope: ['ListThingGroupsForThing', thing.thingId],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT thing_groups.* FROM group_members JOIN thing_groups ON id = thing_group
               WHERE thing = ? AND name > ? ORDER BY name LIMIT ?`,
            )
            .all(thing.id, after, limit)
            .map(toThingGroup),
        keyOf: ({ thingGroupName }) => thingGroupName,
      }),
    thingsIn: (group, recursive, request) => {
      const direct = `SELECT thing FROM group_members WHERE thing_group = ?1 AND thing > ?2 ORDER BY thing LIMIT ?3`;
      const below = `
        WITH RECURSIVE below (id) AS (
          VALUES (?1) UNION ALL SELECT child.id FROM thing_groups AS child JOIN below ON child.parent_id = below.id
        )
        SELECT DISTINCT thing FROM group_members WHERE thing_group IN below AND thing > ?2 ORDER BY thing LIMIT ?3`;
      const page = readPage(request, {
        scope: ['ListThingsInThingGroup', group.thingGroupId, recursive],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT things.id, name FROM (${recursive ? below : direct}) JOIN things ON things.id = thing ORDER BY thing`,
            )
            .all(group.id, Number(after), limit),
        keyOf: ({ id }) => String(id),
      });
      const names = page.items.map(({ name }) => String(name));
      return { items: names, ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
    },
    removeThing({ id }) {
      database.statement('DELETE FROM group_members WHERE thing = ?').run(id);
    },
    removeGroup({ id, thingGroupName }) {
      const members = database.statement('SELECT thing FROM group_members WHERE thing_group = ?').all(id);
      for (const { thing } of members) documents.leaveGroup(Number(thing), thingGroupName);
      database.statement('DELETE FROM group_members WHERE thing_group = ?').run(id);
    },
  };
}
