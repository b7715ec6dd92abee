import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { DEMOS } from '../demo/table.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

/** The demos that can be played in the running cloud. */
const KEPT_NAMES = DEMOS.filter(({ whyNotKept }) => whyNotKept === undefined)
  .map(({ name }) => name)
  .join(', ');

export const command: Command = {
  usage: ['demo [NAME] [options]'],
  description: [
    'Plays a demo, with one line for each step: what was done, and what was seen. Without a NAME it lists them.',
    '',
    'A demo starts a cloud of its own on free ports, which is gone afterwards, so it disturbs nothing that runs.',
    `With --keep it plays in the cloud that runs in this folder, and leaves there what it makes (${KEPT_NAMES}).`,
  ],
  options: {
    commands: { type: 'boolean', help: 'says below each step what does the same on a command line' },
    keep: { type: 'boolean', help: `plays in the running cloud (${KEPT_NAMES})` },
    json: { type: 'boolean', help: 'prints each step as one line of JSON' },
  },
  examples: [
    ['demo', 'which there are'],
    ['demo onboarding', 'from a CA of its own to a device that is revoked'],
    ['demo onboarding --commands', 'the same, with the lines for openssl, the AWS CLI and mosquitto_pub'],
    ['demo onboarding --keep', 'in the running cloud, to look at it afterwards'],
  ],
  exitCodes: [
    [0, 'every step was as it should be'],
    [1, 'a step was not, or no cloud could be started'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [name, ...more] = args.positionals;
    if (more.length > 0) throw args.wrong(`demo plays one; ${quoted(more.join(' '))} is too many`);
    const isJson = args.flag('json');
    if (name === undefined) {
      const width = Math.max(...DEMOS.map((one) => one.name.length));
      for (const { name: known, summary } of DEMOS) {
        await terminal.out.line(
          isJson ? JSON.stringify({ name: known, summary }) : `${known.padEnd(width)}  ${summary}`,
        );
      }
      return EXIT.done;
    }
    const entry = DEMOS.find((one) => one.name === name);
    if (entry === undefined) {
      const names = DEMOS.map((one) => one.name);
      throw args.wrong(
        `there is no demo ${quoted(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`,
      );
    }
    const isKept = args.flag('keep');
    if (isKept && entry.whyNotKept !== undefined) {
      throw args.wrong(`demo ${name} takes no --keep: ${entry.whyNotKept}`);
    }
    const { demo } = await entry.load();
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      const withCommands = args.flag('commands');
      return await demo.run({ terminal, isJson, isKept, withCommands, signal: stopping.signal });
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  },
};
