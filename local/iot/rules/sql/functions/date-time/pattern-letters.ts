/** A piece of a date pattern: a letter as often as it stands there, text that means itself, or one of `[]{}#`. */
export type PatternPiece =
  | { readonly kind: 'letter'; readonly letter: string; readonly count: number }
  | { readonly kind: 'literal'; readonly text: string };

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 1_000;

/**
 * Cuts a pattern into its pieces: letters mean fields, text between quotes and all other characters mean themselves,
 * and two quotes mean one. `reserved` are characters that stand alone, as letters do.
 *
 * @returns undefined when a quote is not closed and `closesQuotes` does not allow it
 */
export function readPieces(
  pattern: string,
  { reserved, closesQuotes }: { readonly reserved: string; readonly closesQuotes: boolean },
): readonly PatternPiece[] | undefined {
  const pieces: PatternPiece[] = [];
  let literal = '';
  let at = 0;
  const endLiteral = (): void => {
    if (literal !== '') pieces.push({ kind: 'literal', text: literal });
    literal = '';
  };
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    if (character === "'") {
      const quoted = readQuoted(pattern, at);
      if (!quoted.isClosed && !closesQuotes) return undefined;
      literal += quoted.text;
      at = quoted.end;
    } else if (isLetter(character) || reserved.includes(character)) {
      endLiteral();
      let end = at + 1;
      while (isLetter(character) && pattern.charAt(end) === character) end += 1;
      pieces.push({ kind: 'letter', letter: character, count: end - at });
      at = end;
    } else {
      literal += character;
      at += 1;
    }
  }
  endLiteral();
  return pieces;
}

function readQuoted(pattern: string, start: number): { text: string; end: number; isClosed: boolean } {
  if (pattern.charAt(start + 1) === "'") return { text: "'", end: start + 2, isClosed: true };
  let text = '';
  let at = start + 1;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    if (character !== "'") {
      text += character;
      at += 1;
    } else if (pattern.charAt(at + 1) === "'") {
      text += character;
      at += 2;
    } else {
      return { text, end: at + 1, isClosed: true };
    }
  }
  return { text, end: at, isClosed: false };
}

function isLetter(character: string): boolean {
  return /^[A-Za-z]$/.test(character);
}
