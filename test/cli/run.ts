import { spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../cli/program.ts';
import { Output, type Terminal } from '../../cli/terminal.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly coloured?: boolean;
}

/** Runs a command line in this process, with streams of its own. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { input = '', cwd = process.cwd(), env = {}, coloured = false } = options;
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const terminal: Terminal = {
    stdin: Readable.from([Buffer.from(input)]),
    out: new Output(stdout, coloured),
    err: new Output(stderr, coloured),
    env,
    cwd,
  };
  const texts = Promise.all([text(stdout), text(stderr)]);
  const code = await runProgram(words, terminal);
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, out, err };
}

export const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** Runs a command line as a process of its own. */
export async function runProcess(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { input = '', cwd = process.cwd(), env = {} } = options;
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env: { ...process.env, ...env } });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, out, err };
}
