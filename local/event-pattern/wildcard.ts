import { PatternError } from './pattern-error.ts';

/**
 * Compiles a wildcard of patterns: `*` stands for any text, also none; `\*` and `\\` for themselves.
 *
 * Between two stars the first place that fits is as good as any other, so that no text is looked at twice.
 *
 * @throws PatternError for two stars in a row and for other escapes.
 */
export function compileWildcard(wildcard: string, path: readonly string[]): (text: string) => boolean {
  const pieces = cut(wildcard, path);
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
function cut(wildcard: string, path: readonly string[]): string[] {
  const pieces = [''];
  let previous = '';
  let position = 0;
  for (const token of wildcard.match(/\\.?|[^\\]/gsu) ?? []) {
    if (token === '*') {
      if (previous === '*') {
        throw new PatternError(`Consecutive wildcard characters at pos ${position - 1}`, path);
      }
      pieces.push('');
    } else {
      if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') {
        throw new PatternError(
          `Invalid escape character at pos ${position}`,
          path,
          '\\ stands only before * and \\',
        );
      }
      pieces.push((pieces.pop() ?? '') + token.slice(token.startsWith('\\') ? 1 : 0));
    }
    previous = token;
    position += token.length;
  }
  return pieces;
}
