import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help: `N`, `NAME`. */
  readonly value?: string;
  readonly multiple?: boolean;
  /** One letter. */
  readonly short?: string;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** One command: what its help says and what it does. A module of a command exports it as `command`. */
export interface Command {
  /** What follows `glasshouse`: `publish TOPIC JSON [options]`. */
  readonly usage: readonly string[];
  /** A few sentences, in lines as they are printed. */
  readonly description: readonly string[];
  readonly options: OptionTable;
  /** Command lines without the leading `glasshouse`, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[];
  /** What the exit codes mean where it is more than done, failed and wrongly called. */
  readonly exitCodes?: readonly (readonly [code: number, meaning: string])[];
  /** Resolves to the exit code, undefined being 0. Throws CommandError or UsageError. */
  run(args: Arguments, terminal: Terminal): Promise<number | undefined>;
}

/** A line of the table of commands. Its module is loaded only when the command is called or explained. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}
