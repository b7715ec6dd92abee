import type { IncomingHttpHeaders } from 'node:http';
import { AwsApiError } from '../errors.ts';

/**
 * Refuses what a web page from elsewhere can make a browser send to this machine:
 *
 * - another site's script: its `Origin` is not this machine;
 * - a name that points at 127.0.0.1 (DNS rebinding): its `Host` is not this machine;
 * - another site's picture, form or frame, which carries no `Origin` on a GET: `Sec-Fetch-Site` gives it
 *   away. Following a link is allowed.
 *
 * @throws AwsApiError 403 that names the header and its value.
 */
export function requireLoopback(headers: IncomingHttpHeaders): void {
  const { host, origin } = headers;
  if (host !== undefined && !isLoopbackHost(host)) refuse('Host', host);
  if (origin !== undefined && !isLoopbackOrigin(origin)) refuse('Origin', origin);
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') {
    refuse('Sec-Fetch-Site', 'cross-site');
  }
}

/**
 * Whether a `Host` header names this machine. A name below localhost or 127.0.0.1 is one as well: that is how
 * S3 clients write the bucket (`bucket.localhost`), and no DNS server is asked for such names.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return (
    name === '[::1]' ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name) ||
    /^[a-z0-9.-]+\.127\.0\.0\.1$/.test(name)
  );
}

function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/?#@]+)$/i.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}

function refuse(header: string, value: string): never {
  throw new AwsApiError(
    403,
    'AccessDenied',
    `${header}: ${value.slice(0, 200)} is not this machine. Only programs and pages of this machine are ` +
      'answered: use http://127.0.0.1 or http://localhost.',
  );
}
