import type { Command, CommandEntry, Option } from './command.ts';
import type { Output } from './terminal.ts';

const EXIT_CODES = [
  [0, 'done'],
  [1, 'could not be done; the message says why'],
  [2, 'wrongly called: an unknown command, option or column, or a value that cannot be'],
] as const;

/** The help of the whole program. */
export function programHelp(version: string, commands: readonly CommandEntry[], out: Output): string {
  const heading = (text: string) => out.paint('bold', text);
  return lines([
    `glasshouse ${version}: an event-processing backend for AWS IoT, and a glass copy of it`,
    '',
    heading('Usage'),
    '  glasshouse COMMAND [options]',
    '',
    heading('Commands'),
    ...aligned(commands.map(({ name, summary }) => [name, summary])),
    ...aligned([['help', 'explains a command: glasshouse help backtest']], nameWidth(commands)),
    '',
    heading('Options'),
    ...aligned([
      ['-h, --help', 'prints this, or the help of a command'],
      ['-V, --version', 'prints the version'],
    ]),
    '',
    heading('Environment'),
    ...aligned([
      ['GLASSHOUSE_FOLDER', 'folder of the running cloud (.glasshouse in the current directory)'],
      ['GLASSHOUSE_DEBUG', 'set to anything: errors come with their stack'],
      ['NO_COLOR', 'set to anything: no colours'],
    ]),
    '',
    heading('Examples'),
    '  glasshouse start',
    '  glasshouse backtest readings.csv --column temperature',
    `  glasshouse publish anom/detect '{"device":"a","timestamp":"2026-01-31T10:00:00Z","value":21.5}'`,
    "  glasshouse subscribe 'anom/#'",
    '',
    heading('Exit codes'),
    ...aligned(EXIT_CODES.map(([code, meaning]) => [String(code), meaning])),
  ]);
}

/** The help of one command. */
export function commandHelp(entry: CommandEntry, command: Command, out: Output): string {
  const heading = (text: string) => out.paint('bold', text);
  const options: [string, Option][] = [
    ...Object.entries(command.options),
    ['help', { type: 'boolean', short: 'h', help: 'prints this' }],
  ];
  return lines([
    `glasshouse ${entry.name}: ${entry.summary}`,
    '',
    heading('Usage'),
    ...command.usage.map((usage) => `  glasshouse ${usage}`),
    '',
    ...command.description,
    '',
    heading('Options'),
    ...aligned(options.map(([name, option]) => [optionName(name, option), option.help])),
    '',
    heading('Examples'),
    ...command.examples.flatMap(([commandLine, meaning]) => [
      `  ${out.paint('dim', `# ${meaning}`)}`,
      `  glasshouse ${commandLine}`,
    ]),
    '',
    heading('Exit codes'),
    ...aligned((command.exitCodes ?? EXIT_CODES).map(([code, meaning]) => [String(code), meaning])),
  ]);
}

function optionName(name: string, { short, type, value = 'TEXT' }: Option): string {
  const long = `--${name}${type === 'string' ? ` ${value}` : ''}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

function nameWidth(commands: readonly CommandEntry[]): number {
  return Math.max(...commands.map(({ name }) => name.length));
}

/** Two columns; what needs more than one line in the second is split at its line breaks. */
function aligned(rows: readonly (readonly [string, string])[], least = 0): string[] {
  const width = Math.max(least, ...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    right.split('\n').map((text, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${text}`),
  );
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
