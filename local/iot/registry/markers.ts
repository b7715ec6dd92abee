import type { SeqPage } from './certificates-store.ts';
import { readPage, type Listing } from './paging.ts';

/** Certificates, CAs and policies list so many when the caller does not say (API, ListCertificates). */
const DEFAULT_PAGE_SIZE = 25;

/** The older way of AWS IoT to page: `marker` and `pageSize` in, `nextMarker` out. */
export interface MarkerRequest {
  readonly marker?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly ascendingOrder?: boolean | undefined;
}

export interface MarkerPage<Item> {
  readonly items: readonly Item[];
  /** The member of the answer that carries the marker, or nothing. */
  readonly next: { readonly nextMarker?: string };
}

/**
 * One page of a list that is kept by `seq`, the newest first unless the caller asks for `ascendingOrder`.
 *
 * @throws AwsApiError InvalidRequestException for a marker that this list did not give out
 */
export function readMarkerPage<Row extends { readonly seq: number }>(
  request: MarkerRequest,
  scope: Listing<Row>['scope'],
  read: (page: SeqPage) => readonly Row[],
): MarkerPage<Row> {
  const { ascendingOrder: ascending = false } = request;
  return readMarkers(request, {
    scope: [...scope, ascending],
    read: (after, limit) => read({ after: after === '' ? undefined : Number(after), limit, ascending }),
    keyOf: ({ seq }) => String(seq),
  });
}

/** One page of a list that is there as a whole, in its own order. `keyOf` is unique in it. */
export function readMarkerPageOf<Item>(
  request: MarkerRequest,
  scope: Listing<Item>['scope'],
  all: readonly Item[],
  keyOf: (item: Item) => string,
): MarkerPage<Item> {
  return readMarkers(request, {
    scope,
    keyOf,
    read(after, limit) {
      const start = after === '' ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
      return all.slice(start, start + limit);
    },
  });
}

function readMarkers<Row>(
  request: MarkerRequest,
  listing: Omit<Listing<Row>, 'defaultResults'>,
): MarkerPage<Row> {
  const { items, nextToken } = readPage(
    {
      maxResults: request.pageSize,
      // Markers are base64 by AWS's pattern, and the tokens of pages are base64url.
      nextToken: request.marker?.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    },
    { ...listing, defaultResults: DEFAULT_PAGE_SIZE },
  );
  if (nextToken === undefined) return { items, next: {} };
  return { items, next: { nextMarker: nextToken.replaceAll('-', '+').replaceAll('_', '/') } };
}
