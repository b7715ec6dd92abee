import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { command } from '../../../cli/commands/demo.ts';
import { Stage, type StageOptions } from '../../../cli/demo/stage.ts';
import { DEMOS } from '../../../cli/demo/table.ts';
import { Output } from '../../../cli/terminal.ts';
import { runCommand } from '../run-command.ts';

/** Plays two steps, the second of which fails where it is told to, and a third. */
async function play(
  options: Partial<StageOptions> & { readonly isFailing?: boolean; readonly isColoured?: boolean },
) {
  const { isFailing = false, isColoured = false, ...others } = options;
  const stream = new PassThrough();
  const written = text(stream);
  let nowMs = 0;
  const stage = new Stage({
    out: new Output(stream, isColoured),
    isJson: false,
    withCommands: false,
    nowMs: () => (nowMs += 250),
    ...others,
  });
  const done: string[] = [];
  const step = (title: string, work: () => Promise<string>) =>
    stage.step(
      title,
      async () => work().finally(() => done.push(title)),
      () => [`do ${title}`],
    );
  await step('first', async () => 'it is there');
  await step('second', async () => {
    if (isFailing) throw new Error('it is\nnot there');
    return 'it is there too';
  });
  await step('third', async () => 'it is gone');
  const isWhole = await stage.end(3);
  stream.end();
  return { isWhole, done, out: await written };
}

test('Each step is a line with what was seen, and the end says how many there were and how long they took.', async () => {
  expect(await play({})).toEqual({
    isWhole: true,
    done: ['first', 'second', 'third'],
    out: '✓  1  first: it is there\n✓  2  second: it is there too\n✓  3  third: it is gone\n3 steps of 3 as they should be, in 0.8 s\n',
  });
});

test('The first step that fails is the last, with its reason on its line.', async () => {
  expect(await play({ isFailing: true })).toEqual({
    isWhole: false,
    done: ['first', 'second'],
    out: '✓  1  first: it is there\n✗  2  second: it is\\nnot there\n1 step of 3 as they should be, in 0.5 s\n',
  });
});

test('Below each step stands, dimmed, what does the same on a command line.', async () => {
  const { out } = await play({ withCommands: true });
  expect(out.split('\n').slice(0, 2)).toEqual(['✓  1  first: it is there', '      $ do first']);
  const coloured = await play({ withCommands: true, isColoured: true });
  expect(coloured.out).toContain('\u001b[2m      $ do first\u001b[22m');
  expect(coloured.out).toContain('\u001b[32m✓\u001b[39m');
});

test('Once it is ended no step begins, and what becomes of the one under way is not told.', async () => {
  const stopping = new AbortController();
  const stream = new PassThrough();
  const written = text(stream);
  const stage = new Stage({
    out: new Output(stream, false),
    isJson: false,
    withCommands: false,
    nowMs: () => 0,
    signal: stopping.signal,
  });
  await stage.step('first', async () => 'it is there');
  await stage.step('second', async () => {
    stopping.abort();
    throw new Error('connect ECONNREFUSED');
  });
  await stage.step('third', () => Promise.reject(new Error('it has begun')));
  stream.end();
  expect(await written).toBe('✓  1  first: it is there\n');
});

test('As JSON each step is one line, and nothing else is said.', async () => {
  const { out, isWhole } = await play({ isJson: true, isFailing: true });
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toEqual([
    { step: 1, title: 'first', ok: true, detail: 'it is there', seconds: 0.25, commands: ['do first'] },
    {
      step: 2,
      title: 'second',
      ok: false,
      detail: 'it is\nnot there',
      seconds: 0.25,
      commands: ['do second'],
    },
  ]);
  expect(isWhole).toBe(false);
});

test('Without a name the demos are listed.', async () => {
  const { code, out } = await runCommand('demo', command, []);
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toHaveLength(DEMOS.length);
  expect(out).toMatch(/^onboarding {2}/m);
  const { out: json } = await runCommand('demo', command, ['--json']);
  expect(JSON.parse(json.split('\n')[0] ?? '')).toMatchObject({ name: expect.any(String) });
});

test.each([
  ['a demo that there is not', ['onbording'], 2, /there is no demo "onbording": did you mean onboarding\?/],
  ['two demos', ['onboarding', 'x'], 2, /demo plays one/],
  [
    '--keep for a demo of two clouds',
    ['greenhouse', '--keep'],
    2,
    /demo greenhouse takes no --keep: .*two clouds/,
  ],
  [
    'a running cloud that there is not',
    ['onboarding', '--keep'],
    1,
    /no cloud is running in \/nowhere: .*GLASSHOUSE_FOLDER/,
  ],
])('With %s it says so.', async (_what, words, code, message) => {
  const ended = await runCommand('demo', command, words, { env: { GLASSHOUSE_FOLDER: '/nowhere' } });
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(message);
});
