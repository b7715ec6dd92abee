import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen, type Listener } from '../../local/endpoint/listen.ts';
import { createPageServer } from '../../local/page.ts';

const root = mkdtempSync(path.join(tmpdir(), 'glasshouse-page-'));
const folder = path.join(root, 'dist');
let page: Listener;

beforeAll(async () => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(path.join(folder, 'assets/main-1a2b.js'), 'main()');
  writeFileSync(path.join(folder, 'assets/data.bin'), 'bytes');
  writeFileSync(path.join(root, 'secret.txt'), 'secret');
  mkdirSync(path.join(root, 'dist-other'));
  writeFileSync(path.join(root, 'dist-other/secret.txt'), 'secret');
  page = await start(folder);
});
afterAll(async () => {
  await page.close();
  rmSync(root, { recursive: true, force: true });
});

function start(of: string | undefined): Promise<Listener> {
  return listen(createPageServer(of), { port: 0, purpose: 'the page', setting: 'TEST_PORT' });
}

/** Sends a target as it is: fetch would resolve its dots. */
async function raw(target: string, method = 'GET'): Promise<string> {
  const socket = connect(page.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

test.each([
  ['/', 'text/html; charset=utf-8', 'no-cache', '<p>page</p>'],
  ['/index.html?x=1#y', 'text/html; charset=utf-8', 'no-cache', '<p>page</p>'],
  ['/assets/main-1a2b.js', 'text/javascript; charset=utf-8', 'max-age=31536000, immutable', 'main()'],
  ['/assets/data.bin', 'application/octet-stream', 'max-age=31536000, immutable', 'bytes'],
])('%s is served as %s.', async (target, type, cache, body) => {
  const answer = await fetch(page.url + target);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': type,
    'cache-control': cache,
    'content-length': String(body.length),
    'x-content-type-options': 'nosniff',
  });
  expect(await answer.text()).toBe(body);
});

test.each(['/none', '/assets', '/assets/', '/%', '/%00', '//', '/index.html/'])(
  'There is no file at %s.',
  async (target) => {
    const answer = await raw(target);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('There is no such file.');
  },
);

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%2fdist-other/secret.txt',
  '/..%5csecret.txt',
  'http://elsewhere/../secret.txt',
])('Nothing outside the folder is served: %s.', async (target) => {
  expect(await raw(target)).not.toContain('secret\r\n');
  expect(await raw(target)).toMatch(/^HTTP\/1\.1 404 /);
});

test('HEAD has no body; other methods are refused.', async () => {
  expect(await raw('/', 'HEAD')).toMatch(/^HTTP\/1\.1 200 [^]+\r\n\r\n$/);
  expect(await raw('/', 'POST')).toMatch(/^HTTP\/1\.1 405 [^]*allow: GET, HEAD/i);
});

test('Whatever the path, the server answers.', async () => {
  const piece = fc.constantFrom('/', '..', '%2e', '%2f', '%', 'assets', 'index.html', '\\', '%00', '?', '~');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const answer = await raw(`/${pieces.join('')}`);
      expect(answer).toMatch(/^HTTP\/1\.1 (200|404) /);
      expect(answer).not.toContain('secret');
    }),
    { numRuns: 60 },
  );
});

test('A page that has not been built says so.', async () => {
  const unbuilt = await start(undefined);
  const answer = await fetch(unbuilt.url);
  expect([answer.status, await answer.text()]).toEqual([
    404,
    'The page has not been built: run `npm run build`.\n',
  ]);
  await unbuilt.close();
});

test('A link that leads nowhere is no file.', async () => {
  symlinkSync(path.join(root, 'gone'), path.join(folder, 'link.html'));
  expect((await fetch(`${page.url}/link.html`)).status).toBe(404);
});
