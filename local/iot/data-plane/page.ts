import { AwsApiError } from '../../errors.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextToken: string | null;
}

/**
 * One page of a list that is in the order of its keys. The token is the last key of the page, so that what
 * comes and goes between two calls moves nothing else.
 *
 * @throws AwsApiError 400 InvalidRequestException for a page size or a token that cannot be
 */
export function page<Item>(
  list: readonly Item[],
  keyOf: (item: Item) => string,
  query: URLSearchParams,
  largest: number,
): Page<Item> {
  const size = readSize(query.get('maxResults'), largest);
  const token = query.get('nextToken');
  const after = token === null ? undefined : Buffer.from(token, 'base64url').toString();
  const rest = after === undefined ? list : list.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const hasMore = rest.length > items.length && last !== undefined;
  return { items, nextToken: hasMore ? Buffer.from(keyOf(last)).toString('base64url') : null };
}

function readSize(text: string | null, largest: number): number {
  if (text === null) return largest;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= largest) return size;
  const message = `maxResults ${text} is not a number from 1 to ${largest}.`;
  throw new AwsApiError(400, 'InvalidRequestException', message);
}
