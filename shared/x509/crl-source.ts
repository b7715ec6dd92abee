import { errorText } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import { readCrl, type Crl } from './crl.ts';
import { RevocationUnavailableError, X509Error } from './errors.ts';
import { fetchBytes, type Fetch, type FetchedBytes } from './fetch-bytes.ts';
import { keepNewest } from '../keep-newest.ts';

/** Reads an object of S3, or answers without bytes when the caller has it already. */
export type ReadObject = (
  bucket: string,
  key: string,
  request: { readonly ifNoneMatch: string | undefined; readonly maxBytes: number },
) => Promise<FetchedBytes>;

export interface CrlSourceOptions {
  readonly fetch: Fetch;
  /** Reads `s3://bucket/key`. @default such addresses cannot be read */
  readonly readObject?: ReadObject;
  readonly now: () => number;
  /** A list is asked for again after this. @default 5 minutes */
  readonly refreshMs?: number;
  /** @default 16 MiB: about 400,000 entries */
  readonly maxBytes?: number;
  /** @default 4 s */
  readonly timeoutMs?: number;
  /** Told of a refresh that failed while the list in hand is still good. @default nobody */
  readonly onRefreshFailed?: (address: string, error: unknown) => void;
}

/** Revocation lists, each fetched when it is first needed, kept, and refreshed by its ETag. */
export interface CrlSource {
  /**
   * The current list of `ca` at the first of `addresses` (http, https, s3) that has one.
   *
   * @throws RevocationUnavailableError CRL_UNREACHABLE, CRL_UNUSABLE, CRL_STALE
   */
  read(addresses: readonly string[], ca: Certificate): Promise<Crl>;
}

interface Kept {
  readonly crl: Crl;
  readonly etag: string | undefined;
  readonly readAtMs: number;
}

/** Lists that a container keeps; at 100,000 entries each this is about 100 MB. */
const MAX_KEPT = 8;

/** A clock here may be a little behind the clock of whoever made the list. */
const CLOCK_SKEW_MS = 5 * 60 * 1_000;

/** Certificates name one or two; it bounds the work that a crafted one can cause. */
const MAX_ADDRESSES = 3;

/**
 * A list counts until its `nextUpdate`, also when the place that it came from cannot be reached meanwhile. After
 * that it says nothing any more, whatever was the reason: a stale list is an outage.
 */
export function createCrlSource(options: CrlSourceOptions): CrlSource {
  const { fetch, readObject, now, onRefreshFailed } = options;
  const { refreshMs = 5 * 60 * 1_000, maxBytes = 16 * 1_024 * 1_024, timeoutMs = 4_000 } = options;
  const kept = new Map<string, Kept>();

  async function load(address: string, ifNoneMatch: string | undefined): Promise<FetchedBytes> {
    if (!address.startsWith('s3://')) return fetchBytes(address, { fetch, maxBytes, timeoutMs, ifNoneMatch });
    const [bucket = '', ...key] = address.slice('s3://'.length).split('/');
    if (readObject === undefined) throw new Error('objects of S3 are not read here');
    return readObject(bucket, key.join('/'), { ifNoneMatch, maxBytes });
  }

  async function refresh(address: string, ca: Certificate, before: Kept | undefined): Promise<Kept> {
    const { bytes, etag } = await load(address, before?.etag);
    if (bytes === undefined) {
      if (before === undefined) throw new Error('nothing has changed since nothing was there');
      return { ...before, readAtMs: now() };
    }
    const crl = readCrl(bytes);
    if (!crl.isIssuedBy(ca)) {
      throw new RevocationUnavailableError(
        'CRL_UNUSABLE',
        `The list at ${address} is not signed by the CA.`,
        {
          data: { address, caCertificateId: ca.certificateId },
        },
      );
    }
    return { crl, etag, readAtMs: now() };
  }

  async function readOne(address: string, ca: Certificate): Promise<Crl> {
    // The signature has been checked with this CA's key, so a list is kept for this CA only.
    const key = `${ca.certificateId} ${address}`;
    let current = kept.get(key);
    if (current === undefined || now() - current.readAtMs >= refreshMs || isStale(current.crl, now())) {
      try {
        current = await refresh(address, ca, current);
      } catch (error) {
        if (current === undefined || isStale(current.crl, now())) throw outageOf(address, error);
        onRefreshFailed?.(address, error);
        current = { ...current, readAtMs: now() };
      }
      keepNewest(kept, key, current, MAX_KEPT);
    }
    requireCurrent(current.crl, address, now());
    return current.crl;
  }

  return {
    async read(addresses, ca) {
      let outage: unknown;
      for (const address of addresses.slice(0, MAX_ADDRESSES)) {
        try {
          return await readOne(address, ca);
        } catch (error) {
          outage ??= error;
        }
      }
      throw (
        outage ??
        new RevocationUnavailableError(
          'CRL_UNREACHABLE',
          'The certificate names no list that can be fetched.',
          {},
        )
      );
    },
  };
}

function isStale({ nextUpdateMs }: Crl, nowMs: number): boolean {
  return nextUpdateMs <= nowMs;
}

function requireCurrent(crl: Crl, address: string, nowMs: number): void {
  const { thisUpdateMs, nextUpdateMs } = crl;
  if (!isStale(crl, nowMs) && thisUpdateMs <= nowMs + CLOCK_SKEW_MS) return;
  const times = `from ${new Date(thisUpdateMs).toISOString()} to ${new Date(nextUpdateMs).toISOString()}`;
  throw new RevocationUnavailableError('CRL_STALE', `The list at ${address} counts ${times}, and not now.`, {
    data: { address, thisUpdateMs, nextUpdateMs },
  });
}

function outageOf(address: string, cause: unknown): RevocationUnavailableError {
  if (cause instanceof RevocationUnavailableError) return cause;
  const code = cause instanceof X509Error ? 'CRL_UNUSABLE' : 'CRL_UNREACHABLE';
  return new RevocationUnavailableError(code, `The list at ${address} cannot be had: ${errorText(cause)}`, {
    data: { address },
    cause,
  });
}
