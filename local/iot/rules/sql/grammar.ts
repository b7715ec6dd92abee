import type { Expression, NestedQuery } from './ast.ts';
import { type TokenReader, unexpected } from './token-reader.ts';

/** What the parts of the parser need of each other: each file parses one level, and is given the others. */
export interface Grammar {
  /** An expression of any kind. @throws SqlParseError */
  expression(reader: TokenReader): Expression;
  /** A nested query, from its SELECT on. @throws SqlParseError */
  query(reader: TokenReader): NestedQuery;
}

/** A key after a dot, or a part of an alias: any word. @throws SqlParseError */
export function parseKey(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind !== 'word') {
    throw unexpected(token, 'a key comes here: letters, digits and underscores, and no digit first');
  }
  reader.take();
  return token.text;
}
