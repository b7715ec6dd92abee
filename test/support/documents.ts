import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/** One text for people. */
export interface Document {
  /** `README.md`, `docs/sigfox.md` */
  readonly name: string;
  readonly text: string;
}

/** README.md, and everything in docs/. */
export function readDocuments(): readonly Document[] {
  const inDocs = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)].map((name) => ({
    name,
    text: readFileSync(path.join(ROOT, name), 'utf8'),
  }));
}

/** The shell blocks of a document, in their order. */
export function shellBlocks({ text }: Document): readonly string[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}
