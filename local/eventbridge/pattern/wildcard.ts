import { invalidPattern, place } from './invalid-pattern.ts';

/**
 * Compiles a wildcard of event patterns: `*` stands for any text, also none; `\*` and `\\` for themselves.
 *
 * Between two stars the first place that fits is as good as any other, so that no text is looked at twice.
 *
 * @throws AwsApiError InvalidEventPatternException for two stars in a row and for other escapes.
 */
export function compileWildcard(argument: unknown, path: readonly string[]): (text: string) => boolean {
  if (typeof argument !== 'string') throw invalidPattern(`wildcard at ${place(path)} takes a text`);
  const pieces = cut(argument, path);
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let from = first.length;
    for (const piece of rest) {
      const at = text.indexOf(piece, from);
      if (at === -1) return false;
      from = at + piece.length;
    }
    return text.length - last.length >= from && text.endsWith(last);
  };
}

/** The texts between the stars. */
function cut(pattern: string, path: readonly string[]): string[] {
  const pieces = [''];
  let previous = '';
  for (const token of pattern.match(/\\.?|[^\\]/gsu) ?? []) {
    if (token === '*') {
      if (previous === '*') throw invalidPattern(`wildcard at ${place(path)} has two * in a row`);
      pieces.push('');
    } else {
      if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') {
        throw invalidPattern(`wildcard at ${place(path)}: \\ stands only before * and \\`);
      }
      pieces.push((pieces.pop() ?? '') + token.slice(token.startsWith('\\') ? 1 : 0));
    }
    previous = token;
  }
  return pieces;
}
