import type { RegistryContext } from './context.ts';
import type { TableSet } from './database.ts';
import { alreadyExists, iotError, notFound } from './errors.ts';
import type { Row } from './row.ts';
import type { Tag, Tags } from './tags.ts';

export const roleAliasTables: TableSet = {
  name: 'role-aliases',
  version: 1,
  schema: `
    CREATE TABLE role_aliases (
      name TEXT PRIMARY KEY,
      role_arn TEXT NOT NULL,
      duration_seconds INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};

/** A name under which devices ask for a role's credentials. Times are milliseconds since the epoch. */
export interface RoleAlias {
  readonly roleAlias: string;
  readonly roleArn: string;
  /** How long credentials are good for: 900 to 43200. */
  readonly credentialDurationSeconds: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** AWS's, when the caller does not say (API, CreateRoleAlias). */
const DEFAULT_DURATION_SECONDS = 3600;

type Kept = RegistryContext & { readonly tags: Tags };

/** @throws AwsApiError `ResourceAlreadyExistsException`, `LimitExceededException` */
export function createRoleAlias(
  context: Kept,
  {
    roleAlias,
    roleArn,
    credentialDurationSeconds = DEFAULT_DURATION_SECONDS,
    tags,
  }: {
    readonly roleAlias: string;
    readonly roleArn: string;
    readonly credentialDurationSeconds: number | undefined;
    readonly tags: readonly Tag[];
  },
): void {
  const { database, arns, clock, limits } = context;
  const resourceArn = arns.of('rolealias', roleAlias);
  if (findRoleAlias(context, roleAlias) !== undefined) {
    throw alreadyExists('Role alias', roleAlias, { resourceId: roleAlias, resourceArn });
  }
  if (listRoleAliases(context).length >= limits.roleAliases) {
    throw iotError(
      'LimitExceededException',
      `There are ${limits.roleAliases} role aliases, as many as there may be`,
    );
  }
  database.transaction(() => {
    database
      .statement(
        `INSERT INTO role_aliases (name, role_arn, duration_seconds, created_at, modified_at)
         VALUES (?1, ?2, ?3, ?4, ?4)`,
      )
      .run(roleAlias, roleArn, credentialDurationSeconds, clock.now());
    context.tags.set(resourceArn, tags);
  });
}

export function findRoleAlias({ database }: RegistryContext, name: string): RoleAlias | undefined {
  const row = database.statement('SELECT * FROM role_aliases WHERE name = ?').get(name);
  return row === undefined ? undefined : toRoleAlias(row);
}

/** @throws AwsApiError `ResourceNotFoundException` */
export function requireRoleAlias(context: RegistryContext, name: string): RoleAlias {
  const found = findRoleAlias(context, name);
  if (found === undefined) throw notFound('Role alias', name);
  return found;
}

/** What is not given stays as it is. @throws AwsApiError `ResourceNotFoundException` */
export function updateRoleAlias(
  context: RegistryContext,
  name: string,
  change: {
    readonly roleArn: string | undefined;
    readonly credentialDurationSeconds: number | undefined;
  },
): void {
  const before = requireRoleAlias(context, name);
  context.database
    .statement('UPDATE role_aliases SET role_arn = ?, duration_seconds = ?, modified_at = ? WHERE name = ?')
    .run(
      change.roleArn ?? before.roleArn,
      change.credentialDurationSeconds ?? before.credentialDurationSeconds,
      context.clock.now(),
      name,
    );
}

/** @throws AwsApiError `ResourceNotFoundException` */
export function deleteRoleAlias(context: Kept, name: string): void {
  requireRoleAlias(context, name);
  context.database.transaction(() => {
    context.database.statement('DELETE FROM role_aliases WHERE name = ?').run(name);
    context.tags.remove(context.arns.of('rolealias', name));
  });
}

/** All of them, by name: the limit keeps them few. */
export function listRoleAliases({ database }: RegistryContext): RoleAlias[] {
  return database.statement('SELECT * FROM role_aliases ORDER BY name').all().map(toRoleAlias);
}

function toRoleAlias(row: Row): RoleAlias {
  return {
    roleAlias: String(row['name']),
    roleArn: String(row['role_arn']),
    credentialDurationSeconds: Number(row['duration_seconds']),
    createdAtMs: Number(row['created_at']),
    modifiedAtMs: Number(row['modified_at']),
  };
}
