import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileJavaRegex,
  type JavaRegex,
} from '../../../../../local/iot/rules/sql/functions/java-regex/index.ts';
import { WorkBudget } from '../../../../../local/iot/rules/sql/work-budget.ts';
import { call } from './support.ts';

function compile(pattern: string): JavaRegex {
  const regex = compileJavaRegex(pattern);
  if (regex === undefined) throw new Error(`no regular expression: ${pattern}`);
  return regex;
}

function find(pattern: string, text: string): string | undefined {
  return compile(pattern).find(text, new WorkBudget());
}

/** Results of java.util.regex in Java 17. */
test.each<[pattern: string, text: string, match: string | undefined]>([
  ['a{2,}', 'aaaa', 'aaaa'],
  ['(?i)HELLO', 'say hello', 'hello'],
  ['(?iu)\u00c9', '\u00e9', '\u00e9'],
  ['(?i)\u00c9', '\u00e9', undefined],
  ['[a-z&&[^aeiou]]+', 'aeixyz', 'xyz'],
  ['[a-c[x-z]]+', 'mmaxzb', 'axzb'],
  ['[^a&&b]', 'ab', 'a'],
  ['\\p{Lu}+', 'ab\u00c4\u00d6c', '\u00c4\u00d6'],
  ['\\p{Punct}+', 'a!?b', '!?'],
  ['\\p{IsLatin}+', '\u0436abc', 'abc'],
  ['\\p{Alpha}+', '1ab', 'ab'],
  ['a++a', 'aaa', undefined],
  ['(?>a+)b', 'aaab', 'aaab'],
  ['(?>a|ab)c', 'abc', undefined],
  ['a*?b', 'aab', 'aab'],
  ['\\Qa.b\\E+', 'a.bbb', 'a.bbb'],
  ['(?x) a b # comment\u000a c', 'abc', 'abc'],
  ['(a)|\\1b', 'b', undefined],
  ['(?:(a)|b)*', 'ab', 'ab'],
  ['(a)\\1', 'aa', 'aa'],
  ['(?<n>x)\\k<n>', 'xx', 'xx'],
  ['(?<=\\d{2})x', '12x', 'x'],
  ['(?<!a)b', 'ab b', 'b'],
  ['a(?=b)', 'acab', 'a'],
  ['a(?!b)', 'abac', 'a'],
  ['^b', 'a\u000ab', undefined],
  ['(?m)^b$', 'a\u000ab\u000ac', 'b'],
  ['a$', 'a\u000a', 'a'],
  ['a\\z', 'a\u000a', undefined],
  ['a\\Z', 'a\u000d\u000a', 'a'],
  ['.', '\u000a', undefined],
  ['(?s).', '\u000a', '\u000a'],
  ['(?d).', '\u000d', '\u000d'],
  ['\\R+', 'a\u000d\u000a\u000ab', '\u000d\u000a\u000a'],
  ['\\h+', 'a\u0009\u00a0b', '\u0009\u00a0'],
  ['\\v+', 'a\u000a\u2028b', '\u000a\u2028'],
  ['\\bfoo\\b', 'a foo.', 'foo'],
  ['\\x41\\u0042\\0103', 'ABC', 'ABC'],
  ['\\x{1F600}', 'x\ud83d\ude00', '\ud83d\ude00'],
  ['\\cA', '\u0001', '\u0001'],
  ['[]a]+', ']a]', ']a]'],
  ['[a-]+', '-a-', '-a-'],
  ['\\d+(?:\\.\\d+)?', 'v1.25', '1.25'],
  ['a{2}{3}', 'aaaaaa', 'aa'],
  ['x*', 'aaa', ''],
  ['(|a)*', 'aaa', ''],
  ['(a|b){2,3}?', 'abab', 'ab'],
  ['(?i:a)B', 'aB AB', 'aB'],
  ['\\w+@\\w+\\.com', 'me@aws.com', 'me@aws.com'],
  ['[\\w.]+', '!a.b!', 'a.b'],
  ['\\/', '/', '/'],
  [']', ']', ']'],
  ['}', '}', '}'],
  ['(a+|b+)*c', 'aabbc', 'aabbc'],
  ['\\G\\d', '1a2', '1'],
  ['(?-i)a', 'A', undefined],
  ['a|b|', 'c', ''],
  ['[a&&&b]', '&', '&'],
  ['[&&a]', 'a', 'a'],
  ['\\pL', '1a', 'a'],
  ['\\PL', 'a1', '1'],
  ['\ud83d\ude00+', '\ud83d\ude00\ud83d\ude00', '\ud83d\ude00\ud83d\ude00'],
  ['.', '\ud83d\ude00', '\ud83d\ude00'],
  ['[\ud83d\ude00-\ud83d\ude02]', '\ud83d\ude01', '\ud83d\ude01'],
])('%j finds in %j: %j.', (pattern, text, match) => {
  expect(find(pattern, text)).toBe(match);
});

test.each([
  '(',
  ')',
  '[',
  'a**',
  '*a',
  '{',
  'a{',
  'a{2,1}',
  '\\',
  '\\y',
  '[b-a]',
  '(?<1a>x)',
  '(?<n>x)(?<n>y)',
  '\\k<m>',
  '(?z)a',
  '\\p{Foo}',
  '\\x4',
  '\\08',
  '[a',
  '[\\1]',
  '(?',
  'a{99999999999}',
  '[a-\\d]',
  '(?<=(ab)*)c',
])('%j is no regular expression: functions give Undefined.', (pattern) => {
  expect(compileJavaRegex(pattern)).toBeUndefined();
  expect(call('regexp_matches', ['a', pattern])).toBeUndefined();
  expect(call('regexp_replace', ['a', pattern, 'b'])).toBeUndefined();
  expect(call('regexp_substr', ['a', pattern])).toBeUndefined();
});

test.each([
  ['\\X', '\\X'],
  ['\\N{DIGIT ONE}', '\\N'],
  ['\\b{g}', '\\b{…}'],
  ['(?U)\\w', '(?U)'],
  ['\\p{InGreek}', '\\p{InGreek}'],
  ['\\p{blk=Greek}', 'Greek'],
  ['\\p{javaJavaIdentifierStart}', '\\p{javaJavaIdentifierStart}'],
])('%j is refused by the name of what is not served.', (pattern, part) => {
  expect(() => compileJavaRegex(pattern)).toThrow(
    expect.objectContaining({ code: 'PATTERN_NOT_SERVED', message: expect.stringContaining(part) }),
  );
});

test.each<[text: string, pattern: string, replacement: string, result: string | undefined]>([
  ['abcd', 'bc', 'x', 'axd'],
  ['abcd', 'b(.*)d', '$1', 'ac'],
  ['ab', '(a)(b)', '$2$1', 'ba'],
  ['abc', 'x*', '-', '-a-b-c-'],
  ['ab', '(?<first>a)', '<${first}>', '<a>b'],
  ['ab', '(a)|(b)', '[$1$2]', '[a][b]'],
  ['ab', '(a)(x)?', '$2!', '!b'],
  ['a', 'a', '$0$0', 'aa'],
  ['a', 'a', '\\$1', '$1'],
  ['a', '(a)', '$11', 'a1'],
  ['1a2', '\\G\\d', 'x', 'xa2'],
  ['a1b2', '(?<=[a-z])\\d', '#', 'a#b#'],
  ['😀', '', '-', '-😀-'],
  ['a', 'a', '$1', undefined],
  ['a', 'a', '$', undefined],
  ['a', 'a', '$x', undefined],
  ['a', 'a', '${x}', undefined],
  ['a', 'a', '\\', undefined],
])('In %j %j becomes %j: %j.', (text, pattern, replacement, result) => {
  expect(call('regexp_replace', [text, pattern, replacement])).toBe(result);
});

test.each([
  ['(a|aa)+$', `${'a'.repeat(3_000)}!`],
  ['^(\\w+\\s?)*$', `${'word '.repeat(5_000)}!`],
  ['(a+)+b', 'a'.repeat(150)],
  ['(?:(?:x+x+)+y)?z', 'x'.repeat(100)],
])('%j fails without going through every alternative.', (pattern, text) => {
  expect(find(pattern, text)).toBeUndefined();
});

test.each([
  ['(a|a)*\\1b', 'a'.repeat(100)],
  ['(a|aa|aaa)*\\1b', 'a'.repeat(100)],
  ['(.*)(.*)(.*)(.*)(.*)x', 'a'.repeat(1_000)],
  ['(?=(a+)+b)c', 'a'.repeat(100)],
])('%j ends in an error instead of running for hours.', (pattern, text) => {
  expect(() => find(pattern, text)).toThrow(expect.objectContaining({ code: 'PATTERN_TOO_COSTLY' }));
});

test('What patterns cost is taken from the budget of the evaluation.', () => {
  const budget = new WorkBudget();
  const search = () => {
    for (let times = 0; times < 1_000; times += 1)
      call('regexp_matches', ['a'.repeat(50_000), 'b'], { budget });
  };
  expect(search).toThrow(expect.objectContaining({ code: 'TOO_MUCH_WORK' }));
});

test('A long replacement of empty groups is taken from the budget too.', () => {
  const operands = ['a'.repeat(20_000), '(z)?', '$1'.repeat(20_000)];
  expect(() => call('regexp_replace', operands)).toThrow(expect.objectContaining({ code: 'TOO_MUCH_WORK' }));
});

test('A long match needs no deep stack, and a pattern has a limit.', () => {
  const text = 'ab'.repeat(20_000);
  expect(find('(?:(a)(b))*', text)).toBe(text);
  expect(find('[^x]*$', text)).toBe(text);
  expect(() => compileJavaRegex('a'.repeat(10_001))).toThrow(
    expect.objectContaining({ code: 'PATTERN_TOO_COSTLY' }),
  );
  expect(compileJavaRegex('('.repeat(200))).toBeUndefined();
  expect(compileJavaRegex('['.repeat(200))).toBeUndefined();
  expect(find(`[${'abc'.repeat(3_000)}]+`, 'xabcx')).toBe('abc');
});

/** Patterns that mean the same in Java and in JavaScript: no group may be left out, no iteration may be empty. */
const plain = fc.letrec<{ atom: string; piece: string; pattern: string }>((tie) => ({
  atom: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\d', '\\w', '1', '\\.', '[a-c1]'),
    },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(${inner})`) },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(?:${inner})`) },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(?=${inner})a`) },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(?!${inner})b`) },
    { weight: 1, arbitrary: fc.constantFrom('^a', 'b$', '\\ba', '(?<=a)b', '(?<!b)c') },
  ),
  piece: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '+', '{2}', '{1,2}', '+?', '{1,3}?'))
    .map(([atom, quantifier]) => (/^[^b]\$$|^\^|^b\$|^\(\?[=!<]/.test(atom) ? atom : atom + quantifier)),
  pattern: fc
    .array(fc.array(tie('piece'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((branches) => branches.map((pieces) => pieces.join('')).join('|')),
}));

const TOO_COSTLY = Symbol('too costly');

/** A few of the patterns go through so many alternatives that they are ended. */
function findUnlessCostly(pattern: string, text: string): string | undefined | typeof TOO_COSTLY {
  try {
    return find(pattern, text);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'PATTERN_TOO_COSTLY' });
    return TOO_COSTLY;
  }
}

test('Plain patterns find what JavaScript finds.', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' '), maxLength: 12 });
  fc.assert(
    fc.property(plain.pattern, text, (pattern, subject) => {
      const found = findUnlessCostly(pattern, subject);
      fc.pre(found !== TOO_COSTLY);
      expect(found).toBe(new RegExp(pattern).exec(subject)?.[0]);
    }),
    { numRuns: 600 },
  );
});

test('Whatever text is a pattern, it is compiled, refused by name, or none; and it always ends.', () => {
  const characters = 'ab1.*+?{}[]()|^$\\\\\\-&,:=!<>iQEdwpLu#x0k'.split('');
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n', '😀'), maxLength: 10 }),
      (pattern, text) => {
        try {
          const match = compileJavaRegex(pattern)?.find(text, new WorkBudget());
          if (match !== undefined) expect(text).toContain(match);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^PATTERN_(NOT_SERVED|TOO_COSTLY)$/) });
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('A quoted text finds itself.', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      fc.pre(!text.includes('\\E') && !text.endsWith('\\'));
      expect(find(`\\Q${text}\\E`, `<${text}>`)).toBe(text);
    }),
    { numRuns: 200 },
  );
});
