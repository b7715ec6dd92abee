import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands/table.ts';
import { MAIN, run, runProcess } from './run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// eslint-disable-next-line no-control-regex -- the escape that colours begin with
const ESCAPE = /\u001b\[/;

test.each([[[]], [['--help']], [['-h']], [['help']], [['help', 'help']]])(
  'The help of the program names every command: %j.',
  async (words) => {
    const { code, out, err } = await run(words);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    expect(out).toContain('Exit codes\n  0  done');
  },
);

test.each(COMMANDS.map(({ name }) => name))(
  'The help of %s has all that it needs, within a terminal.',
  async (name) => {
    const [asked, helped] = await Promise.all([run([name, '--help']), run(['help', name])]);
    expect(asked).toEqual(helped);
    const { code, out } = asked;
    expect(code).toBe(0);
    expect(out).toContain(`Usage\n  glasshouse ${name}`);
    expect(out).toContain('\nOptions\n');
    expect(out).toContain('-h, --help');
    expect(out).toMatch(/\nExamples\n {2}# .+\n {2}glasshouse /);
    expect(out).toContain('\nExit codes\n');
    expect(out.split('\n').filter((line) => line.length > 110)).toEqual([]);
  },
);

test('The options of a help stand in two columns.', async () => {
  const { out } = await run(['backtest', '-h']);
  const options = out.slice(out.indexOf('Options\n') + 8, out.indexOf('\n\nExamples')).split('\n');
  // What begins an option, and what goes on in its second column.
  const columns = options.map((line) => /^ {2}(?:-.+?)? {2,}(?=\S)/.exec(line)?.[0].length);
  expect(new Set(columns).size).toBe(1);
});

test('A command that is asked for help gives it, whatever else is wrong with the line.', async () => {
  const { code, out } = await run(['publish', '--help', '--qos', '7']);
  expect(code).toBe(0);
  expect(out).toContain('glasshouse publish TOPIC JSON');
});

test.each([['--version'], ['-V']])('%s prints the version and nothing else.', async (word) => {
  expect(await run([word])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
});

test.each<[words: string[], err: RegExp]>([
  [['backtset'], /there is no command "backtset": did you mean backtest\? \(see: glasshouse help\)/],
  [['qqq'], /there is no command "qqq" \(see: glasshouse help\)/],
  [['help', 'publsh'], /there is no command "publsh": did you mean publish\?/],
  [['--hepl'], /there is no option "--hepl" before a command: did you mean --help\?/],
  [
    ['backtest', 'x.csv', '--colum', 'a'],
    /no option --colum: did you mean --column\? \(see: glasshouse help backtest\)/,
  ],
  [['backtest', 'x.csv', '-x'], /there is no option -x \(see: glasshouse help backtest\)/],
  [['backtest', 'x.csv', '--column'], /'-c, --column <value>' argument missing/],
  [['backtest', 'x.csv', '--json=yes'], /'--json' does not take an argument/],
  [['publish', 'a', '-5'], /-5 is no option: put -- before/],
  [['publish', 'a'], /publish needs a topic and a message/],
  [['publish', 'a', '{', '}'], /publish takes one message/],
  [['publish', 'a/+', '1'], /the topic "a\/\+" holds a wildcard/],
  [['publish', 'a', '1', '--qos', '2'], /--qos takes 0 or 1, not "2"/],
  [['subscribe'], /subscribe needs a topic filter/],
  [['subscribe', 'a/#/b'], /the topic filter "a\/#\/b" has a #/],
  [['subscribe', 'a', '--count', '0'], /--count takes a whole number from 1 on, not "0"/],
  [['redrive'], /redrive needs a queue: rejections or failures/],
  [['redrive', 'failure'], /not "failure": did you mean failures\?/],
  [['redrive', 'failures', 'rejections'], /redrive takes one queue; "rejections" is too many/],
  [['redrive', '--aws'], /--aws needs --queue-url/],
  [['redrive', '--queue-url', 'http://x'], /--queue-url goes with --aws/],
  [['redrive', '--aws', '--queue-url', 'failures'], /--queue-url takes a URL, not "failures"/],
])('%j is refused in one line, with exit code 2.', async (words, err) => {
  const ended = await run(words, { cwd: folder });
  expect(ended.code).toBe(2);
  expect(ended.out).toBe('');
  expect(ended.err).toMatch(err);
  expect(ended.err).toMatch(/^glasshouse: .+\n$/);
});

test.each([
  [['publish', 'a', '1']],
  [['publish', 'a', '-']],
  [['subscribe', 'a']],
  [['redrive', 'failures']],
])('%j says how to start a cloud when none runs.', async (words) => {
  expect(await run(words, { cwd: folder })).toEqual({
    code: 1,
    out: '',
    err: `glasshouse: no cloud is running in ${path.join(folder, '.glasshouse')}: start one with \`npm start\` or \`npx serverless offline\`, or name the folder of the one that runs in GLASSHOUSE_FOLDER\n`,
  });
});

test('A message that is not JSON is refused before a cloud is looked for.', async () => {
  const { code, err } = await run(['publish', 'a', '{"value":'], { cwd: folder });
  expect(code).toBe(1);
  expect(err).toBe('glasshouse: the message "{"value":" is not JSON; --raw sends it as it is\n');
});

test.each(['DEBUG', 'GLASSHOUSE_DEBUG'])('A stack is printed only with %s.', async (name) => {
  const words = ['backtest', 'nowhere.csv'];
  expect((await run(words)).err).not.toContain('    at ');
  expect((await run(words, { env: { [name]: '1' } })).err).toContain('    at ');
});

test('Colours come only to a terminal.', async () => {
  expect((await run(['--help'], { coloured: true })).out).toMatch(ESCAPE);
  expect((await run(['--help'])).out).not.toMatch(ESCAPE);
  expect((await runProcess(['--help'], { env: { FORCE_COLOR: '3' } })).out).not.toMatch(ESCAPE);
});

test('Text from a command line cannot steer the terminal.', async () => {
  const { err } = await run(['\u001b[2J\n']);
  expect(err).toBe('glasshouse: there is no command "\\u001b[2J\\n" (see: glasshouse help)\n');
});

test('As a process it ends with the exit code, and reads standard input.', async () => {
  const [wrong, missing, done] = await Promise.all([
    runProcess(['backtset']),
    runProcess(['backtest', 'nowhere.csv']),
    runProcess(['backtest', '-', '--json'], { input: 'value\n1\n2\n' }),
  ]);
  expect([wrong.code, missing.code, done.code]).toEqual([2, 1, 0]);
  expect(missing.err).toBe('glasshouse: "nowhere.csv" cannot be read: there is no such file\n');
  expect(done.out.split('\n')).toHaveLength(3);
});

test('It ends quietly when nobody reads on.', async () => {
  const file = path.join(folder, 'long.csv');
  writeFileSync(file, `value\n${'1\n2\n'.repeat(50_000)}`);
  const child = spawn(process.execPath, [MAIN, 'backtest', file, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const err = text(child.stderr);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await closed).toEqual([0, null]);
  expect(await err).toBe('');
});
