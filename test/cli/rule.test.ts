import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../cli/commands/rule.ts';
import type { RunOptions } from './run.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-rule-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path.join(folder, name), text);
  return name;
}

const rule = (words: readonly string[], options: RunOptions = {}) =>
  runCommand('rule', command, words, { cwd: folder, ...options });

const SQL = "SELECT *, topic(2) AS device FROM 'home/+' WHERE temp > 30 AND door = 'open'";

test('rule test shows the whole evaluation.', async () => {
  const words = [
    'test',
    '--sql',
    SQL,
    '--topic',
    'home/a',
    '--payload',
    '{"temp":31}',
    '--template',
    'x/${device}',
  ];
  expect(await rule(words)).toEqual({
    code: 0,
    err: '',
    out: `SQL version 2015-10-08, AWS’s default: --version 2016-03-23 is the newer
FROM
  home  home  matches
  +     a  matches
WHERE
  temp > 30 AND door = 'open'  → Undefined
    temp > 30  → true
      temp  → 31
    door = 'open'  → Undefined
      door  → Undefined
SELECT
  *  → {"temp":31}
  topic(2)  → "a"  AS device
result, if it ran
  {"temp":31,"device":"a"}
templates
  x/\${device}  → "x/"
The rule does not run: WHERE is not true.
`,
  });
});

test('rule test prints JSON for programs.', async () => {
  const words = [
    'test',
    '--sql',
    "SELECT x FROM 'a' WHERE y = null",
    '--topic',
    'a',
    '--payload',
    '{"y":null}',
    '--json',
  ];
  const { out } = await rule([...words, '--version', '2016-03-23']);
  const explained: unknown = JSON.parse(out);
  expect(explained).toEqual({
    runs: true,
    version: '2016-03-23',
    filter: { filter: 'a', topic: 'a', matches: true, levels: [{ filter: 'a', topic: 'a', matches: true }] },
    variables: [],
    where: { sql: 'y = null', value: 'true', parts: [{ sql: 'y', value: 'Null', parts: [] }] },
    columns: [{ key: 'x', sql: 'x', value: 'Undefined', parts: [] }],
    result: { kind: 'json', text: '{}' },
    templates: [],
  });
});

test('The payload comes from a file or from standard input, the time and the client from options.', async () => {
  const sql = "SELECT x, timestamp() AS t, clientid() AS c FROM 'a'";
  const words = ['test', '--sql', sql, '--topic', 'a', '--time', '1970-01-01T00:00:01Z', '--client-id', 'me'];
  const file = write('payload.json', { x: 7 });
  const [fromFile, fromInput] = await Promise.all([
    rule([...words, '--payload', `@${file}`]),
    rule([...words, '--payload', '-'], { input: '{"x":8}' }),
  ]);
  expect(fromFile.out).toContain('{"x":7,"t":1000,"c":"me"}');
  expect(fromInput.out).toContain('{"x":8,"t":1000,"c":"me"}');
});

test('The templates of actions are filled in, in either form of them.', async () => {
  const actions = write('actions.json', [
    { s3: { key: '${topic()}/${x}' } },
    { Republish: { Topic: 'b/${missing}' } },
  ]);
  const one = write('action.json', { Sqs: { QueueUrl: '${nothing(' } });
  const words = ['test', '--sql', "SELECT x FROM 'a'", '--topic', 'a', '--payload', '{"x":7}'];
  const { out } = await rule([...words, '--action', actions, '--action', one]);
  expect(out).toContain('  s3.key  ${topic()}/${x}  → "a/7"\n');
  expect(out).toContain('  Republish.Topic  b/${missing}  → "b/"\n');
  expect(out).toMatch(/ {2}Sqs\.QueueUrl {2}\$\{nothing\( {2}→ fails: .+/);
});

test('A rule of the service is found by its logical id, with its version and its actions.', async () => {
  write(
    'serverless.yml',
    `resources:
  Resources:
    HotRule:
      Type: AWS::IoT::TopicRule
      Properties:
        TopicRulePayload:
          Sql: SELECT * FROM '\${self:custom.topic}' WHERE temp > 30
          AwsIotSqlVersion: '2016-03-23'
          Actions:
            - S3: { BucketName: !Ref Bucket, Key: "x/\${temp}", RoleArn: !Sub "\${AWS::Region}" }
          ErrorAction:
            Republish: { Topic: !Sub "errors/\${AWS::Region}\${!topic()}", RoleArn: role }
custom: { topic: a }
`,
  );
  const words = ['--topic', 'a', '--payload', '{"temp":31}'];
  const { code, out } = await rule(['test', '--rule', 'HotRule', ...words]);
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'SQL version 2016-03-23',
    'FROM',
    '  a  a  matches',
    'WHERE',
    '  temp > 30  → true',
    '    temp  → 31',
    'SELECT',
    '  *  → {"temp":31}',
    'result',
    '  {"temp":31}',
    'templates',
    '  S3.Key  x/${temp}  → "x/31"',
    '  ErrorAction.Republish.Topic  errors/${topic()}  → "errors/a"',
    'The rule runs its actions.',
    '',
  ]);
  const unknown = await rule(['test', '--rule', 'HotRul', ...words]);
  expect([unknown.code, unknown.err]).toEqual([
    1,
    'serverless.yml has no rule "HotRul": did you mean HotRule? (it has HotRule)\n',
  ]);
});

test.each<[words: string[], code: number, told: string]>([
  [[], 2, 'rule is followed by test or check'],
  [['tset'], 2, 'did you mean test?'],
  [['test', '--topic', 'a', '--payload', '1'], 2, 'either --sql'],
  [['test', '--sql', 'x', '--rule', 'y', '--topic', 'a', '--payload', '1'], 2, 'either --sql'],
  [['test', '--sql', "SELECT * FROM 'a'"], 2, 'needs --topic and --payload'],
  [['test', '--sql', "SELECT * FROM 'a'", '--topic', 'a/#', '--payload', '1'], 2, 'wildcard'],
  [
    ['test', '--sql', "SELECT * FROM 'a'", '--topic', 'a', '--payload', '1', '--time', 'x'],
    2,
    '--time takes',
  ],
  [['test', '--sql', "SELECT * FROM 'a'", '--topic', 'a', '--payload', '1', 'more'], 2, '"more" is too much'],
  [['test', '--sql', 'SELECT', '--topic', 'a', '--payload', '1'], 1, 'SQL, column 7'],
  [
    ['test', '--sql', "SELECT * FROM 'a'", '--topic', 'a', '--payload', '1', '--version', 'beta'],
    1,
    'the SQL version "beta"',
  ],
  [['test', '--sql', "SELECT * FROM 'a'", '--topic', 'a', '--payload', '@none'], 1, '"none" cannot be read'],
  [['check'], 2, 'one file of cases'],
  [['check', 'none.json'], 1, 'holds no cases'],
])('%j ends with %d: %s.', async (words, code, told) => {
  const done = await rule(words);
  expect([done.code, done.err]).toEqual([code, expect.stringContaining(told)]);
});

const cases = [
  { id: 'passes', sql: "SELECT x FROM 'a'", topic: 'a', payload: { x: 1 }, expected: { x: 1 } },
  { id: 'elsewhere', sql: "SELECT x FROM 'b'", topic: 'a', payload: { x: 1 }, expected: 'NO_MATCH' },
  { id: 'differs', sql: "SELECT x + 1 AS y FROM 'a'", topic: 'a', payload: { x: 1 }, expected: { y: 3 } },
];

test('rule check tells the cases that fail, and how many passed.', async () => {
  const file = write('cases.json', cases);
  expect(await rule(['check', file])).toEqual({
    code: 1,
    err: '',
    out: `FAIL differs
  sql       SELECT x + 1 AS y FROM 'a'
  expected  {"y":3}
  got       {"y":2}
2 passed, 1 failed
`,
  });
  const { code, out } = await rule(['check', file, '--json']);
  expect(code).toBe(1);
  expect(
    out
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    { id: 'differs', sql: "SELECT x + 1 AS y FROM 'a'", expected: '{"y":3}', got: '{"y":2}' },
    { passed: 2, failed: 1 },
  ]);
});

test('rule check ends with 0 when all pass, and refuses what is no case.', async () => {
  expect(await rule(['check', write('good.json', cases.slice(0, 2))])).toEqual({
    code: 0,
    err: '',
    out: '2 passed, 0 failed\n',
  });
  const empty = await rule(['check', write('empty.json', [])]);
  expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('"empty.json" holds no cases')]);
  expect((await rule(['check', write('object.json', {})])).code).toBe(1);
  expect((await rule(['check', write('text.json', 'no JSON')])).code).toBe(1);
});

test('rule check fails an element that is no case by name, and runs the others.', async () => {
  const misspelt = { ...cases[0], id: 'misspelt', expectd: 1 };
  const file = write('mixed.json', [misspelt, 7, cases[1]]);
  expect(await rule(['check', file])).toEqual({
    code: 1,
    err: '',
    out: `FAIL misspelt
  expected  a case
  got       Unrecognized key: "expectd"
FAIL element 1
  expected  a case
  got       Invalid input: expected object, received number
1 passed, 2 failed
`,
  });
});

test('rule test says that a payload is no JSON, and refuses one that AWS IoT would not take.', async () => {
  const words = ['test', '--sql', "SELECT x FROM 'a'", '--topic', 'a', '--payload'];
  const { code, out } = await rule([...words, '{x: 1}']);
  expect([code, out]).toEqual([0, expect.stringContaining('payload\n  the payload is not JSON')]);
  expect((await rule([...words, '{"x":1}'])).out).not.toContain('payload');
  const big = write('big.json', ' '.repeat(128 * 1024 + 1));
  const refused = await rule([...words, `@${big}`]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('131073 bytes')]);
});

test('A WHERE that is the text "true" runs the rule, and rule test says so.', async () => {
  const words = ['test', '--sql', "SELECT * FROM 'a' WHERE x", '--topic', 'a', '--payload', '{"x":"true"}'];
  expect((await rule(words)).out).toContain('The rule runs its actions.');
});
