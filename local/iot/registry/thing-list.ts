import type { RegistryDatabase } from './database.ts';
import { invalidRequest } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { normaliseText } from './search/terms.ts';
import type { TermIndex } from './search/term-index.ts';
import { type Thing, toThing } from './thing.ts';

export interface ThingFilter extends PageRequest {
  readonly thingTypeName?: string | undefined;
  readonly attributeName?: string | undefined;
  readonly attributeValue?: string | undefined;
  /** Things whose attribute begins with the value. @default false */
  readonly usePrefixAttributeValue?: boolean | undefined;
}

const DEFAULT_RESULTS = 25;

/**
 * ListThings: by name; things that have an attribute by when they were made.
 *
 * @throws AwsApiError `InvalidRequestException` for an attribute's value without its name, or a foreign token.
 */
export function listThings(database: RegistryDatabase, index: TermIndex, filter: ThingFilter): Page<Thing> {
  const { thingTypeName, attributeName, attributeValue, usePrefixAttributeValue = false } = filter;
  const scope = ['ListThings', thingTypeName, attributeName, attributeValue, usePrefixAttributeValue];
  if (attributeName === undefined) {
    if (attributeValue !== undefined) throw invalidRequest('attributeValue needs an attributeName');
    return readPage(filter, {
      scope,
      defaultResults: DEFAULT_RESULTS,
      read: (after, limit) =>
        thingTypeName === undefined
          ? database
              .statement('SELECT * FROM things WHERE name > ? ORDER BY name LIMIT ?')
              .all(after, limit)
              .map(toThing)
          : database
              .statement('SELECT * FROM things WHERE type_name = ? AND name > ? ORDER BY name LIMIT ?')
              .all(thingTypeName, after, limit)
              .map(toThing),
      keyOf: ({ thingName }) => thingName,
    });
  }

  const [field] = index.fieldIds('AWS_Things', `attributes.${attributeName}`);
  return readPage(filter, {
    scope,
    defaultResults: DEFAULT_RESULTS,
    read: (after, limit) => (field === undefined ? [] : readByAttribute(Number(after), limit, field)),
    keyOf: ({ id }) => String(id),
  });

  function readByAttribute(after: number, limit: number, field: number): Thing[] {
    const text = attributeValue === undefined ? '' : normaliseText(attributeValue);
    const isExact = attributeValue !== undefined && !usePrefixAttributeValue;
    // Terms are in lower case and a listing is exact: what the index finds is compared once more.
    const path = `$."${attributeName ?? ''}"`;
    const condition = isExact
      ? 'json_extract(things.attributes, ?4) = ?5'
      : 'substr(json_extract(things.attributes, ?4), 1, length(?5)) = ?5';
    const range = isExact ? 'value = ?1' : 'value >= ?1 AND value < ?1 || char(1114111)';
    return database
      .statement(
        `SELECT things.* FROM search_terms JOIN things ON things.id = document
         WHERE field = ?2 AND ${range} AND document > ?3 AND ${condition} AND (?6 IS NULL OR type_name = ?6)
         ORDER BY document LIMIT ?7`,
      )
      .all(text, field, after, path, attributeValue ?? '', thingTypeName ?? null, limit)
      .map(toThing);
  }
}
