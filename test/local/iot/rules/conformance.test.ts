import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCase, readCases, type RuleCase } from '../../../../local/iot/rules/check/index.ts';

const fixture = (name: string) =>
  readCases(readFileSync(new URL(`../../../fixtures/${name}.json`, import.meta.url), 'utf8'));

const cases = fixture('iot-sql-conformance');
/** Rows of AWS's tables that the others leave out, in both versions, and the corners of the grammar. */
const moreCases = fixture('iot-sql-more-cases');

/** Both sides, for a message that tells the difference. */
async function verdictOf(ruleCase: RuleCase): Promise<string> {
  const verdict = await checkCase(ruleCase);
  return verdict.ok ? 'as expected' : `expected ${verdict.expected}, got ${verdict.got}`;
}

test.each([...cases, ...moreCases].map((ruleCase) => [ruleCase.id, ruleCase.sql, ruleCase] as const))(
  '%s: %s',
  async (_id, _sql, ruleCase) => {
    expect(await verdictOf(ruleCase)).toBe('as expected');
  },
);

test('The cases cover the whole language, each once.', () => {
  expect(cases.length).toBeGreaterThan(1_200);
  const ids = [...cases, ...moreCases].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const doubled = {
  id: 'x',
  sqlVersion: '2016-03-23',
  sql: "SELECT x * 2 AS y FROM 'a'",
  topic: 'a',
  payload: { x: 2 },
};

test.each<[Record<string, unknown>, string]>([
  [{ expected: { y: 4 } }, 'as expected'],
  [{ expected: { y: 4.0 }, expectedText: '{"y":4}' }, 'as expected'],
  [{ expected: { y: 5 } }, 'expected {"y":5}, got {"y":4}'],
  [{ expected: { y: '4' } }, 'expected {"y":"4"}, got {"y":4}'],
  [{ expected: { y: 4, z: 1 } }, 'expected {"y":4,"z":1}, got {"y":4}'],
  [{ expected: {} }, 'expected {}, got {"y":4}'],
  [{ expected: [4] }, 'expected [4], got {"y":4}'],
  [{ expected: { y: 4 }, expectedText: '{"y":4.0}' }, 'expected {"y":4.0}, got {"y":4}'],
  [{ expected: { y: 5 }, alternatives: [{ y: 4 }] }, 'as expected'],
  [{ expected: { y: 5 }, alternatives: [{ y: 6 }] }, 'expected {"y":5}, or {"y":6}, got {"y":4}'],
  [{ expected: { y: 4.000000000000001 }, compare: 'approx' }, 'as expected'],
  [{ expected: { y: 4.000000000000001 } }, 'expected {"y":4.000000000000001}, got {"y":4}'],
  [{ expected: null, compare: 'pattern', match: { y: { min: 4, max: 4 } } }, 'as expected'],
  [
    { expected: null, compare: 'pattern', match: { y: { min: 5 } } },
    'expected what keeps to {"y":{"min":5}}, got {"y":4}',
  ],
  [
    { expected: null, compare: 'pattern', match: { y: { regex: '4' } } },
    'expected what keeps to {"y":{"regex":"4"}}, got {"y":4}',
  ],
  [{ expected: { y: 4 }, template: '${x}', expectedTemplate: '2' }, 'as expected'],
  [
    { expected: { y: 4 }, template: '${x}', expectedTemplate: '3' },
    'expected {"y":4}, and the template "3", got {"y":4}, and the template "2"',
  ],
  [{ expected: 'NO_MATCH' }, 'expected NO_MATCH, got {"y":4}'],
  [{ expected: 'NO_MATCH', topic: 'b' }, 'as expected'],
  [{ expected: { y: 4 }, topic: 'b' }, 'expected {"y":4}, got NO_MATCH (the topic does not match FROM)'],
  [{ expected: 'SQL_PARSE_ERROR', sql: 'SELECT' }, 'as expected'],
  [{ expected: 'RULE_FAILED', sql: "SELECT *, 1 AS a FROM 'a'", payloadText: 'text' }, 'as expected'],
  [{ expected: 'SQL_VERSION_UNSUPPORTED', sql: 'SELECT' }, 'as expected'],
  [
    { expected: 'SQL_VERSION_UNSUPPORTED', topic: 'b' },
    'expected SQL_VERSION_UNSUPPORTED, got NO_MATCH (the topic does not match FROM)',
  ],
  [{ expected: 'UNSPECIFIED' }, 'as expected'],
  [
    {
      expected: null,
      compare: 'base64',
      expectedText: '/w==',
      sql: "SELECT * FROM 'a'",
      payloadBase64: '/w==',
    },
    'as expected',
  ],
  [{ expected: null, compare: 'base64', expectedText: '/w==' }, 'expected /w==, got {"y":4}'],
])('A case of %j comes out %s.', async (changes, verdict) => {
  const [ruleCase] = readCases(JSON.stringify([{ ...doubled, ...changes }]));
  if (ruleCase === undefined) throw new Error('no case was read');
  expect(await verdictOf(ruleCase)).toBe(verdict);
});

test.each(['{}', '[{"id":"a"}]', '[{"id":"a","sql":"SELECT *","topic":"a","expected":{},"expectd":{}}]'])(
  '%s is not an array of cases.',
  (json) => {
    expect(() => readCases(json)).toThrow(expect.objectContaining({ name: 'ZodError' }));
  },
);
