import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/**
 * The server of the page: files of one folder, nothing else. The gateway's WebSocket is attached to the same
 * server, so that the page finds it under its own address.
 *
 * @param folder the built page; undefined: every path answers that there is none.
 */
export function createPageServer(folder: string | undefined): Server {
  return createServer((request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const file = folder === undefined ? undefined : findFile(folder, request.url ?? '/');
    if (file === undefined) {
      const why =
        folder === undefined ? 'The page has not been built: run `npm run build`.' : 'There is no such file.';
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
      return;
    }
    const type = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
    // Names of built files carry a hash of their content; the page itself must always be asked for.
    const cache = file.endsWith('.html') ? 'no-cache' : 'max-age=31536000, immutable';
    response.writeHead(200, {
      'content-type': type,
      'content-length': statSync(file).size,
      'cache-control': cache,
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // A reader that goes away in the middle is its own business.
    pipeline(createReadStream(file), response).catch(() => response.destroy());
  });
}

function findFile(folder: string, url: string): string | undefined {
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(url, 'http://page').pathname);
  } catch {
    return undefined;
  }
  const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  const inside = file.startsWith(folder + path.sep);
  return inside && existsSync(file) && statSync(file).isFile() ? file : undefined;
}
