import { AwsApiError } from '../../errors.ts';
import type { RegistryContext } from './context.ts';
import type { DynamicQueries, DynamicQuery } from './dynamic-queries.ts';
import { invalidRequest, iotError } from './errors.ts';
import type { Memberships } from './memberships.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { type FleetIndex, type Matcher, QUERY_VERSION } from './search/fleet-index.ts';
import type { Thing } from './thing.ts';
import type { NewThingGroup, ThingGroupChange, ThingGroups } from './thing-groups.ts';
import type { ThingGroup } from './thing-group.ts';

/** A query as callers give it. */
export interface GivenQuery {
  readonly queryString: string;
  /** @default AWS_Things, the only index that may be */
  readonly indexName?: string | undefined;
  /** @default 2017-09-30 */
  readonly queryVersion?: string | undefined;
}

/** What is not given stays as it is. */
export type QueryChange = { readonly [Part in keyof GivenQuery]?: GivenQuery[Part] | undefined };

/**
 * Dynamic thing groups: their members are the things that match a query now. Nothing is kept of who they are, so
 * that a group is never behind its index; no membership events are sent either. Where the index that a group asks
 * is off, or leaves a field of the query out by now, the group is empty.
 *
 * A dynamic group is in no hierarchy and no policy is attached to it (AWS IoT Developer Guide, Dynamic thing
 * groups). A thing may match any number of them: they are not counted among the groups that it may be in.
 */
export interface DynamicGroups {
  /**
   * Makes a group. The same call again answers with the group that is there.
   *
   * @throws AwsApiError `InvalidQueryException`, `ResourceNotFoundException` while the index is off,
   *   `InvalidRequestException` for another index or version, `ResourceAlreadyExistsException`,
   *   `LimitExceededException`.
   */
  create(group: Omit<NewThingGroup, 'parentGroupName' | 'query'>, query: GivenQuery): DynamicGroup;
  /** @throws AwsApiError as `create`; `VersionConflictException`; `InvalidRequestException` for a static group. */
  update(name: string, change: ThingGroupChange, query: QueryChange): ThingGroup;
  /**
   * Deletes a group, as also one that is not there.
   *
   * @throws AwsApiError `VersionConflictException`; `InvalidRequestException` for a static group.
   */
  remove(name: string, expectedVersion: number | undefined): void;
  /** The names of the things that match, by when they were made; undefined for a static group. */
  thingsIn(group: ThingGroup, request: PageRequest): Page<string> | undefined;
  /** The groups of both kinds that a thing is in directly, by name. */
  groupsOf(thing: Thing, request: PageRequest): Page<ThingGroup>;
}

export type DynamicGroup = ThingGroup & { readonly query: DynamicQuery };

/** A thing is in few static groups (limits.ts): they are one page. */
const ALL = { maxResults: 1000 };

export function createDynamicGroups(
  { database, limits }: RegistryContext,
  parts: {
    readonly queries: DynamicQueries;
    readonly groups: ThingGroups;
    readonly memberships: Memberships;
    readonly index: FleetIndex;
  },
): DynamicGroups {
  const { queries, groups, memberships, index } = parts;

  /** A query with nothing left to be guessed, which its index can answer. */
  function check({ queryString, indexName, queryVersion }: GivenQuery): DynamicQuery {
    const query = {
      queryString,
      indexName: indexName ?? 'AWS_Things',
      queryVersion: queryVersion ?? QUERY_VERSION,
    };
    if (query.indexName !== 'AWS_Things') {
      throw invalidRequest(`A dynamic thing group asks the index AWS_Things, not ${query.indexName}`);
    }
    index.matcher(query);
    return query;
  }

  function matcherOf(query: DynamicQuery): Matcher | undefined {
    try {
      return index.matcher(query);
    } catch (thrown) {
      // The query was good when it was given: what it asks is not indexed any more.
      if (thrown instanceof AwsApiError) return undefined;
      throw thrown;
    }
  }

  function requireDynamic(name: string, group: ThingGroup): DynamicQuery {
    const query = queries.of(group.id);
    if (query === undefined) throw invalidRequest(`Thing group ${name} is not a dynamic thing group`);
    return query;
  }

  return {
    create(group, given) {
      const query = check(given);
      const isNew = groups.find(group.thingGroupName) === undefined;
      if (isNew && queries.all().length >= limits.dynamicGroups) {
        throw iotError(
          'LimitExceededException',
          `There are ${limits.dynamicGroups} dynamic thing groups, as many as there may be`,
        );
      }
      return { ...groups.create({ ...group, query }), query };
    },
    update(name, change, given) {
      const group = groups.require(name);
      const there = requireDynamic(name, group);
      const query = check({
        queryString: given.queryString ?? there.queryString,
        indexName: given.indexName ?? there.indexName,
        queryVersion: given.queryVersion ?? there.queryVersion,
      });
      return database.transaction(() => {
        queries.put(group.id, query);
        return groups.update(name, change);
      });
    },
    remove(name, expectedVersion) {
      const group = groups.find(name);
      if (group === undefined) return;
      requireDynamic(name, group);
      groups.remove(name, expectedVersion);
    },
    thingsIn(group, request) {
      const query = queries.of(group.id);
      if (query === undefined) return undefined;
      const matcher = matcherOf(query);
      const nameOf = (id: number) => database.statement('SELECT name FROM things WHERE id = ?').get(id);
      const page = readPage(request, {
        scope: ['ListThingsInThingGroup', group.thingGroupId, query.queryString],
        defaultResults: 25,
        read: (after, limit) => matcher?.find({ after: Number(after), limit }) ?? [],
        keyOf: String,
      });
      const items = page.items.map((id) => String(nameOf(id)?.['name']));
      return { items, ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
    },
    groupsOf(thing, request) {
      return readPage(request, {
        scope: ['ListThingGroupsForThing', thing.thingId],
        defaultResults: 25,
        read(after, limit) {
          const dynamic = queries
            .all()
            .filter(({ query }) => matcherOf(query)?.has(thing.id) === true)
            .map(({ groupId }) => groups.byId(groupId))
            .filter((group) => group !== undefined);
          return [...memberships.groupsOf(thing, ALL).items, ...dynamic]
            .filter(({ thingGroupName }) => thingGroupName > after)
            .sort((a, b) => (a.thingGroupName < b.thingGroupName ? -1 : 1))
            .slice(0, limit);
        },
        keyOf: ({ thingGroupName }) => thingGroupName,
      });
    },
  };
}
