import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

/** What a command reads from and writes to: the process's own, or a test's. */
export interface Terminal {
  readonly stdin: Readable;
  /** Results, and nothing else: this is what is piped on. */
  readonly out: Output;
  /** Progress and errors. */
  readonly err: Output;
  readonly env: NodeJS.ProcessEnv;
  /** The directory that paths are relative to. */
  readonly cwd: string;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A stream of text. Colours appear only where somebody looks at them. */
export class Output {
  readonly #stream: Writable;
  readonly #coloured: boolean;

  constructor(stream: Writable, coloured: boolean) {
    this.#stream = stream;
    this.#coloured = coloured;
  }

  /** Resolves when more may be written: waiting for it keeps memory bounded before a slow reader. */
  async write(text: string): Promise<void> {
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async line(text = ''): Promise<void> {
    await this.write(`${text}\n`);
  }

  paint(style: Style, text: string): string {
    return this.#coloured ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const wanted = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  return {
    stdin,
    out: new Output(stdout, wanted && stdout.isTTY),
    err: new Output(stderr, wanted && stderr.isTTY),
    env,
    cwd: process.cwd(),
  };
}

// eslint-disable-next-line no-control-regex -- these are the characters that are looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Text from elsewhere, on one line and without the characters that a terminal obeys. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** Text from elsewhere, quoted for a message, and not longer than somebody would read. */
export function quoted(text: string, maximum = 60): string {
  return `"${visible(text.length > maximum ? `${text.slice(0, maximum)}…` : text)}"`;
}

/** `1 row`, `2 rows`, with thousands apart. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}
