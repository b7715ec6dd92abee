import { toInt, toText } from '../conversions.ts';
import type { SqlValue } from '../values.ts';
import type { SqlFunction } from './function.ts';
import { clamped, ofTexts } from './operands.ts';
import { textLimit } from './text-limit.ts';

/** Functions that look for a String in another, or cut one out. */
export const searchingFunctions: readonly SqlFunction[] = [
  ofTexts('endswith', 'endswith(String, String)', ([text = '', end = '']) => text.endsWith(end)),
  {
    ...ofTexts('indexof', 'indexof(String, String)', ([text = '', wanted = ''], { switches }) => {
      const index = text.indexOf(wanted);
      return index === -1 && switches.indexofNone === 'undefined' ? undefined : index;
    }),
    sinceVersion: '2016-03-23',
  },
  ofTexts('replace', 'replace(String, String, String)', ([text = '', wanted = '', replacement = '']) =>
    replaceAll(text, wanted, replacement),
  ),
  ofTexts('startswith', 'startswith(String, String)', ([text = '', start = '']) => text.startsWith(start)),
  {
    name: 'substring',
    signature: 'substring(String, Int[, Int])',
    minArguments: 2,
    maxArguments: 3,
    evaluate: (_context, operands) => substring(operands),
  },
];

/** An index outside the String becomes its nearer end; two that are the wrong way round give the empty String. */
function substring([operand, ...positions]: readonly SqlValue[]): SqlValue {
  const text = toText(operand);
  if (text === undefined) return undefined;
  const indexes: number[] = [];
  for (const position of positions) {
    const index = toInt(position);
    if (index === undefined) return undefined;
    indexes.push(clamped(index, 0, text.length));
  }
  return text.slice(...indexes);
}

/** Plain text, not a pattern. @throws SqlEvaluationError VALUE_TOO_LARGE, before anything is built */
function replaceAll(text: string, wanted: string, replacement: string): string {
  if (replacement.length > wanted.length) {
    let found = 0;
    for (let at = text.indexOf(wanted); at !== -1 && at <= text.length; found += 1) {
      if (wanted === '' && at === text.length) break;
      at = text.indexOf(wanted, at + Math.max(wanted.length, 1));
    }
    textLimit(text.length + (found + 1) * (replacement.length - wanted.length));
  }
  return text.replaceAll(wanted, () => replacement);
}
