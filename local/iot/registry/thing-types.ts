import { z } from 'zod';
import type { RegistryContext } from './context.ts';
import { alreadyExists, iotError, invalidRequest, notFound } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { numberOrUndefined, orNull, readTextList, type Row, textOrUndefined } from './row.ts';
import type { Tag, Tags } from './tags.ts';

/** What a thing sends of itself to rules, under which names. */
const propagatingAttribute = z.object({
  userPropertyKey: z.string().optional(),
  thingAttribute: z.string().optional(),
  connectionAttribute: z.string().optional(),
});
const mqtt5Configuration = z.object({ propagatingAttributes: z.array(propagatingAttribute).optional() });

export type Mqtt5Configuration = z.infer<typeof mqtt5Configuration>;

export interface ThingType {
  readonly thingTypeName: string;
  readonly thingTypeId: string;
  readonly description: string | undefined;
  readonly searchableAttributes: readonly string[];
  readonly mqtt5Configuration: Mqtt5Configuration | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Undefined for a type that things may take. */
  readonly deprecatedAt: number | undefined;
}

export interface ThingTypeProperties {
  readonly thingTypeDescription?: string | undefined;
  readonly searchableAttributes?: readonly string[] | undefined;
  readonly mqtt5Configuration?: unknown;
}

/** The types of things. */
export interface ThingTypes {
  /** @throws AwsApiError `ResourceAlreadyExistsException` when another one has the name. */
  create(name: string, properties: ThingTypeProperties | undefined, tags: readonly Tag[]): ThingType;
  find(name: string): ThingType | undefined;
  /** @throws AwsApiError `ResourceNotFoundException` */
  require(name: string): ThingType;
  /** A type that things may take. @throws AwsApiError also `InvalidRequestException` for a deprecated one. */
  requireUsable(name: string): ThingType;
  /**
   * Changes what things send of themselves.
   *
   * @throws AwsApiError `InvalidRequestException` for another description or other searchable attributes, which
   *   stay as they were made.
   */
  update(name: string, properties: ThingTypeProperties | undefined): ThingType;
  deprecate(name: string, undo: boolean): void;
  /** @throws AwsApiError `InvalidRequestException` unless it is deprecated for a while and no thing has it. */
  remove(name: string): void;
  list(request: PageRequest & { readonly thingTypeName?: string | undefined }): Page<ThingType>;
}

export function createThingTypes(context: RegistryContext, tags: Tags): ThingTypes {
  const { database, clock, newId, arns, limits } = context;

  const find: ThingTypes['find'] = (name) => {
    const row = database.statement('SELECT * FROM thing_types WHERE name = ?').get(name);
    return row === undefined ? undefined : toThingType(row);
  };
  const require: ThingTypes['require'] = (name) => {
    const type = find(name);
    if (type === undefined) throw notFound('Thing type', name);
    return type;
  };
  const emit = (type: ThingType, operation: 'CREATED' | 'UPDATED' | 'DELETED'): void =>
    emitThingType(context, type, operation);

  return {
    find,
    require,
    requireUsable(name) {
      const type = require(name);
      if (type.deprecatedAt === undefined) return type;
      throw invalidRequest(`Can not associate deprecated thing type: ${name}`);
    },
    create(name, properties, given) {
      const {
        thingTypeDescription: description,
        searchableAttributes,
        mqtt5Configuration,
      } = read(properties);
      const wanted = JSON.stringify([description, searchableAttributes, mqtt5Configuration]);
      const there = find(name);
      const resourceArn = arns.of('thingtype', name);
      if (there !== undefined) {
        const found = [there.description, there.searchableAttributes, there.mqtt5Configuration];
        if (JSON.stringify(found) === wanted) return there;
        throw alreadyExists('Thing type', name, { resourceId: there.thingTypeId, resourceArn });
      }
      const count = Number(database.statement('SELECT count(*) AS n FROM thing_types').get()?.['n']);
      if (count >= limits.thingTypes) {
        throw iotError('LimitExceededException', `There are ${count} thing types, as many as there may be`);
      }
      const type: ThingType = {
        thingTypeName: name,
        thingTypeId: newId(),
        description,
        searchableAttributes,
        mqtt5Configuration,
        createdAt: clock.now(),
        deprecatedAt: undefined,
      };
      database.transaction(() => {
        database
          .statement(
            `INSERT INTO thing_types (name, type_id, description, searchable_attributes, mqtt5_configuration, created_at)
             VALUES (?, ?, ?, ?, ?, ?)`,
          )
          .run(name, type.thingTypeId, orNull(description), ...columns(type), type.createdAt);
        tags.set(resourceArn, given);
      });
      emit(type, 'CREATED');
      return type;
    },
    update(name, properties = {}) {
      const before = require(name);
      const {
        thingTypeDescription = before.description,
        searchableAttributes = before.searchableAttributes,
      } = properties;
      const isFixed =
        thingTypeDescription === before.description &&
        JSON.stringify(searchableAttributes) === JSON.stringify(before.searchableAttributes);
      if (!isFixed) {
        throw invalidRequest(
          `The description and the searchable attributes of thing type ${name} cannot be changed`,
        );
      }
      const configuration = read(properties).mqtt5Configuration ?? before.mqtt5Configuration;
      const after = { ...before, mqtt5Configuration: configuration };
      database
        .statement('UPDATE thing_types SET searchable_attributes = ?, mqtt5_configuration = ? WHERE name = ?')
        .run(...columns(after), name);
      emit(after, 'UPDATED');
      return after;
    },
    deprecate(name, undo) {
      const before = require(name);
      const deprecatedAt = undo ? undefined : (before.deprecatedAt ?? clock.now());
      database
        .statement('UPDATE thing_types SET deprecated_at = ? WHERE name = ?')
        .run(orNull(deprecatedAt), name);
      emit({ ...before, deprecatedAt }, 'UPDATED');
    },
    remove(name) {
      const type = require(name);
      const minutes = limits.thingTypeDeletionMinutes;
      if (type.deprecatedAt === undefined || clock.now() < type.deprecatedAt + minutes * 60_000) {
        throw invalidRequest(
          `Cannot delete thing type: ${name}. Please wait for ${minutes} minutes after deprecation and then retry`,
        );
      }
      if (database.statement('SELECT 1 FROM things WHERE type_name = ? LIMIT 1').get(name) !== undefined) {
        throw invalidRequest(`Cannot delete thing type: ${name}. There are still things associated with it`);
      }
      database.transaction(() => {
        database.statement('DELETE FROM thing_types WHERE name = ?').run(name);
        tags.remove(arns.of('thingtype', name));
      });
      emit(type, 'DELETED');
    },
    list: (request) =>
      readPage(request, {
        scope: ['ListThingTypes', request.thingTypeName],
        defaultResults: 25,
        read: (after, limit) =>
          database
            .statement(
              'SELECT * FROM thing_types WHERE name > ?1 AND (?2 IS NULL OR name = ?2) ORDER BY name LIMIT ?3',
            )
            .all(after, orNull(request.thingTypeName), limit)
            .map(toThingType),
        keyOf: ({ thingTypeName }) => thingTypeName,
      }),
  };

  function read(properties: ThingTypeProperties = {}) {
    const { thingTypeDescription, searchableAttributes = [] } = properties;
    if (searchableAttributes.length > limits.searchableAttributes) {
      throw invalidRequest(`A thing type has at most ${limits.searchableAttributes} searchable attributes`);
    }
    const configuration = mqtt5Configuration.optional().parse(properties.mqtt5Configuration);
    return {
      thingTypeDescription,
      searchableAttributes: [...searchableAttributes],
      mqtt5Configuration: configuration,
    };
  }
}

function columns({
  searchableAttributes,
  mqtt5Configuration: configuration,
}: ThingType): [string, string | null] {
  return [
    JSON.stringify(searchableAttributes),
    configuration === undefined ? null : JSON.stringify(configuration),
  ];
}

function toThingType(row: Row): ThingType {
  const configuration = row['mqtt5_configuration'];
  return {
    thingTypeName: String(row['name']),
    thingTypeId: String(row['type_id']),
    description: textOrUndefined(row['description']),
    searchableAttributes: readTextList(row['searchable_attributes']),
    mqtt5Configuration:
      typeof configuration === 'string' ? mqtt5Configuration.parse(JSON.parse(configuration)) : undefined,
    createdAt: Number(row['created_at']),
    deprecatedAt: numberOrUndefined(row['deprecated_at']),
  };
}

function emitThingType(
  { events, accountId }: RegistryContext,
  type: ThingType,
  operation: 'CREATED' | 'UPDATED' | 'DELETED',
): void {
  const { thingTypeName, thingTypeId, deprecatedAt, searchableAttributes, description } = type;
  events.emit('THING_TYPE', `thingType/${thingTypeName}/${operation.toLowerCase()}`, () => ({
    eventType: 'THING_TYPE_EVENT',
    operation,
    accountId,
    thingTypeId,
    thingTypeName,
    isDeprecated: deprecatedAt !== undefined,
    deprecationDate: deprecatedAt ?? null,
    searchableAttributes,
    propagatingAttributes: type.mqtt5Configuration?.propagatingAttributes ?? [],
    description: description ?? null,
  }));
}
