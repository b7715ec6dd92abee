import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBuilt } from '../../dashboard/build.ts';

test('The page is built once, and not again while its sources stay as they are.', async () => {
  const page = join(await ensureBuilt(), 'index.html');
  const before = await stat(page);
  await ensureBuilt();
  const after = await stat(page);
  expect(after.ino).toBe(before.ino);
});

test('The page asks its own origin only, and no script or style stands in the page itself.', async () => {
  const html = await readFile(join(await ensureBuilt(), 'index.html'), 'utf8');
  expect(html).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(html).not.toMatch(/(src|href)="(https?:|\/\/|data:)/);
  expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/);
});

test('The built folder holds what the page names and nothing else.', async () => {
  const dist = await ensureBuilt();
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name);
  const files = await readdir(join(dist, 'assets'));
  expect(new Set(files.map((file) => `assets/${file}`))).toEqual(new Set(named));
});
