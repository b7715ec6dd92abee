import { toNumber, toText } from '../conversions.ts';
import type { SqlFunction } from './function.ts';
import { clamped, ofTexts, roundedDown } from './operands.ts';

/** Spaces that are added at most. Source: the reference of lpad and rpad. */
const MAX_SPACES = 1_000;

/** Functions that add white space to Strings or take it away. */
export const paddingFunctions: readonly SqlFunction[] = [
  padding('lpad', (text, spaces) => spaces + text),
  padding('rpad', (text, spaces) => text + spaces),
  ofTexts('ltrim', 'ltrim(String)', ([text = '']) => text.slice(firstNot(text, isTabOrSpace))),
  ofTexts('rtrim', 'rtrim(String)', ([text = '']) => text.slice(0, lastNot(text, isTabOrSpace))),
  ofTexts('trim', 'trim(String)', ([text = ''], { switches }) => {
    const isTrimmed = switches.trimmed === 'controls' ? isControlOrSpace : isTabOrSpace;
    return text.slice(0, lastNot(text, isTrimmed)).slice(firstNot(text, isTrimmed));
  }),
];

/** The second argument is a number of spaces, not a width. */
function padding(name: string, add: (text: string, spaces: string) => string): SqlFunction {
  return {
    name,
    signature: `${name}(String, Int)`,
    minArguments: 2,
    maxArguments: 2,
    evaluate: (_context, [operand, count], site) => {
      const text = toText(operand);
      const number = toNumber(count);
      if (text === undefined || number === undefined) return undefined;
      return add(text, ' '.repeat(clamped(roundedDown(number, site), 0, MAX_SPACES)));
    },
  };
}

type CodeTest = (code: number) => boolean;

const isTabOrSpace: CodeTest = (code) => code === 0x20 || code === 0x09;

/** What Java's String.trim takes away. */
const isControlOrSpace: CodeTest = (code) => code <= 0x20;

/** By hand: a regular expression would look at every inner space once more for each one before it. */
function firstNot(text: string, test: CodeTest): number {
  let at = 0;
  while (at < text.length && test(text.charCodeAt(at))) at += 1;
  return at;
}

function lastNot(text: string, test: CodeTest): number {
  let end = text.length;
  while (end > 0 && test(text.charCodeAt(end - 1))) end -= 1;
  return end;
}
