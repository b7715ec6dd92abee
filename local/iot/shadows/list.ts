import type { Message } from './document.ts';
import { invalid } from './http-request.ts';
import { isShadowName } from './names.ts';
import type { ShadowStore } from './store.ts';

const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 100;

/**
 * One page of ListNamedShadowsForThing. The classic shadow is not among them, and a thing that does not exist
 * has none.
 *
 * @throws AwsApiError InvalidRequestException for a page size or a token that cannot be
 */
export function listNamedShadows(
  store: ShadowStore,
  thingName: string,
  query: URLSearchParams,
  nowSeconds: number,
): Message {
  const pageSize = readPageSize(query.get('pageSize'));
  const after = readToken(query.get('nextToken'));
  // One more than the page tells whether there is another.
  const found = store.names(thingName, after, pageSize + 1);
  const results = found.slice(0, pageSize);
  const last = results.at(-1);
  const hasMore = found.length > pageSize && last !== undefined;
  return {
    results,
    timestamp: nowSeconds,
    ...(hasMore ? { nextToken: Buffer.from(last).toString('base64url') } : {}),
  };
}

function readPageSize(text: string | null): number {
  if (text === null) return DEFAULT_PAGE_SIZE;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw invalid(`pageSize takes a whole number from 1 to ${MAX_PAGE_SIZE}, not "${text}"`);
}

function readToken(token: string | null): string {
  if (token === null) return '';
  const after = Buffer.from(token, 'base64url').toString();
  if (isShadowName(after)) return after;
  throw invalid(`The nextToken "${token}" is none that was given out here`);
}
