import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { AlarmPlace } from '../alarm/alarm.ts';
import type { AlarmBook } from '../alarm/book.ts';
import { cloudWatchError } from '../errors.ts';
import type { MetricStore } from '../metric-store.ts';

/** What every operation works with. */
export interface CloudWatchContext {
  readonly metrics: MetricStore;
  readonly book: AlarmBook;
  readonly clock: Clock;
  readonly place: AlarmPlace;
}

/** A parameter that AWS has and that cannot be followed here: it is refused by name. */
export const notServed = (what: string) => z.never({ error: `${what} are not served here` }).optional();

export const dimensionList = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .max(30, 'there are at most 30')
  .default([]);

/** Values by name. */
export function dimensionsOf(
  list: readonly { readonly Name: string; readonly Value: string }[],
): Record<string, string> {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

/** As the API lists them. */
export function dimensionEntries(
  dimensions: Readonly<Record<string, string>>,
): { readonly Name: string; readonly Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** A page of a list, and the token that leads to the next one: where this one ends. */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  keyOf: (item: Item) => string,
): { readonly page: readonly Item[]; readonly NextToken?: string } {
  if (items.length <= size) return { page: items };
  const page = items.slice(0, size);
  const last = page.at(-1);
  return last === undefined ? { page } : { page, NextToken: writeToken(keyOf(last)) };
}

const TOKEN_MARK = 'cw1:';

export function writeToken(key: string): string {
  return Buffer.from(TOKEN_MARK + key).toString('base64url');
}

/** Where the page before ended; undefined for the first one. @throws AwsApiError InvalidNextToken */
export function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith(TOKEN_MARK)) return text.slice(TOKEN_MARK.length);
  throw cloudWatchError('InvalidNextToken', 'The NextToken is none that this API has given.');
}
