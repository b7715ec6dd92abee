import type { RegistryContext } from './context.ts';
import { alreadyExists, notFound, requireVersion, iotError } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { orNull, type Row, textOrUndefined } from './row.ts';
import type { Tag, Tags } from './tags.ts';
import type { Thing } from './thing.ts';

export interface BillingGroup {
  readonly billingGroupName: string;
  readonly billingGroupId: string;
  readonly description: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly version: number;
}

/** Billing groups: a thing is in one at most. */
export interface BillingGroups {
  /** @throws AwsApiError `ResourceAlreadyExistsException` when another one has the name. */
  create(name: string, description: string | undefined, tags: readonly Tag[]): BillingGroup;
  find(name: string): BillingGroup | undefined;
  /** @throws AwsApiError `ResourceNotFoundException` */
  require(name: string): BillingGroup;
  /** @throws AwsApiError `VersionConflictException`, `ResourceNotFoundException` */
  update(name: string, description: string | undefined, expectedVersion: number | undefined): BillingGroup;
  /** Deletes a group, as also one that is not there; its things stay without one. */
  remove(name: string, expectedVersion: number | undefined): void;
  list(request: PageRequest & { readonly namePrefixFilter?: string | undefined }): Page<BillingGroup>;
  /** The names of the things in a group. */
  things(name: string, request: PageRequest): Page<string>;
  /** Puts a thing into a group, or out of the one that it is in. */
  assign(thing: Thing, name: string | undefined): void;
}

export function createBillingGroups(context: RegistryContext, tags: Tags): BillingGroups {
  const { database, clock, newId, arns, limits } = context;

  const find: BillingGroups['find'] = (name) => {
    const row = database.statement('SELECT * FROM billing_groups WHERE name = ?').get(name);
    return row === undefined ? undefined : toBillingGroup(row);
  };
  const require: BillingGroups['require'] = (name) => {
    const group = find(name);
    if (group === undefined) throw notFound('Billing group', name);
    return group;
  };

  return {
    find,
    require,
    create(name, description, given) {
      const there = find(name);
      const resourceArn = arns.of('billinggroup', name);
      if (there !== undefined) {
        if (there.description === description) return there;
        throw alreadyExists('Billing group', name, { resourceId: there.billingGroupId, resourceArn });
      }
      const count = Number(database.statement('SELECT count(*) AS n FROM billing_groups').get()?.['n']);
      if (count >= limits.billingGroups) {
        throw iotError(
          'LimitExceededException',
          `There are ${count} billing groups, as many as there may be`,
        );
      }
      const group: BillingGroup = {
        billingGroupName: name,
        billingGroupId: newId(),
        description,
        createdAt: clock.now(),
        version: 1,
      };
      database.transaction(() => {
        database
          .statement(
            'INSERT INTO billing_groups (name, group_id, description, created_at, version) VALUES (?, ?, ?, ?, 1)',
          )
          .run(name, group.billingGroupId, orNull(description), group.createdAt);
        tags.set(resourceArn, given);
      });
      return group;
    },
    update(name, description, expectedVersion) {
      const before = require(name);
      requireVersion(`billing group ${name}`, before.version, expectedVersion);
      const after = { ...before, description, version: before.version + 1 };
      database
        .statement('UPDATE billing_groups SET description = ?, version = ? WHERE name = ?')
        .run(orNull(description), after.version, name);
      return after;
    },
    remove(name, expectedVersion) {
      const group = find(name);
      if (group === undefined) return;
      requireVersion(`billing group ${name}`, group.version, expectedVersion);
      database.transaction(() => {
        database.statement('UPDATE things SET billing_group = NULL WHERE billing_group = ?').run(name);
        database.statement('DELETE FROM billing_groups WHERE name = ?').run(name);
        tags.remove(arns.of('billinggroup', name));
      });
    },
    list: (request) =>
      readPage(request, {
        scope: ['ListBillingGroups', request.namePrefixFilter],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT * FROM billing_groups WHERE name > ?1 AND substr(name, 1, length(?2)) = ?2 ORDER BY name LIMIT ?3`,
            )
            .all(after, request.namePrefixFilter ?? '', limit)
            .map(toBillingGroup),
        keyOf: ({ billingGroupName }) => billingGroupName,
      }),
    things(name, request) {
      require(name);
      return readPage(request, {
        scope: ['ListThingsInBillingGroup', name],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement('SELECT name FROM things WHERE billing_group = ? AND name > ? ORDER BY name LIMIT ?')
            .all(name, after, limit)
            .map((row) => String(row['name'])),
        keyOf: (thingName) => thingName,
      });
    },
    assign(thing, name) {
      if (name !== undefined) require(name);
      database.statement('UPDATE things SET billing_group = ? WHERE id = ?').run(orNull(name), thing.id);
    },
  };
}

function toBillingGroup(row: Row): BillingGroup {
  return {
    billingGroupName: String(row['name']),
    billingGroupId: String(row['group_id']),
    description: textOrUndefined(row['description']),
    createdAt: Number(row['created_at']),
    version: Number(row['version']),
  };
}
