import type { SqlValue } from '../values.ts';
import type { SqlFunction } from './function.ts';
import { compileJavaRegex } from './java-regex/index.ts';
import { ofTexts } from './operands.ts';

/**
 * Functions of Java's regular expressions. A pattern that is none gives Undefined; one that is not served, or that
 * takes too long, fails the rule.
 */
export const regularExpressionFunctions: readonly SqlFunction[] = [
  ofTexts(
    'regexp_matches',
    'regexp_matches(String, String)',
    ([text = '', pattern = ''], { budget }): SqlValue => {
      const regex = compileJavaRegex(pattern);
      return regex === undefined ? undefined : regex.find(text, budget) !== undefined;
    },
  ),
  ofTexts(
    'regexp_replace',
    'regexp_replace(String, String, String)',
    ([text = '', pattern = '', replacement = ''], { budget }) =>
      compileJavaRegex(pattern)?.replaceAll(text, replacement, budget),
  ),
  ofTexts(
    'regexp_substr',
    'regexp_substr(String, String)',
    ([text = '', pattern = ''], { switches, budget }) => {
      const regex = compileJavaRegex(pattern);
      if (regex === undefined) return undefined;
      return regex.find(text, budget) ?? (switches.regexpNoMatch === 'empty' ? '' : undefined);
    },
  ),
];
