import { type AttributePayload, changeAttributes, requireAttributeCount } from './attributes.ts';
import type { RegistryContext } from './context.ts';
import { type DynamicQueries, type DynamicQuery, isSameQuery } from './dynamic-queries.ts';
import { alreadyExists, invalidRequest, notFound, requireVersion } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { orNull, writeTexts } from './row.ts';
import type { GroupDocuments } from './search/group-documents.ts';
import type { Tag, Tags } from './tags.ts';
import { emitGroup, emitHierarchy, groupArn, type ThingGroup, toThingGroup } from './thing-group.ts';

export interface NewThingGroup {
  readonly thingGroupName: string;
  readonly parentGroupName?: string | undefined;
  readonly description?: string | undefined;
  readonly attributePayload?: AttributePayload | undefined;
  readonly tags: readonly Tag[];
  /** Makes it a dynamic group; it has no parent then. @default a static one */
  readonly query?: DynamicQuery | undefined;
}

export interface ThingGroupChange {
  /** Replaces what is there, also by nothing. */
  readonly description: string | undefined;
  readonly attributePayload?: AttributePayload | undefined;
  readonly expectedVersion?: number | undefined;
}

export interface ThingGroupFilter extends PageRequest {
  readonly parentGroup?: string | undefined;
  readonly namePrefixFilter?: string | undefined;
  /** Groups below groups too. @default true */
  readonly recursive?: boolean | undefined;
}

/** Thing groups of both kinds; the static ones form trees. */
export interface ThingGroups {
  /**
   * Makes a group. The same call again answers with the group that is there.
   *
   * @throws AwsApiError `ResourceAlreadyExistsException`, `ResourceNotFoundException` for the parent,
   *   `InvalidRequestException` when the tree would be too deep or too broad.
   */
  create(group: NewThingGroup): ThingGroup;
  find(name: string): ThingGroup | undefined;
  byId(id: number): ThingGroup | undefined;
  /** What makes a thing a member of a dynamic group; undefined for a static one. */
  queryOf(group: ThingGroup): DynamicQuery | undefined;
  /** @throws AwsApiError `ResourceNotFoundException` */
  require(name: string): ThingGroup;
  /** From the root to the parent. */
  ancestors(group: ThingGroup): ThingGroup[];
  /** @throws AwsApiError `VersionConflictException`, `ResourceNotFoundException`, `InvalidRequestException` */
  update(name: string, change: ThingGroupChange): ThingGroup;
  /**
   * Deletes a group, as also one that is not there.
   *
   * @throws AwsApiError `VersionConflictException`; `InvalidRequestException` while there are groups below it.
   */
  remove(name: string, expectedVersion: number | undefined): void;
  list(filter: ThingGroupFilter): Page<ThingGroup>;
}

export function createThingGroups(
  context: RegistryContext,
  parts: {
    readonly tags: Tags;
    readonly documents: GroupDocuments;
    readonly queries: DynamicQueries;
    /** Takes every thing out of a group that goes. */
    readonly removeMembers: (group: ThingGroup) => void;
  },
): ThingGroups {
  const { database, clock, newId, limits, arns } = context;
  const { tags, documents, queries, removeMembers } = parts;

  const find: ThingGroups['find'] = (name) => {
    const row = database.statement('SELECT * FROM thing_groups WHERE name = ?').get(name);
    return row === undefined ? undefined : toThingGroup(row);
  };
  const byId: ThingGroups['byId'] = (id) => {
    const row = database.statement('SELECT * FROM thing_groups WHERE id = ?').get(id);
    return row === undefined ? undefined : toThingGroup(row);
  };
  const require: ThingGroups['require'] = (name) => {
    const group = find(name);
    if (group === undefined) throw notFound('Thing group', name);
    return group;
  };
  const ancestors: ThingGroups['ancestors'] = (group) => {
    const found: ThingGroup[] = [];
    let { parentId } = group;
    // A tree is made from its root and is never turned round: this ends.
    while (parentId !== undefined) {
      const parent = byId(parentId);
      if (parent === undefined) break;
      found.unshift(parent);
      ({ parentId } = parent);
    }
    return found;
  };

  return {
    find,
    byId,
    require,
    ancestors,
    queryOf: ({ id }) => queries.of(id),

    create({ thingGroupName, parentGroupName, description, attributePayload, tags: given, query }) {
      const attributes = changeAttributes({}, attributePayload);
      requireAttributeCount(attributes, limits.groupAttributes, 'a thing group');
      const parent = parentGroupName === undefined ? undefined : require(parentGroupName);
      if (parent !== undefined && queries.of(parent.id) !== undefined) {
        throw invalidRequest(`The dynamic thing group ${parent.thingGroupName} cannot have child groups`);
      }
      const there = find(thingGroupName);
      if (there !== undefined) {
        const isSame =
          there.parentId === parent?.id &&
          there.description === description &&
          isSameQuery(queries.of(there.id), query) &&
          writeTexts(there.attributes) === writeTexts(attributes);
        if (isSame) return there;
        throw alreadyExists('Thing group', thingGroupName, {
          resourceId: there.thingGroupId,
          resourceArn: groupArn(arns, thingGroupName),
        });
      }
      const path = parent === undefined ? [] : [...ancestors(parent), parent];
      if (parent !== undefined) requireRoom(parent, path.length + 1);
      const group = database.transaction(() => {
        const thingGroupId = newId();
        const createdAt = clock.now();
        const { lastInsertRowid } = database
          .statement(
            `INSERT INTO thing_groups (name, group_id, parent_id, description, attributes, created_at, version)
             VALUES (?, ?, ?, ?, ?, ?, 1)`,
          )
          .run(
            thingGroupName,
            thingGroupId,
            orNull(parent?.id),
            orNull(description),
            writeTexts(attributes),
            createdAt,
          );
        const id = Number(lastInsertRowid);
        const parentId = parent?.id;
        const created = {
          id,
          thingGroupName,
          thingGroupId,
          parentId,
          description,
          attributes,
          createdAt,
          version: 1,
        };
        if (query !== undefined) queries.put(id, query);
        documents.put(undefined, created, path);
        tags.set(groupArn(arns, thingGroupName), given);
        return created;
      });
      emitGroup(context, group, path, 'CREATED');
      if (parent !== undefined) emitHierarchy(context, parent, group, 'ADDED');
      return group;
    },

    update(name, { description, attributePayload, expectedVersion }) {
      const before = require(name);
      requireVersion(`thing group ${name}`, before.version, expectedVersion);
      const attributes = changeAttributes(before.attributes, attributePayload);
      requireAttributeCount(attributes, limits.groupAttributes, 'a thing group');
      const after = { ...before, description, attributes, version: before.version + 1 };
      const path = ancestors(after);
      database.transaction(() => {
        database
          .statement('UPDATE thing_groups SET description = ?, attributes = ?, version = ? WHERE id = ?')
          .run(orNull(description), writeTexts(attributes), after.version, after.id);
        documents.put(before, after, path);
      });
      emitGroup(context, after, path, 'UPDATED');
      return after;
    },

    remove(name, expectedVersion) {
      const group = find(name);
      if (group === undefined) return;
      requireVersion(`thing group ${name}`, group.version, expectedVersion);
      if (countChildren(group) > 0) {
        throw invalidRequest(
          `Cannot delete thing group : ${name} when there are still child groups attached to it`,
        );
      }
      const path = ancestors(group);
      database.transaction(() => {
        removeMembers(group);
        queries.remove(group.id);
        documents.remove(group, path);
        database.statement('DELETE FROM thing_groups WHERE id = ?').run(group.id);
        tags.remove(groupArn(arns, name));
      });
      emitGroup(context, group, path, 'DELETED');
      const parent = path.at(-1);
      if (parent !== undefined) emitHierarchy(context, parent, group, 'REMOVED');
    },

    list(filter) {
      const { parentGroup, namePrefixFilter = '', recursive = true } = filter;
      const parentId = parentGroup === undefined ? null : require(parentGroup).id;
      const condition = recursive
        ? `(?2 IS NULL OR id IN (
             WITH RECURSIVE below (id) AS (
               SELECT id FROM thing_groups WHERE parent_id = ?2
               UNION ALL SELECT child.id FROM thing_groups AS child JOIN below ON child.parent_id = below.id
             ) SELECT id FROM below))`
        : 'parent_id IS ?2';
      return readPage(filter, {
        scope: ['ListThingGroups', parentGroup, namePrefixFilter, recursive],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT * FROM thing_groups WHERE name > ?1 AND ${condition} AND substr(name, 1, length(?3)) = ?3
               ORDER BY name LIMIT ?4`,
            )
            .all(after, parentId, namePrefixFilter, limit)
            .map(toThingGroup),
        keyOf: ({ thingGroupName }) => thingGroupName,
      });
    },
  };

  function countChildren({ id }: ThingGroup): number {
    return Number(
      database.statement('SELECT count(*) AS n FROM thing_groups WHERE parent_id = ?').get(id)?.['n'],
    );
  }

  function requireRoom(parent: ThingGroup, depth: number): void {
    if (depth > limits.groupDepth) {
      throw invalidRequest(`A hierarchy of thing groups has at most ${limits.groupDepth} levels`);
    }
    if (countChildren(parent) >= limits.childGroups) {
      throw invalidRequest(
        `The thing group ${parent.thingGroupName} has ${limits.childGroups} child groups, as many as it may`,
      );
    }
  }
}
