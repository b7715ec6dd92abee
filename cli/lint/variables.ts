import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../errors.ts';
import { fileFailure } from '../file-failure.ts';
import { quoted } from '../terminal.ts';
import { type At, field, parseTree, type Scalar, type Tree } from './yaml-tree.ts';

/** Values that all variables may stand for together: they can stand for one another many times over. */
const MAX_VALUES = 200_000;

const MAX_DEPTH = 100;

/** Variables in one text, and how long it may grow. */
const MAX_ROUNDS = 1_000;
const MAX_TEXT_LENGTH = 64_000;

/** The variables of `serverless` that can be known without it: `${type:address, 'otherwise'}`, nothing inside. */
const VARIABLE =
  /\$\{(?:file\((?<file>[^()${}]*)\)(?::(?<part>[^,${}]*))?|(?<type>self|opt|sls|param|env):(?<address>[^,${}]*))(?:,(?<otherwise>[^${}]*))?\}/g;

export interface VariableSources {
  readonly root: Tree;
  /** The folder of serverless.yml, which the paths in it are relative to. */
  readonly folder: string;
  readonly stage: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Takes what had to be left out, for people. */
  readonly note: (message: string) => void;
}

/**
 * Fills in the variables of `serverless`, as far as files and defaults tell them. A variable that only a deployment
 * knows stays as it is written.
 */
export class Variables {
  readonly #sources: VariableSources;
  readonly #files = new Map<string, Tree | undefined>();
  #values = 0;

  constructor(sources: VariableSources) {
    this.#sources = sources;
  }

  /**
   * A tree with everything in it filled in.
   *
   * @throws CommandError FILE_UNREADABLE or YAML_UNREADABLE that names the place
   */
  expand(tree: Tree, depth = 0): Tree {
    const { file, line } = tree.at;
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) {
      throw new CommandError(
        'VARIABLES_ENDLESS',
        `${file}:${line} goes on for ever: its variables form a loop, or stand for more than ${MAX_VALUES} values`,
      );
    }
    if (tree.kind === 'scalar') {
      const found = typeof tree.value === 'string' ? this.#text(tree.value, tree.at, depth) : tree;
      return found.kind === 'scalar' ? found : this.expand(found, depth + 1);
    }
    if (tree.kind === 'list')
      return { ...tree, items: tree.items.map((item) => this.expand(item, depth + 1)) };
    const fields = [...tree.fields].map(([key, value]) => [key, this.expand(value, depth + 1)] as const);
    return { ...tree, fields: new Map(fields) };
  }

  /** The innermost variables first: what they give may be a part of others. */
  #text(text: string, at: At, depth: number): Tree {
    let known = text;
    const unknown = new Set<string>();
    for (let round = 0; round < MAX_ROUNDS && known.length < MAX_TEXT_LENGTH; round += 1) {
      const match = [...known.matchAll(VARIABLE)].find(([written]) => !unknown.has(written));
      if (match === undefined) return { kind: 'scalar', value: known, at };
      const [written] = match;
      const found = this.#value(match, at, depth);
      // What is written somewhere else is told with its own place.
      if (found !== undefined && written === known) return this.expand(found, depth + 1);
      if (found?.kind === 'scalar') {
        known = known.slice(0, match.index) + String(found.value) + known.slice(match.index + written.length);
      } else unknown.add(written);
    }
    return { kind: 'scalar', value: known, at };
  }

  #value({ groups = {} }: RegExpExecArray, at: At, depth: number): Tree | undefined {
    const { type = '', file, part = '', address = '', otherwise } = groups;
    const found =
      file === undefined ? this.#named(type, address, at, depth) : this.#inFile(file, part, at, depth);
    if (found !== undefined || otherwise === undefined) return found;
    return { kind: 'scalar', value: literal(otherwise), at };
  }

  #named(type: string, address: string, at: At, depth: number): Tree | undefined {
    const { root, stage, env } = this.#sources;
    const scalar = (value: Scalar | undefined): Tree | undefined =>
      value === undefined ? undefined : { kind: 'scalar', value, at };
    if (type === 'self') return this.#descend(root, address, depth);
    if (type === 'env') return scalar(env[address]);
    if (type === 'opt') return address === 'stage' ? scalar(stage) : undefined;
    if (type === 'sls') return address === 'stage' ? scalar(this.#stage(depth)) : undefined;
    const params = field(root, 'params');
    const ofStage =
      field(field(params, this.#stage(depth)), address) ?? field(field(params, 'default'), address);
    return ofStage === undefined ? undefined : this.expand(ofStage, depth + 1);
  }

  #stage(depth: number): string {
    const { root, stage } = this.#sources;
    const given = field(field(root, 'provider'), 'stage');
    const found = given === undefined || depth > MAX_DEPTH ? undefined : this.expand(given, depth + 1);
    return stage ?? (found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : 'dev');
  }

  #descend(from: Tree, address: string, depth: number): Tree | undefined {
    let tree: Tree | undefined = from;
    for (const key of address === '' ? [] : address.split('.')) {
      if (tree?.kind === 'scalar') tree = this.expand(tree, depth + 1);
      tree = tree?.kind === 'list' ? tree.items[Number(key)] : field(tree, key);
    }
    return tree?.kind === 'scalar' ? this.expand(tree, depth + 1) : tree;
  }

  #inFile(name: string, address: string, at: At, depth: number): Tree | undefined {
    const tree = this.#file(name, at);
    return tree === undefined ? undefined : this.#descend(tree, address, depth);
  }

  #file(name: string, at: At): Tree | undefined {
    const { folder, note } = this.#sources;
    const file = path.resolve(folder, name);
    if (this.#files.has(file)) return this.#files.get(file);
    const shown = path.relative(folder, file);
    let tree: Tree | undefined;
    if (/\.(?:ya?ml|json)$/.test(name)) tree = parseTree(readText(file, `${at.file}:${at.line}`), shown);
    else note(`${at.file}:${at.line} takes values from ${shown}, which is a program: they are not looked at`);
    this.#files.set(file, tree);
    return tree;
  }
}

/** @throws CommandError FILE_UNREADABLE */
export function readText(file: string, asker: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(
      'FILE_UNREADABLE',
      `${asker}: ${quoted(file, 200)} cannot be read: ${fileFailure(error)}`,
      { cause: error },
    );
  }
}

/** `'text'`, `text`, `5`, `true`: what stands after the comma. */
function literal(text: string): Scalar {
  const trimmed = text.trim();
  const inQuotes = /^(['"])(.*)\1$/s.exec(trimmed)?.[2];
  if (inQuotes !== undefined) return inQuotes;
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  if (trimmed === 'null' || trimmed === '') return null;
  return /^-?\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
