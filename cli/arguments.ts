import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { errorText } from '../shared/errors.ts';
import type { OptionTable } from './command.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './suggest.ts';
import { quoted } from './terminal.ts';

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** What was given to a command, read by the names of its options. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #command: string;
  readonly #values: Values;

  constructor(command: string, values: Values, positionals: readonly string[]) {
    this.#command = command;
    this.#values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** The values of an option that may be given more than once. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  }

  /** A whole number from 1 on. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
    throw this.wrong(`--${name} takes a whole number from 1 on, not ${quoted(text)}`);
  }

  /** One of a few words. */
  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw this.wrong(`--${name} takes ${choices.join(' or ')}, not ${quoted(text)}`);
  }

  /** The error of somebody who called this command in a way that cannot be. */
  wrong(message: string): UsageError {
    return new UsageError(message, this.#command);
  }
}

/**
 * Reads the words that follow a command's name.
 *
 * @returns undefined when they ask for the command's help.
 * @throws UsageError for an option that there is not, or one without its value.
 */
export function parseArguments(
  command: string,
  options: OptionTable,
  words: readonly string[],
): Arguments | undefined {
  const config: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, multiple, short }] of Object.entries(options)) {
    config[name] = {
      type,
      ...(multiple === undefined ? {} : { multiple }),
      ...(short === undefined ? {} : { short }),
    };
  }
  const request = { args: [...words], options: config, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...request, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return undefined;
    if (!Object.hasOwn(config, token.name)) throw unknownOption(command, token.rawName, Object.keys(config));
  }
  try {
    const { values, positionals } = parseArgs({ ...request, strict: true });
    return new Arguments(command, values, positionals);
  } catch (error) {
    // Node's messages are clear; what follows the first sentence is advice on parseArgs itself.
    const [first = ''] = errorText(error).split('\n');
    throw new UsageError(first.replace(/\.$/, ''), command);
  }
}

function unknownOption(command: string, rawName: string, known: readonly string[]): UsageError {
  if (/^-[\d.]/.test(rawName)) {
    return new UsageError(`${rawName} is no option: put -- before a value that begins with a dash`, command);
  }
  const hint = didYouMean(rawName.replace(/^-+/, ''), known, '--');
  return new UsageError(`there is no option ${visibleName(rawName)}${hint}`, command);
}

function visibleName(name: string): string {
  return quoted(name).slice(1, -1);
}
