import type { RegistryContext } from './context.ts';
import { invalidRequest, iotError } from './errors.ts';
import { mapPage, type Page, type PageRequest, readPage } from './paging.ts';
import type { Thing } from './thing.ts';

export type ThingPrincipalType = 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';

export interface Attachment {
  readonly thingName: string;
  readonly principal: string;
  readonly type: ThingPrincipalType;
}

export interface AttachmentFilter extends PageRequest {
  readonly type?: ThingPrincipalType | undefined;
}

/** Which principals (certificates by ARN, Cognito identities by id) are attached to which things. */
export interface Principals {
  /**
   * @throws AwsApiError `ResourceNotFoundException` for a certificate that is not there; `InvalidRequestException`
   *   when the principal has another thing and one of the two is exclusive.
   */
  attach(thing: Thing, principal: string, type?: ThingPrincipalType): void;
  /** @throws AwsApiError `ResourceNotFoundException` when it is not attached. */
  detach(thing: Thing, principal: string): void;
  /** A principal goes. */
  detachAll(principal: string): void;
  /** The names of the things of a principal, by name. */
  thingsOf(principal: string): string[];
  /** What is attached to a thing, by principal. */
  attachmentsOf(thing: Thing, filter: AttachmentFilter): Page<Attachment>;
  /** What a principal is attached to, by thing. */
  attachmentsTo(principal: string, filter: AttachmentFilter): Page<Attachment>;
  /** How many principals the thing of that row has. */
  countOf(id: number): number;
}

export interface PrincipalsOptions {
  /** Whether a principal is there. @default all are */
  readonly exists?: (principal: string) => boolean;
}

export function createPrincipals(context: RegistryContext, options: PrincipalsOptions = {}): Principals {
  const { database } = context;
  const { exists = () => true } = options;

  return {
    attach(thing, principal, type = 'NON_EXCLUSIVE_THING') {
      if (!exists(principal)) {
        throw iotError('ResourceNotFoundException', `The principal ${principal} does not exist`);
      }
      const isExclusive = type === 'EXCLUSIVE_THING';
      const others = database
        .statement('SELECT is_exclusive FROM thing_principals WHERE principal = ? AND thing <> ?')
        .all(principal, thing.id);
      if (others.length > 0 && (isExclusive || others.some(({ is_exclusive: taken }) => taken === 1))) {
        throw invalidRequest(
          `The principal ${principal} is attached to another thing, and an exclusive thing is a principal's only one`,
        );
      }
      database
        .statement(
          `INSERT INTO thing_principals (thing, principal, is_exclusive) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET is_exclusive = excluded.is_exclusive`,
        )
        .run(thing.id, principal, isExclusive ? 1 : 0);
    },
    detach(thing, principal) {
      const { changes } = database
        .statement('DELETE FROM thing_principals WHERE thing = ? AND principal = ?')
        .run(thing.id, principal);
      if (changes > 0) return;
      throw iotError(
        'ResourceNotFoundException',
        `The principal ${principal} is not attached to the thing ${thing.thingName}`,
      );
    },
    detachAll(principal) {
      database.statement('DELETE FROM thing_principals WHERE principal = ?').run(principal);
    },
    thingsOf: (principal) =>
      database
        .statement(
          'SELECT name FROM thing_principals JOIN things ON id = thing WHERE principal = ? ORDER BY name',
        )
        .all(principal)
        .map(({ name }) => String(name)),
    attachmentsOf: (thing, filter) => {
      const page = readPage(filter, {
        scope: ['ListThingPrincipals', thing.thingId, filter.type],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT principal, is_exclusive FROM thing_principals
               WHERE thing = ?1 AND principal > ?2 AND (?3 IS NULL OR is_exclusive = ?3) ORDER BY principal LIMIT ?4`,
            )
            .all(thing.id, after, exclusiveColumn(filter.type), limit),
        keyOf: ({ principal }) => String(principal),
      });
      return mapPage(page, (row) => ({
        thingName: thing.thingName,
        principal: String(row['principal']),
        type: typeOf(row['is_exclusive']),
      }));
    },
    attachmentsTo: (principal, filter) => {
      const page = readPage(filter, {
        scope: ['ListPrincipalThings', principal, filter.type],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              `SELECT name, is_exclusive FROM thing_principals JOIN things ON id = thing
               WHERE principal = ?1 AND name > ?2 AND (?3 IS NULL OR is_exclusive = ?3) ORDER BY name LIMIT ?4`,
            )
            .all(principal, after, exclusiveColumn(filter.type), limit),
        keyOf: ({ name }) => String(name),
      });
      return mapPage(page, (row) => ({
        thingName: String(row['name']),
        principal,
        type: typeOf(row['is_exclusive']),
      }));
    },
    countOf: (id) =>
      Number(database.statement('SELECT count(*) AS n FROM thing_principals WHERE thing = ?').get(id)?.['n']),
  };
}

function exclusiveColumn(type: ThingPrincipalType | undefined): number | null {
  if (type === undefined) return null;
  return type === 'EXCLUSIVE_THING' ? 1 : 0;
}

function typeOf(isExclusive: unknown): ThingPrincipalType {
  return isExclusive === 1 ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING';
}
