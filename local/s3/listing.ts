import { walkKeys, type Position } from './walk.ts';

export interface ListRequest {
  readonly prefix: string;
  /** Keys are rolled up to where it stands next after the prefix; empty: they are not. */
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly start: Position;
}

export interface ListPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins, when there is one. */
  readonly next: Position | undefined;
}

/** One page of a bucket's keys. A common prefix counts as one key, however many it stands for. */
export async function listKeys(folder: string, request: ListRequest): Promise<ListPage> {
  const { prefix, delimiter, maxKeys, start } = request;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  const position = { ...start };
  if (maxKeys === 0) return { keys, commonPrefixes, next: undefined };
  for await (const key of walkKeys(folder, prefix, position)) {
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, next: position };
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end === -1) {
      keys.push(key);
      position.after = key;
      position.below = false;
    } else {
      const commonPrefix = key.slice(0, end + delimiter.length);
      commonPrefixes.push(commonPrefix);
      position.after = commonPrefix;
      position.below = true;
    }
  }
  return { keys, commonPrefixes, next: undefined };
}

/** A continuation token is opaque: it holds a position. */
export function encodeToken({ after, below }: Position): string {
  return Buffer.from((below ? 'b' : 'a') + after).toString('base64url');
}

export function decodeToken(token: string): Position | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  return /^[ab]/.test(text) ? { after: text.slice(1), below: text.startsWith('b') } : undefined;
}
