/** `fetch`, or what stands in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface FetchBytesOptions {
  readonly fetch: Fetch;
  /** The most bytes that are read. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** @default GET without a body */
  readonly post?: { readonly contentType: string; readonly body: Uint8Array };
  /** The ETag of what the caller has already. */
  readonly ifNoneMatch?: string | undefined;
}

export interface FetchedBytes {
  /** undefined when the caller already has it (304). */
  readonly bytes?: Uint8Array;
  readonly etag?: string;
}

/**
 * Gets a document of bounded size in bounded time. Redirects are not followed: the address comes from a certificate,
 * and what stands there is where the document is.
 *
 * @throws Error for another scheme than http and https, another status than 200 and 304, too many bytes, and
 *   everything that `fetch` throws
 */
export async function fetchBytes(address: string, options: FetchBytesOptions): Promise<FetchedBytes> {
  const { fetch, maxBytes, timeoutMs, post, ifNoneMatch } = options;
  const { protocol } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`only http and https are fetched, and not ${protocol}`);
  }
  const headers: Record<string, string> = {};
  if (post !== undefined) headers['content-type'] = post.contentType;
  if (ifNoneMatch !== undefined) headers['if-none-match'] = ifNoneMatch;
  const response = await fetch(address, {
    method: post === undefined ? 'GET' : 'POST',
    headers,
    body: post === undefined ? null : Uint8Array.from(post.body),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 304 && ifNoneMatch !== undefined) {
    await response.body?.cancel();
    return { etag: ifNoneMatch };
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the answer is ${response.status}`);
  }
  const etag = response.headers.get('etag');
  return { bytes: await readBounded(response, maxBytes), ...(etag === null ? {} : { etag }) };
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const chunk of response.body) {
      size += chunk.length;
      // Leaving the loop cancels the body.
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks);
}
