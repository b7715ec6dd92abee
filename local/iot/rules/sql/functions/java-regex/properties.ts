import { notServed } from '../not-served-pattern.ts';
import { ofClass } from './sets.ts';
import { type CodePointTest, InvalidPattern } from './syntax.ts';

/** Java's names without a Unicode property of their own, as JavaScript classes. Source: java.util.regex.Pattern. */
const namedClasses: ReadonlyMap<string, string> = new Map([
  ['Lower', '[a-z]'],
  ['Upper', '[A-Z]'],
  ['ASCII', '[\\0-\\x7f]'],
  ['Alpha', '[a-zA-Z]'],
  ['Digit', '[0-9]'],
  ['Alnum', '[a-zA-Z0-9]'],
  ['Punct', '[!-\\/:-@\\[-`\\{-~]'],
  ['Graph', '[!-~]'],
  ['Print', '[ -~]'],
  ['Blank', '[ \\t]'],
  ['Cntrl', '[\\0-\\x1f\\x7f]'],
  ['XDigit', '[0-9a-fA-F]'],
  ['Space', '[ \\t-\\r]'],
  ['L1', '[\\0-\\xff]'],
  ['all', '[\\0-\\u{10ffff}]'],
  ['LC', '[\\p{Lu}\\p{Ll}\\p{Lt}]'],
  ['LD', '[\\p{L}\\p{Nd}]'],
  ['javaLowerCase', '\\p{Lowercase}'],
  ['javaUpperCase', '\\p{Uppercase}'],
  ['javaTitleCase', '\\p{Lt}'],
  ['javaDigit', '\\p{Nd}'],
  ['javaLetter', '\\p{L}'],
  ['javaLetterOrDigit', '[\\p{L}\\p{Nd}]'],
  ['javaAlphabetic', '\\p{Alphabetic}'],
  ['javaIdeographic', '\\p{Ideographic}'],
  ['javaDefined', '\\P{Cn}'],
  ['javaISOControl', '[\\0-\\x1f\\x7f-\\x9f]'],
  ['javaSpaceChar', '\\p{Z}'],
  ['javaWhitespace', '[\\t-\\r\\x1c- \\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]'],
  ['javaMirrored', '\\p{Bidi_Mirrored}'],
]);

/** The binary properties that Java spells `IsName`, in lower case. */
const binaryProperties: ReadonlyMap<string, string> = new Map([
  ['alphabetic', '\\p{Alphabetic}'],
  ['ideographic', '\\p{Ideographic}'],
  ['letter', '\\p{L}'],
  ['lowercase', '\\p{Lowercase}'],
  ['uppercase', '\\p{Uppercase}'],
  ['titlecase', '\\p{Lt}'],
  ['punctuation', '\\p{P}'],
  ['control', '\\p{Cc}'],
  ['white_space', '\\p{White_Space}'],
  ['whitespace', '\\p{White_Space}'],
  ['digit', '\\p{Nd}'],
  ['hex_digit', '\\p{Hex_Digit}'],
  ['hexdigit', '\\p{Hex_Digit}'],
  ['join_control', '\\p{Join_Control}'],
  ['joincontrol', '\\p{Join_Control}'],
  ['noncharacter_code_point', '\\p{Noncharacter_Code_Point}'],
  ['noncharactercodepoint', '\\p{Noncharacter_Code_Point}'],
  ['assigned', '\\P{Cn}'],
]);

/**
 * The set that `\p{name}` stands for. The Unicode version is the one of Node.
 *
 * @throws InvalidPattern for a name that Java has not
 * @throws SqlEvaluationError PATTERN_NOT_SERVED for blocks and for the rarer names of java.lang.Character
 */
export function propertySet(name: string, pattern: string): CodePointTest {
  const separator = name.indexOf('=');
  if (separator !== -1) {
    return keyedProperty(name.slice(0, separator).toLowerCase(), name.slice(separator + 1), pattern);
  }
  const source = namedClasses.get(name);
  if (source !== undefined) return ofClass(source);
  if (name.startsWith('In')) throw notServed(`the Unicode block \\p{${name}}`, pattern);
  if (name.startsWith('java')) throw notServed(`the property \\p{${name}}`, pattern);
  if (name.startsWith('Is')) {
    const inner = name.slice('Is'.length);
    const binary = binaryProperties.get(inner.toLowerCase());
    if (binary !== undefined) return ofClass(binary);
    return category(inner) ?? script(inner) ?? unknown(name);
  }
  return category(name) ?? unknown(name);
}

function keyedProperty(key: string, value: string, pattern: string): CodePointTest {
  if (key === 'sc' || key === 'script') return script(value) ?? unknown(value);
  if (key === 'gc' || key === 'general_category') return category(value) ?? unknown(value);
  if (key === 'blk' || key === 'block') throw notServed(`the Unicode block ${value}`, pattern);
  return unknown(key);
}

/** A general category by its one or two letters. */
function category(name: string): CodePointTest | undefined {
  const source = namedClasses.get(name);
  if (source !== undefined && name.length === 2) return ofClass(source);
  return /^[A-Z][a-z]?$/.test(name) ? unicodeSet(`gc=${name}`) : undefined;
}

/** A script in any case, as Java takes it; JavaScript wants `Old_Italic`. */
function script(name: string): CodePointTest | undefined {
  const words = name.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
  return /^\w+$/.test(name) ? unicodeSet(`sc=${words.join('_')}`) : undefined;
}

function unicodeSet(property: string): CodePointTest | undefined {
  try {
    return ofClass(`\\p{${property}}`);
  } catch {
    return undefined;
  }
}

function unknown(name: string): never {
  throw new InvalidPattern(`unknown character property ${name}`);
}
