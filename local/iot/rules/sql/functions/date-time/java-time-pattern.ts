import { notServed } from '../not-served-pattern.ts';
import { letterReader, type LetterReader } from './java-time-letters.ts';
import { isFixed, numberReader, type NumberSpec } from './number-reader.ts';
import { copyOf, type ParsedFields, type PieceReader } from './parsed-fields.ts';
import { MAX_PATTERN_LENGTH, type PatternPiece, readPieces } from './pattern-letters.ts';
import { instantOf } from './resolve-fields.ts';

/** How deep optional sections may stand in one another. */
const MAX_DEPTH = 20;

/** Characters of a text that is read. */
const MAX_TEXT_LENGTH = 1_000;

/**
 * Compiles a pattern of java.time's DateTimeFormatter (JDK 11) to a function that reads a text: milliseconds since the
 * epoch, undefined for a text that the pattern does not read or that is no moment. Words are English, weeks those of
 * the United States.
 *
 * @throws SqlEvaluationError PATTERN_NOT_SERVED naming a letter, or a number of letters, that java.time has not or this
 *   reader has not
 */
export function compileJavaTimePattern(pattern: string): (text: string) => number | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw notServed(`${pattern.length} characters`, `${pattern.slice(0, 50)}…`);
  }
  const pieces = readPieces(pattern, { reserved: '[]{}#', closesQuotes: false });
  if (pieces === undefined) throw notServed('a quote that is not closed', pattern);
  const read = new SectionCompiler(pattern, pieces).compile();
  return (text) => {
    const fields: ParsedFields = { values: new Map() };
    if (text.length > MAX_TEXT_LENGTH) return undefined;
    return read(text, 0, fields) === text.length ? instantOf(fields) : undefined;
  };
}

class SectionCompiler {
  readonly #pattern: string;
  readonly #pieces: readonly PatternPiece[];
  #next = 0;
  #depth = 0;

  constructor(pattern: string, pieces: readonly PatternPiece[]) {
    this.#pattern = pattern;
    this.#pieces = pieces;
  }

  compile(): PieceReader {
    const reader = this.#section();
    if (this.#next < this.#pieces.length) throw notServed('a ] without [', this.#pattern);
    return reader;
  }

  /** Up to the `]` of the section, or to the end: one that is left open ends there. */
  #section(): PieceReader {
    const readers: PieceReader[] = [];
    let numbers: NumberSpec[] = [];
    const endNumbers = (): void => {
      readers.push(...adjacentReaders(numbers));
      numbers = [];
    };
    for (let piece = this.#peek(); piece !== undefined && !isLetter(piece, ']'); piece = this.#peek()) {
      this.#next += 1;
      const reader = this.#piece(piece);
      if (typeof reader !== 'function') {
        numbers.push(reader);
        continue;
      }
      endNumbers();
      readers.push(reader);
    }
    endNumbers();
    return sequence(readers);
  }

  #piece(piece: PatternPiece): LetterReader {
    if (piece.kind === 'literal') return literalReader(piece.text);
    if (piece.letter === '[') return this.#optional();
    if (piece.letter === 'p') return this.#padded(piece.count);
    return letterReader(piece.letter, piece.count, this.#pattern);
  }

  #optional(): PieceReader {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw notServed('a deeper [', this.#pattern);
    const section = this.#section();
    this.#next += 1;
    this.#depth -= 1;
    return (text, at, fields) => {
      const attempt = copyOf(fields);
      const end = section(text, at, attempt);
      if (end === undefined) return at;
      Object.assign(fields, attempt);
      return end;
    };
  }

  /** Spaces before the letters that follow, up to a width in all. */
  #padded(width: number): PieceReader {
    const piece = this.#peek();
    if (piece?.kind !== 'letter' || '[]p'.includes(piece.letter)) {
      throw notServed('the letter p without another letter behind it', this.#pattern);
    }
    this.#next += 1;
    const reader = letterReader(piece.letter, piece.count, this.#pattern);
    const read = typeof reader === 'function' ? reader : numberReader(reader, 0);
    return (text, at, fields) => {
      const end = at + width;
      if (end > text.length) return undefined;
      let start = at;
      while (start < end && text.charAt(start) === ' ') start += 1;
      return read(text.slice(0, end), start, fields) === end ? end : undefined;
    };
  }

  #peek(): PatternPiece | undefined {
    return this.#pieces[this.#next];
  }
}

/** Numbers side by side: the first of several leaves to the ones behind it what they need, if they are fixed. */
function adjacentReaders(numbers: readonly NumberSpec[]): readonly PieceReader[] {
  return numbers.map((number, index) => {
    const isFollower = index > 0 && isFixed(number);
    if (isFollower) return numberReader(number, 0);
    let reserved = 0;
    for (const follower of numbers.slice(index + 1)) {
      if (!isFixed(follower)) break;
      reserved += follower.maxWidth;
    }
    return numberReader(number, reserved);
  });
}

function sequence(readers: readonly PieceReader[]): PieceReader {
  return (text, at, fields) => {
    let end: number | undefined = at;
    for (const read of readers) {
      end = read(text, end, fields);
      if (end === undefined) return undefined;
    }
    return end;
  };
}

function literalReader(literal: string): PieceReader {
  return (text, at) => (text.startsWith(literal, at) ? at + literal.length : undefined);
}

function isLetter(piece: PatternPiece, letter: string): boolean {
  return piece.kind === 'letter' && piece.letter === letter;
}
