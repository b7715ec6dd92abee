import { notServed } from '../not-served-pattern.ts';
import type { PatternSource } from './pattern-source.ts';
import { propertySet } from './properties.ts';
import { asciiSpaces, complement, digits, horizontalSpaces, verticalSpaces, wordCharacters } from './sets.ts';
import { type CodePointTest, InvalidPattern } from './syntax.ts';

const classEscapes: ReadonlyMap<string, CodePointTest> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['h', horizontalSpaces],
  ['H', complement(horizontalSpaces)],
  ['s', asciiSpaces],
  ['S', complement(asciiSpaces)],
  ['v', verticalSpaces],
  ['V', complement(verticalSpaces)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
]);

const controlEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

/**
 * Reads an escape that means a character or a set of them, both inside and outside of `[…]`. The backslash was
 * taken and `letter` behind it too.
 *
 * @throws InvalidPattern
 * @throws SqlEvaluationError PATTERN_NOT_SERVED
 */
export function readEscape(source: PatternSource, letter: string, pattern: string): number | CodePointTest {
  const set = classEscapes.get(letter);
  if (set !== undefined) return set;
  const control = controlEscapes.get(letter);
  if (control !== undefined) return control;
  switch (letter) {
    case 'p':
    case 'P': {
      const property = propertySet(readPropertyName(source), pattern);
      return letter === 'p' ? property : complement(property);
    }
    case '0':
      return readOctal(source);
    case 'x':
      return readHexadecimal(source);
    case 'u':
      return readUnicode(source);
    case 'c':
      return codePointOf(source.takeRaw()) ^ 0x40;
    case 'N':
    case 'X':
      throw notServed(`\\${letter}`, pattern);
    default:
      break;
  }
  if (/^[a-zA-Z1-9]?$/.test(letter)) throw new InvalidPattern(`illegal escape \\${letter}`);
  return codePointOf(letter);
}

/** @throws InvalidPattern for the empty text */
export function codePointOf(character: string): number {
  const codePoint = character.codePointAt(0);
  if (codePoint === undefined) throw new InvalidPattern('unexpected end');
  return codePoint;
}

function readPropertyName(source: PatternSource): string {
  if (!source.takeIf('{')) return source.take();
  const name = source.takeWhile(/[^}]/, 100);
  source.expect('}');
  return name;
}

function readOctal(source: PatternSource): number {
  const first = source.takeWhile(/[0-7]/, 1);
  const rest = source.takeWhile(/[0-7]/, first > '3' ? 1 : 2);
  if (first === '') throw new InvalidPattern('illegal octal escape');
  return Number.parseInt(first + rest, 8);
}

function readHexadecimal(source: PatternSource): number {
  const isBraced = source.takeIf('{');
  const text = source.takeWhile(/[0-9a-fA-F]/, isBraced ? 8 : 2);
  if (isBraced) source.expect('}');
  const codePoint = Number.parseInt(text, 16);
  const isWhole = isBraced ? text !== '' : text.length === 2;
  if (!isWhole || codePoint > 0x10ffff) throw new InvalidPattern('illegal hexadecimal escape');
  return codePoint;
}

/** Two halves of a surrogate pair are one character. */
function readUnicode(source: PatternSource): number {
  const high = readUnit(source);
  if (high < 0xd800 || high > 0xdbff || source.peek() !== '\\' || source.peekSecond() !== 'u') return high;
  source.expect('\\u');
  return codePointOf(String.fromCharCode(high, readUnit(source)));
}

function readUnit(source: PatternSource): number {
  const text = source.takeWhile(/[0-9a-fA-F]/, 4);
  if (text.length !== 4) throw new InvalidPattern('illegal Unicode escape');
  return Number.parseInt(text, 16);
}
