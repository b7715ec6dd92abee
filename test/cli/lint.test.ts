import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/lint.ts';
import { readService } from '../../cli/lint/service.ts';
import { CHECKS } from '../../local/lint/index.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-lint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const lint = (...words: string[]) => runCommand('lint', command, words, { cwd: folder });

test('The service of this project has no findings.', async () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const { code, out, err } = await runCommand('lint', command, [], { cwd: root });
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toMatch(/^nothing found in \d+ resources\n$/);
  const { resources } = readService({ file: path.join(root, 'serverless.yml'), env: {} });
  expect(resources['DetectRule']?.type).toBe('AWS::IoT::TopicRule');
});

const RULE = `Resources:
  Rule:
    Type: AWS::IoT::TopicRule
    Properties:
      RuleName: \${self:custom.names.rule}
      TopicRulePayload:
        Sql: >-
          SELECT *, timestamp() AS at
          FROM '\${param:topic}/#'
        AwsIotSqlVersion: '2016-03-23'
        Actions:
          - Lambda:
              FunctionArn: !GetAtt ScoreLambdaFunction.Arn
          - S3:
              BucketName: !Ref Bucket
              Key: x/\${at}.json
              RoleArn: role
        ErrorAction: &error
          Sqs: { QueueUrl: !Ref Queue, RoleArn: role }
  Other:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM '\${param:topic}'
        AwsIotSqlVersion: '2016-03-23'
        Actions: []
        ErrorAction: *error
`;

const SERVICE = `service: test
provider: { name: aws, stage: "\${opt:stage, 'dev'}" }
params:
  default: { topic: home }
  prod: { topic: plant }
custom:
  names: \${file(names.json)}
functions:
  tune-it:
    handler: x.handler
    events:
      - iot:
          sql: SELECT * FROM 'tune'
          sqlVersion: '2016-03-23'
resources:
  - \${file(parts/\${sls:stage}.yml)}
  - Outputs: {}
`;

function writeService(): void {
  write('serverless.yml', SERVICE);
  write('names.json', '{"rule": "test_${sls:stage}"}');
  write('parts/dev.yml', RULE);
  write(
    'parts/prod.yml',
    RULE.replace("'2016-03-23'\n        Actions:\n", "'2015-10-08'\n        Actions:\n"),
  );
}

test('A finding names the file and the line, across files and variables.', async () => {
  writeService();
  const { code, out, err } = await lint();
  expect(code).toBe(1);
  const lines = out.trim().split('\n');
  expect(lines.map((line) => line.split(': ').slice(0, 3).join(': '))).toEqual([
    'parts/dev.yml:13: error LAMBDA_PERMISSION_MISSING: Rule',
    'parts/dev.yml:7: warning FILTERS_NEVER_MEET: Rule',
    'parts/dev.yml:16: warning TEMPLATE_NAMES_ALIAS: Rule',
    'serverless.yml:12: warning NO_ERROR_ACTION: TuneDashitIotTopicRule1',
  ]);
  expect(lines[1]).toContain("'home/#' (FROM of Rule) and 'home' (FROM of Other)");
  expect(err).toBe('1 error and 3 warnings in 4 resources\n');
});

test('--stage picks files and parameters, and --json prints lines that programs read.', async () => {
  writeService();
  const { out } = await lint('--stage', 'prod', '--json');
  const findings = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(findings[0]).toEqual({
    file: 'parts/prod.yml',
    line: 13,
    severity: 'error',
    code: 'LAMBDA_PERMISSION_MISSING',
    logicalId: 'Rule',
    path: ['TopicRulePayload', 'Actions', 0, 'Lambda', 'FunctionArn'],
    message: expect.stringContaining('nothing lets AWS IoT invoke ScoreLambdaFunction'),
  });
  expect(out).toContain("'plant/#'");
});

test('Warnings alone are no failure.', async () => {
  write('serverless.yml', 'functions: { f: { events: [{ iot: { sql: "SELECT * FROM \'a\'" } }] } }\n');
  const { code, out, err } = await lint();
  expect([code, err]).toEqual([0, '0 errors and 1 warning in 2 resources\n']);
  expect(out).toMatch(/^serverless.yml:1: warning NO_ERROR_ACTION: /);
});

test('Values out of programs are named and left out.', async () => {
  write('serverless.yml', 'resources:\n  - ${file(resources.js)}\n  - ${file(made.ts):part}\n');
  expect(await lint()).toEqual({
    code: 0,
    out: '',
    err:
      'serverless.yml:2 takes values from resources.js, which is a program: they are not looked at\n' +
      'serverless.yml:3 takes values from made.ts, which is a program: they are not looked at\n' +
      'nothing found in 0 resources\n',
  });
});

test.each<[what: string, files: Record<string, string>, told: string]>([
  ['no file', {}, '/serverless.yml" cannot be read: there is no such file'],
  [
    'a missing part',
    { 'serverless.yml': '\nresources: ${file(no.yml)}' },
    '/no.yml" cannot be read: there is no such file',
  ],
  ['what is not YAML', { 'serverless.yml': 'a: 1\nb: [' }, 'serverless.yml:2 cannot be read: '],
  ['a loop', { 'serverless.yml': 'a: ${self:b}\nb: ${self:a}\nresources: ${self:a}' }, 'goes on for ever'],
  [
    'a file in itself',
    { 'serverless.yml': 'resources: [{ x: "${file(serverless.yml)}" }]' },
    'goes on for ever',
  ],
  [
    'variables that double',
    {
      'serverless.yml': `${Array.from({ length: 40 }, (_, i) => `a${i}: ["\${self:a${i + 1}}", "\${self:a${i + 1}}"]`).join('\n')}\nresources: \${self:a0}`,
    },
    'goes on for ever',
  ],
  [
    'aliases that double',
    {
      'serverless.yml': `${Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1}, *a${i - 1}`}]`).join('\n')}\n`,
    },
    'more than 200000 values',
  ],
])('It says so and ends with 1: %s.', async (_what, files, told) => {
  for (const [name, text] of Object.entries(files)) write(name, text);
  const { code, err } = await lint();
  expect(code).toBe(1);
  expect(err).toContain(told);
});

test.each<[variable: string, value: unknown]>([
  ['${self:custom.list.1}', 'two'],
  ['${self:custom.none, 5}', 5],
  ['${self:custom.none, true}', true],
  ["${env:X, 'fallback'}", 'from env'],
  ["${env:Y, 'fallback'}", 'fallback'],
  ['${opt:region}', '${opt:region}'],
  ['a-${opt:region}-${sls:stage}', 'a-${opt:region}-dev'],
  ['${self:custom.${self:custom.key}}', 'found'],
  ['${cf:stack.Output}', '${cf:stack.Output}'],
  ['${device}/${param}', '${device}/${param}'],
  ['${AWS::Region}', '${AWS::Region}'],
  ['${file(more.yml):deep.key}', 'of file'],
])('The variable %s becomes %j.', (variable, value) => {
  write('more.yml', 'deep: { key: of file }');
  write(
    'serverless.yml',
    `custom: { list: [one, two], key: name, name: found }\nresources: { Resources: { R: { Type: T, Properties: { x: "${variable}" } } } }`,
  );
  const { resources } = readService({ file: path.join(folder, 'serverless.yml'), env: { X: 'from env' } });
  expect(resources['R']?.properties['x']).toBe(value);
});

test('Short forms of CloudFormation and merge keys are read.', () => {
  write(
    'serverless.yml',
    'base: &base { a: 1, b: 2 }\nresources:\n  Resources:\n    R:\n      Type: T\n      Properties: { <<: *base, b: !Sub "${x}", c: !Join [a, [b]] }\n',
  );
  const { resources } = readService({ file: path.join(folder, 'serverless.yml'), env: {} });
  expect(resources['R']?.properties).toEqual({
    a: 1,
    b: { 'Fn::Sub': '${x}' },
    c: { 'Fn::Join': ['a', ['b']] },
  });
});

test('--explain tells what is looked for.', async () => {
  const { out } = await lint('--explain');
  expect(out.trim().split('\n')).toHaveLength(CHECKS.length);
});

test('More than one file is a wrong call.', async () => {
  expect((await lint('a', 'b')).code).toBe(2);
});

test('Whatever the file holds, it is read or refused by name.', async () => {
  const piece = fc.constantFrom(
    'resources:',
    'Resources:',
    'functions:',
    'a:',
    '- ',
    '\n',
    '\n  ',
    '${self:a}',
    '${self:',
    '}',
    '${file(a.yml)}',
    '${opt:stage, ',
    "'x'",
    '&a',
    '*a',
    '<<: *a',
    '!Sub ',
    '!GetAtt a.b',
    '[',
    ']',
    '{',
    '}',
    '"',
    '|',
    'events:',
    'iot:',
  );
  const texts = fc.oneof(
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      write('serverless.yml', text);
      write('a.yml', 'a: ${self:a}');
      const { code, err } = await lint();
      expect([0, 1]).toContain(code);
      expect(err).toMatch(/nothing found|error|cannot be read|goes on for ever|ENOENT/);
    }),
    { seed: 20261121, numRuns: 300 },
  );
});
