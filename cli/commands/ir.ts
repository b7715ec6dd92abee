import type { Command } from '../command.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

const SUBCOMMANDS = ['send', 'simulate', 'learn'] as const;

export const command: Command = {
  usage: ['ir send HOST[:PORT] CODE [options]', 'ir simulate [options]', 'ir learn HOST[:PORT] [options]'],
  description: [
    'Speaks the TCP protocol of Global Caché infrared repeaters (iTach), or plays one.',
    '',
    'ir send checks a code before it leaves, and names the error that the repeater would answer; then it',
    'sends it once and waits for the answer. CODE is a sendir line, the same from its frequency on, or @FILE.',
    '',
    'ir simulate starts a repeater on 127.0.0.1 that knows the protocol, its errors and the time that codes',
    'take, and prints every line. With --open and --shaded a shade stands before it.',
    '',
    'ir learn prints the codes that a repeater’s learner sees when buttons of a remote are pressed.',
  ],
  options: {
    connector: { type: 'string', value: 'M:C', help: 'send: the emitter (default: 1:1)' },
    id: { type: 'string', value: 'N', help: 'send: the ID that the answer repeats, 1 to 65535 (default: 1)' },
    'dry-run': { type: 'boolean', help: 'send: checks the code and prints what would be sent' },
    port: {
      type: 'string',
      value: 'PORT',
      help: 'simulate: where it listens (default: 4998; 0 is any free port)',
    },
    open: { type: 'string', value: 'CODE', help: 'simulate: the code that opens the shade, or @FILE' },
    shaded: { type: 'string', value: 'CODE', help: 'simulate: the code that draws it, or @FILE' },
    travel: { type: 'string', value: 'SECONDS', help: 'simulate: from end to end (default: 40)' },
    count: { type: 'string', short: 'n', value: 'N', help: 'simulate, learn: ends after N codes' },
  },
  examples: [
    ['ir simulate', 'a repeater to play with, at 127.0.0.1:4998'],
    ['ir send 127.0.0.1 37993,1,1,246,160,20,60,20,1500', 'one code to it'],
    ['ir send 192.168.1.70 @extend.txt --dry-run', 'is this code right?'],
    ['ir learn 192.168.1.70 --count 2', 'open and close, from the remote'],
  ],
  exitCodes: [
    [0, 'done: the repeater said that the code has left'],
    [1, 'the code is wrong, or the repeater refused it, was busy, or did not answer'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [name, ...rest] = args.positionals;
    switch (name) {
      case 'send': {
        const { sendCode } = await import('../ir/send.ts');
        return sendCode(rest, args, terminal);
      }
      case 'simulate': {
        if (rest.length > 0)
          throw args.wrong(`ir simulate takes options only: ${quoted(rest[0] ?? '')} is too much`);
        const { simulate } = await import('../ir/simulate.ts');
        return simulate(args, terminal);
      }
      case 'learn': {
        const { learn } = await import('../ir/learn.ts');
        return learn(rest, args, terminal);
      }
      case undefined:
      default: {
        const hint = name === undefined ? '' : `, not ${quoted(name)}${didYouMean(name, SUBCOMMANDS)}`;
        throw args.wrong(`ir is followed by send, simulate or learn${hint}`);
      }
    }
  },
};
