import { type AttributePayload, changeAttributes, requireAttributeCount } from './attributes.ts';
import type { BillingGroups } from './billing-groups.ts';
import type { RegistryContext } from './context.ts';
import { alreadyExists, invalidRequest, notFound, requireVersion } from './errors.ts';
import type { Memberships } from './memberships.ts';
import type { Principals } from './principals.ts';
import { orNull, writeTexts } from './row.ts';
import type { ThingDocuments } from './search/thing-documents.ts';
import { type Thing, thingArn, thingEvent, toThing } from './thing.ts';
import type { ThingTypes } from './thing-types.ts';

export interface ThingsParts {
  readonly types: ThingTypes;
  readonly billingGroups: BillingGroups;
  readonly memberships: Memberships;
  readonly principals: Principals;
  readonly documents: ThingDocuments;
}

export interface NewThing {
  readonly thingName: string;
  readonly thingTypeName?: string | undefined;
  readonly billingGroupName?: string | undefined;
  readonly attributePayload?: AttributePayload | undefined;
}

export interface ThingChange {
  readonly thingTypeName?: string | undefined;
  readonly removeThingType?: boolean | undefined;
  readonly attributePayload?: AttributePayload | undefined;
  readonly expectedVersion?: number | undefined;
}

/** The things of the registry. */
export interface Things {
  /**
   * Makes a thing. The same call again answers with the thing that is there.
   *
   * @throws AwsApiError `ResourceAlreadyExistsException` when that one is different, `ResourceNotFoundException`
   *   for a type or a billing group that is not there, `InvalidRequestException`.
   */
  create(thing: NewThing): Thing;
  find(thingName: string): Thing | undefined;
  /** @throws AwsApiError `ResourceNotFoundException` */
  require(thingName: string): Thing;
  /** @throws AwsApiError `VersionConflictException`, `ResourceNotFoundException`, `InvalidRequestException` */
  update(thingName: string, change: ThingChange): Thing;
  /**
   * Deletes a thing, as also one that is not there.
   *
   * @throws AwsApiError `VersionConflictException`; `InvalidRequestException` while a principal is attached.
   */
  remove(thingName: string, expectedVersion?: number): void;
}

export function createThings(context: RegistryContext, parts: ThingsParts): Things {
  const { database, events, newId, limits, arns, accountId } = context;
  const { types, billingGroups, memberships, principals, documents } = parts;

  const find: Things['find'] = (thingName) => {
    const row = database.statement('SELECT * FROM things WHERE name = ?').get(thingName);
    return row === undefined ? undefined : toThing(row);
  };
  const require: Things['require'] = (thingName) => {
    const thing = find(thingName);
    if (thing === undefined) throw notFound('Thing', thingName);
    return thing;
  };

  function checkAttributes({ attributes, thingTypeName }: Pick<Thing, 'attributes' | 'thingTypeName'>): void {
    if (thingTypeName === undefined) {
      requireAttributeCount(attributes, limits.attributesWithoutType, 'a thing without a thing type');
    } else {
      requireAttributeCount(attributes, limits.attributesWithType, 'a thing');
    }
  }

  function emitAssociation(
    { thingId, thingName }: Thing,
    thingTypeName: string,
    operation: 'ADDED' | 'REMOVED',
  ): void {
    const topic = `thingTypeAssociation/thing/${thingName}/thingType/${thingTypeName}/${operation.toLowerCase()}`;
    events.emit('THING_TYPE_ASSOCIATION', topic, () => ({
      eventType: 'THING_TYPE_ASSOCIATION_EVENT',
      operation,
      accountId,
      thingId,
      thingName,
      thingTypeName,
    }));
  }

  return {
    find,
    require,

    create({ thingName, thingTypeName, billingGroupName, attributePayload }) {
      const attributes = changeAttributes({}, attributePayload);
      const there = find(thingName);
      if (there !== undefined) {
        const isSame =
          there.thingTypeName === thingTypeName &&
          there.billingGroupName === billingGroupName &&
          writeTexts(there.attributes) === writeTexts(attributes);
        if (isSame) return there;
        throw alreadyExists('Thing', thingName, {
          resourceId: there.thingId,
          resourceArn: thingArn(arns, thingName),
        });
      }
      if (thingTypeName !== undefined) types.requireUsable(thingTypeName);
      if (billingGroupName !== undefined) billingGroups.require(billingGroupName);
      checkAttributes({ attributes, thingTypeName });
      const thingId = newId();
      const thing = database.transaction(() => {
        const { lastInsertRowid } = database
          .statement(
            'INSERT INTO things (name, thing_id, type_name, billing_group, attributes, version) VALUES (?, ?, ?, ?, ?, 1)',
          )
          .run(thingName, thingId, orNull(thingTypeName), orNull(billingGroupName), writeTexts(attributes));
        const id = Number(lastInsertRowid);
        const created: Thing = {
          id,
          thingName,
          thingId,
          thingTypeName,
          billingGroupName,
          attributes,
          version: 1,
        };
        documents.putThing(undefined, created);
        return created;
      });
      events.emit('THING', `thing/${thingName}/created`, () => thingEvent(thing, 'CREATED', accountId));
      if (thingTypeName !== undefined) emitAssociation(thing, thingTypeName, 'ADDED');
      return thing;
    },

    update(thingName, { thingTypeName, removeThingType = false, attributePayload, expectedVersion }) {
      if (removeThingType && thingTypeName !== undefined) {
        throw invalidRequest('removeThingType and thingTypeName cannot both be given');
      }
      const before = require(thingName);
      requireVersion(`thing ${thingName}`, before.version, expectedVersion);
      if (thingTypeName !== undefined && thingTypeName !== before.thingTypeName)
        types.requireUsable(thingTypeName);
      const after: Thing = {
        ...before,
        thingTypeName: removeThingType ? undefined : (thingTypeName ?? before.thingTypeName),
        attributes: changeAttributes(before.attributes, attributePayload),
        version: before.version + 1,
      };
      checkAttributes(after);
      database.transaction(() => {
        database
          .statement('UPDATE things SET type_name = ?, attributes = ?, version = ? WHERE id = ?')
          .run(orNull(after.thingTypeName), writeTexts(after.attributes), after.version, after.id);
        documents.putThing(before, after);
      });
      events.emit('THING', `thing/${thingName}/updated`, () => thingEvent(after, 'UPDATED', accountId));
      if (after.thingTypeName !== before.thingTypeName) {
        if (before.thingTypeName !== undefined) emitAssociation(after, before.thingTypeName, 'REMOVED');
        if (after.thingTypeName !== undefined) emitAssociation(after, after.thingTypeName, 'ADDED');
      }
      return after;
    },

    remove(thingName, expectedVersion) {
      const thing = find(thingName);
      if (thing === undefined) return;
      requireVersion(`thing ${thingName}`, thing.version, expectedVersion);
      if (principals.countOf(thing.id) > 0) {
        throw invalidRequest(
          `Thing ${thingName} cannot be deleted while it is still attached to one or more principals`,
        );
      }
      database.transaction(() => {
        // The index reads the memberships to forget them.
        documents.removeThing(thing);
        memberships.removeThing(thing);
        database.statement('DELETE FROM things WHERE id = ?').run(thing.id);
      });
      events.emit('THING', `thing/${thingName}/deleted`, () => thingEvent(thing, 'DELETED', accountId));
    },
  };
}
