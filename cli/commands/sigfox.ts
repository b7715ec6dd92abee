import type { Command } from '../command.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

const SUBCOMMANDS = ['decode', 'downlink', 'simulate'] as const;

export const command: Command = {
  usage: [
    'sigfox decode --config CONFIG --data HEX [--json]',
    'sigfox downlink DEVICE HEX [--id ID]',
    'sigfox simulate [--devices N] [--speed FACTOR] [options]',
  ],
  description: [
    'Sigfox devices: their payloads, their downlinks, and a network of simulated ones.',
    '',
    'sigfox decode reads a payload by a custom payload config, as the cloud does, and draws which field takes',
    'which bits. It needs no cloud.',
    '',
    'sigfox downlink queues eight bytes for a device. They are offered when the device next asks, four a day.',
    '',
    'sigfox simulate plays the network: devices that send, callbacks with their retries after 1, 2 and 4',
    'minutes, receptions that are told 25 seconds later, and windows in which a device listens. Callbacks go to',
    'the HTTP door, and downlinks come back; or with --door iot to the topic of the AWS IoT connector, which has',
    "no downlinks. A speed other than 1 is that of the whole cloud's clock meanwhile.",
  ],
  options: {
    config: { type: 'string', value: 'CONFIG', help: 'decode: the custom payload config' },
    data: { type: 'string', value: 'HEX', help: 'decode: the payload, up to 24 digits' },
    json: { type: 'boolean', help: 'decode: prints the values and the places of the fields as JSON' },
    id: { type: 'string', value: 'ID', help: 'downlink: its name; the same again is the same downlink' },
    devices: { type: 'string', value: 'N', help: 'simulate: how many (default: 10)' },
    interval: { type: 'string', value: 'SECONDS', help: 'simulate: how often each sends (default: 600)' },
    speed: {
      type: 'string',
      value: 'FACTOR',
      help: 'simulate: seconds of the cloud in a second (default: 1)',
    },
    messages: { type: 'string', value: 'N', help: 'simulate: ends after N messages (default: on Ctrl-C)' },
    trouble: {
      type: 'boolean',
      help: 'simulate: 5 % duplicates, 5 % late answers, 2 % out of order, 1 % failing calls',
    },
    door: { type: 'string', value: 'http|iot', help: 'simulate: which of the two doors (default: http)' },
    url: {
      type: 'string',
      value: 'URL',
      help: 'simulate: the HTTP door, up to the type: http://…/sigfox\n(default: that of the running cloud)',
    },
    seed: { type: 'string', value: 'N', help: 'simulate: the same numbers again (default: 1)' },
  },
  examples: [
    [`sigfox decode --config 'temperature::int:16:/100 battery::uint:8' --data 09c464`, 'two fields'],
    ['sigfox downlink 1A2B3C 0011223344556677', 'eight bytes for a device'],
    ['sigfox simulate --devices 50 --speed 60', 'fifty devices, an hour a minute'],
  ],
  async run(args, terminal) {
    const [name, ...rest] = args.positionals;
    if (name === 'decode') {
      if (rest.length > 0) throw args.wrong('sigfox decode takes options only');
      const { decode } = await import('../sigfox/decode.ts');
      return decode(args, terminal);
    }
    if (name === 'downlink') {
      const { downlink } = await import('../sigfox/downlink.ts');
      return downlink(rest, args, terminal);
    }
    if (name === 'simulate') {
      if (rest.length > 0) throw args.wrong('sigfox simulate takes options only');
      const { simulate } = await import('../sigfox/simulate.ts');
      return simulate(args, terminal);
    }
    const hint = name === undefined ? '' : `, not ${quoted(name)}${didYouMean(name, SUBCOMMANDS)}`;
    throw args.wrong(`sigfox is followed by decode, downlink or simulate${hint}`);
  },
};
