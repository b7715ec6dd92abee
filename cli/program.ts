import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorText, GlasshouseError } from '../shared/errors.ts';
import { parseArguments } from './arguments.ts';
import type { CommandEntry } from './command.ts';
import { COMMANDS } from './commands/table.ts';
import { EXIT, exitCodeOf, UsageError } from './errors.ts';
import { commandHelp, programHelp } from './help.ts';
import { didYouMean } from './suggest.ts';
import { quoted, type Terminal } from './terminal.ts';

/** Runs one command line, without the program's own name, and resolves to its exit code. It never throws. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    await terminal.err.write(describe(error, terminal));
    return exitCodeOf(error);
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = words;
  switch (first) {
    case undefined:
    case '-h':
    case '--help':
      await terminal.out.write(programHelp(readVersion(), COMMANDS, terminal.out));
      return EXIT.done;
    case '-V':
    case '--version':
      await terminal.out.line(readVersion());
      return EXIT.done;
    case 'help':
      return printHelp(rest, terminal);
    default:
      return runCommand(findCommand(first), rest, terminal);
  }
}

async function runCommand(
  entry: CommandEntry,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { command } = await entry.load();
  const args = parseArguments(entry.name, command.options, words);
  if (args !== undefined) return (await command.run(args, terminal)) ?? EXIT.done;
  await terminal.out.write(commandHelp(entry, command, terminal.out));
  return EXIT.done;
}

async function printHelp(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name] = words.filter((word) => word !== '-h' && word !== '--help');
  if (name === undefined || name === 'help') return dispatch(['--help'], terminal);
  const entry = findCommand(name);
  const { command } = await entry.load();
  await terminal.out.write(commandHelp(entry, command, terminal.out));
  return EXIT.done;
}

function findCommand(name: string): CommandEntry {
  const entry = COMMANDS.find((one) => one.name === name);
  if (entry !== undefined) return entry;
  if (name.startsWith('-')) {
    throw new UsageError(
      `there is no option ${quoted(name)} before a command${didYouMean(name.replace(/^-+/, ''), ['help', 'version'], '--')}`,
    );
  }
  const names = [...COMMANDS.map((one) => one.name), 'help'];
  throw new UsageError(`there is no command ${quoted(name)}${didYouMean(name, names)}`);
}

/** One line that names the thing and the way out; where it happened only for those who asked. */
function describe(error: unknown, { env, err }: Terminal): string {
  const wantsStack = Boolean(env['GLASSHOUSE_DEBUG']) || Boolean(env['DEBUG']);
  const label = err.paint('red', 'glasshouse:');
  const known = error instanceof GlasshouseError;
  const help = error instanceof UsageError ? ` (see: glasshouse help${suffix(error.command)})` : '';
  const fault = known || wantsStack ? '' : ' (set GLASSHOUSE_DEBUG=1 to see where)';
  const [first = ''] = errorText(error).split('\n');
  const stack = wantsStack && error instanceof Error ? `${stackOf(error)}\n` : '';
  return `${label} ${known ? errorText(error) : first}${help}${fault}\n${stack}`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

function suffix(command: string | undefined): string {
  return command === undefined ? '' : ` ${command}`;
}

function readVersion(): string {
  const file = path.join(import.meta.dirname, '..', 'package.json');
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : '';
  return String(version);
}
