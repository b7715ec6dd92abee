import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type ParsedNode,
  type Pair,
} from 'yaml';
import { CommandError } from '../errors.ts';

/** A line of a file, counted from 1. */
export interface At {
  readonly file: string;
  readonly line: number;
}

export type Scalar = string | number | boolean | null;

/** A value of a YAML file that knows where it stands. What is in a map stands where its key does. */
export type Tree =
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly at: At }
  | { readonly kind: 'list'; readonly items: readonly Tree[]; readonly at: At }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Tree>; readonly at: At };

/** Aliases can stand for more than a file is long. */
const MAX_NODES = 200_000;

const MAX_DEPTH = 100;

/** Tags that are short for an intrinsic of CloudFormation without `Fn::` before it. */
const PLAIN_TAGS = new Set(['Ref', 'Condition']);

/**
 * Reads YAML or JSON. Short forms of CloudFormation (`!GetAtt a.b`) become their long ones; merge keys are merged.
 *
 * @param file as it is to be named.
 * @throws CommandError YAML_UNREADABLE that names the file and the line
 */
export function parseTree(text: string, file: string): Tree {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    const [reason = ''] = error.message.split('\n');
    throw unreadable(`${file}:${line} cannot be read: ${reason.replace(/ at line \d+, column \d+:?$/, '')}`);
  }
  return new TreeBuilder(document, file, lines).build();
}

/** The value without its places, as a parser of YAML alone would give it. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.fields].map(([key, value]) => [key, plain(value)]));
}

/** The field of a map; undefined for anything else. */
export function field(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.fields.get(name) : undefined;
}

class TreeBuilder {
  readonly #document: Document.Parsed;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #aliases = new Map<Alias, unknown>();
  #nodes = 0;

  constructor(document: Document.Parsed, file: string, lines: LineCounter) {
    this.#document = document;
    this.#file = file;
    this.#lines = lines;
  }

  build(): Tree {
    const at = { file: this.#file, line: 1 };
    const { contents } = this.#document;
    return contents === null ? { kind: 'scalar', value: null, at } : this.#tree(contents, at, 0);
  }

  #tree(node: unknown, at: At, depth: number): Tree {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw unreadable(
        `${at.file}:${at.line} cannot be read: it has more than ${MAX_NODES} values, or they are more than ${MAX_DEPTH} deep`,
      );
    }
    if (isAlias(node)) return this.#tree(this.#resolved(node), at, depth + 1);
    const tree = this.#bare(node, at, depth);
    const tag = isScalar(node) || isSeq(node) || isMap(node) ? node.tag : undefined;
    if (tag === undefined || !/^![A-Z]/.test(tag)) return tree;
    const name = tag.slice(1);
    const intrinsic = PLAIN_TAGS.has(name) ? name : `Fn::${name}`;
    return { kind: 'map', fields: new Map([[intrinsic, tree]]), at };
  }

  /** Finding what an alias stands for searches the whole document. */
  #resolved(alias: Alias): unknown {
    if (!this.#aliases.has(alias)) this.#aliases.set(alias, alias.resolve(this.#document));
    return this.#aliases.get(alias);
  }

  #bare(node: unknown, at: At, depth: number): Tree {
    if (isSeq<ParsedNode>(node)) {
      const items = node.items.map((item) => this.#tree(item, this.#at(item, at), depth + 1));
      return { kind: 'list', items, at };
    }
    if (isMap(node)) {
      const fields = new Map<string, Tree>();
      for (const pair of node.items) this.#add(pair, fields, at, depth);
      return { kind: 'map', fields, at };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: isPlain ? value : null, at };
  }

  #add({ key, value }: Pair, fields: Map<string, Tree>, at: At, depth: number): void {
    // The key `<<` that merges is a symbol.
    const isMerge = isScalar(key) && typeof key.value === 'symbol';
    const name = isScalar(key) && !isMerge ? String(key.value) : '';
    const tree = this.#tree(value, this.#at(key, at), depth + 1);
    if (!isMerge) {
      fields.set(name, tree);
      return;
    }
    const sources = tree.kind === 'list' ? tree.items : [tree];
    for (const source of sources) {
      if (source.kind !== 'map') continue;
      for (const [inner, merged] of source.fields) if (!fields.has(inner)) fields.set(inner, merged);
    }
  }

  #at(node: unknown, otherwise: At): At {
    const start = isScalar(node) || isSeq(node) || isMap(node) || isAlias(node) ? node.range?.[0] : undefined;
    return start === undefined ? otherwise : { file: this.#file, line: this.#lines.linePos(start).line };
  }
}

function unreadable(message: string): CommandError {
  return new CommandError('YAML_UNREADABLE', message);
}
