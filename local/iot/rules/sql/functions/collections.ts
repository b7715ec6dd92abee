import { isArray, isObject, member, toInt } from '../conversions.ts';
import { SqlEvaluationError } from '../errors.ts';
import { writeJson } from '../json-writer.ts';
import { ObjectBuilder } from '../key-order.ts';
import { type SqlObject, type SqlValue, toDouble } from '../values.ts';
import type { CallSite, SqlFunction } from './function.ts';

/** Bytes of JSON that transform() may return. Source: the note in its reference. */
const MAX_TRANSFORMED_BYTES = 131_072;

/** Functions of Arrays and Objects. */
export const collectionFunctions: readonly SqlFunction[] = [
  {
    name: 'get',
    signature: 'get(collection, key)',
    minArguments: 2,
    maxArguments: 2,
    evaluate: (_context, [collection, key]) => get(collection, key),
  },
  {
    name: 'transform',
    signature: 'transform(String, Object, Array)',
    minArguments: 3,
    maxArguments: 3,
    sinceVersion: '2016-03-23',
    evaluate: (_context, [mode, attributes, elements], site) => {
      if (mode !== 'enrichArray' || !isObject(attributes) || !isArray(elements)) return undefined;
      return enrich(attributes, elements, site);
    },
  },
];

/** Positions count from 0 and are converted to Int; keys of Objects are not converted. */
function get(collection: SqlValue, key: SqlValue): SqlValue {
  if (isObject(collection)) return typeof key === 'string' ? member(collection, key) : undefined;
  if (!isArray(collection) && typeof collection !== 'string') return undefined;
  const index = toInt(key);
  return index === undefined ? undefined : collection[toDouble(index)];
}

/** Undefined when an element is no Object. @throws SqlEvaluationError VALUE_TOO_LARGE, before anything is built */
function enrich(attributes: SqlObject, elements: readonly SqlValue[], { switches }: CallSite): SqlValue {
  const objects = elements.filter(isObject);
  if (objects.length < elements.length) return undefined;
  checkSize(attributes, objects);
  return objects.map((element) => {
    const enriched = new ObjectBuilder();
    enriched.setAll(element);
    enriched.setAll(attributes);
    if (switches.enrichConflict === 'element') enriched.setAll(element);
    return enriched.build();
  });
}

function checkSize(attributes: SqlObject, elements: readonly SqlObject[]): void {
  const added = Buffer.byteLength(writeJson(attributes)) - 1;
  const bytes = Buffer.byteLength(writeJson(elements)) + added * elements.length;
  if (bytes <= MAX_TRANSFORMED_BYTES) return;
  throw new SqlEvaluationError(
    'VALUE_TOO_LARGE',
    `transform() returns up to ${bytes} bytes of JSON: AWS allows ${MAX_TRANSFORMED_BYTES}`,
  );
}
