import { invalidRequest } from './errors.ts';

export interface PageRequest {
  readonly nextToken?: string | undefined;
  /** @default the listing's own */
  readonly maxResults?: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Present while there is more. */
  readonly nextToken?: string;
}

export interface Listing<Row> {
  /**
   * What is listed, and with which filter: a token of one listing is refused by another. Anything that changes
   * which rows are listed belongs in here.
   */
  readonly scope: readonly (string | number | boolean | undefined)[];
  readonly defaultResults: number;
  /** Rows in the order of their keys, `limit` at most, those after the key `after` ('' before the first page). */
  readonly read: (after: string, limit: number) => readonly Row[];
  /** The key that the rows are ordered by, unique among them, and never ''. */
  readonly keyOf: (row: Row) => string;
}

/**
 * One page of a listing. A token holds the last key that was given out, so that rows which come or go between two
 * pages neither repeat nor hide others.
 *
 * @throws AwsApiError `InvalidRequestException` for a token that this listing did not give out.
 */
export function readPage<Row>(request: PageRequest, listing: Listing<Row>): Page<Row> {
  const { scope, defaultResults, read, keyOf } = listing;
  const limit = request.maxResults ?? defaultResults;
  const after = request.nextToken === undefined ? '' : decodeToken(request.nextToken, scope);
  const rows = read(after, limit + 1);
  if (rows.length <= limit) return { items: rows };
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return last === undefined ? { items } : { items, nextToken: encodeToken(scope, keyOf(last)) };
}

/** A page with other items. */
export function mapPage<From, To>({ items, nextToken }: Page<From>, map: (item: From) => To): Page<To> {
  return { items: items.map(map), ...(nextToken === undefined ? {} : { nextToken }) };
}

/** The member of an answer that carries the token, or nothing. */
export function tokenOf({ nextToken }: Page<unknown>): { readonly nextToken?: string } {
  return nextToken === undefined ? {} : { nextToken };
}

const MAX_TOKEN_LENGTH = 8192;

/** Opaque to callers, as AWS's is. */
function encodeToken(scope: Listing<unknown>['scope'], key: string): string {
  return Buffer.from(JSON.stringify([scopeText(scope), key])).toString('base64url');
}

function decodeToken(token: string, scope: Listing<unknown>['scope']): string {
  let content: unknown;
  try {
    if (token.length <= MAX_TOKEN_LENGTH) content = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    content = undefined;
  }
  if (Array.isArray(content) && content.length === 2) {
    const [given, key]: unknown[] = content;
    if (given === scopeText(scope) && typeof key === 'string' && key !== '') return key;
  }
  throw invalidRequest('The nextToken is not valid for this request');
}

function scopeText(scope: Listing<unknown>['scope']): string {
  return scope
    .map((part) => (part === undefined ? '-' : `${typeof part}:${encodeURIComponent(String(part))}`))
    .join('/');
}
