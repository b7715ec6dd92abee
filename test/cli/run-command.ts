import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArguments } from '../../cli/arguments.ts';
import type { Command } from '../../cli/command.ts';
import { EXIT, exitCodeOf } from '../../cli/errors.ts';
import { Output } from '../../cli/terminal.ts';
import { errorText } from '../../shared/errors.ts';
import type { Ended, RunOptions } from './run.ts';

/** Runs one command in this process, with streams of its own. What it throws is the last line of `err`. */
export async function runCommand(
  name: string,
  command: Command,
  words: readonly string[],
  { input = '', cwd = process.cwd(), env = {}, coloured = false }: RunOptions = {},
): Promise<Ended> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([text(stdout), text(stderr)]);
  const out = new Output(stdout, coloured);
  const err = new Output(stderr, coloured);
  const stdin = Readable.from([Buffer.from(input)]);
  let code: number;
  try {
    const args = parseArguments(name, command.options, words);
    if (args === undefined) throw new Error('the help of a command is tested with the program');
    code = (await command.run(args, { stdin, out, err, env, cwd })) ?? EXIT.done;
  } catch (thrown) {
    code = exitCodeOf(thrown);
    await err.line(errorText(thrown));
  }
  stdout.end();
  stderr.end();
  const [written, told] = await texts;
  return { code, out: written, err: told };
}
