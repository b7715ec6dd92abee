import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { didYouMean } from '../suggest.ts';
import { quoted, type Terminal } from '../terminal.ts';

type Run = (words: readonly string[], args: Arguments, terminal: Terminal) => Promise<number>;

/** Each is loaded only when it is called. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<Run>>> = {
  decode: async () => {
    const { decode } = await import('../sigfox/decode.ts');
    return (words, args, terminal) => decode(optionsOnly('decode', words, args), terminal);
  },
  type: async () => (await import('../sigfox/type.ts')).type,
  send: async () => (await import('../sigfox/send.ts')).send,
  downlink: async () => (await import('../sigfox/downlink.ts')).downlink,
  simulate: async () => {
    const { simulate } = await import('../sigfox/simulate.ts');
    return (words, args, terminal) => simulate(optionsOnly('simulate', words, args), terminal);
  },
  button: async () => (await import('../sigfox/button.ts')).button,
  visits: async () => (await import('../sigfox/visits.ts')).visits,
};

const NAMES = Object.keys(SUBCOMMANDS);

function optionsOnly(name: string, words: readonly string[], args: Arguments): Arguments {
  if (words.length > 0) throw args.wrong(`sigfox ${name} takes options only`);
  return args;
}

export const command: Command = {
  usage: [
    'sigfox decode --config CONFIG --data HEX [--json]',
    'sigfox type list|show|set|remove|assign …',
    'sigfox send DEVICE HEX [--type ID] [--listen] [options]',
    'sigfox downlink DEVICE HEX [--id ID]',
    'sigfox simulate [--devices N] [--speed FACTOR] [options]',
    'sigfox button DEVICE HOME --person NAME [options]',
    'sigfox visits HOME [--json]',
  ],
  description: [
    'Sigfox devices: their payloads, their kinds, their downlinks, and a network of simulated ones.',
    '',
    'sigfox decode reads a payload by a custom payload config, as the cloud does, and draws which field takes',
    'which bits. It needs no cloud.',
    '',
    'sigfox type keeps the kinds of devices: how their payloads are read (--config), how they repeat a downlink',
    '(--echo, fields of the downlink that come back in a message), and how often they send at least (--interval).',
    'Configs are checked as the cloud reads them; an empty one is taken away. A kind has the id that Sigfox gives',
    'the device type. sigfox type assign says it of a device whose callbacks have no deviceTypeId.',
    '  sigfox type list                  sigfox type set ID --config CONFIG [--echo CONFIG] [--interval SECONDS]',
    '  sigfox type show ID               sigfox type assign DEVICE ID, or DEVICE --none',
    '  sigfox type remove ID',
    '',
    'sigfox send sends one message of a device through the door, and prints the reading that comes of it.',
    '',
    'sigfox downlink queues eight bytes for a device. They are offered when the device next asks, four a day.',
    '',
    'sigfox simulate plays the network: devices that send, callbacks with their retries after 1, 2 and 4',
    'minutes, receptions that are told 25 seconds later, and windows in which a device listens. Callbacks go to',
    'the HTTP door, and downlinks come back; or with --door iot to the topic of the AWS IoT connector, which has',
    "no downlinks. A speed other than 1 is that of the whole cloud's clock meanwhile.",
    '',
    'sigfox button hangs a care button into a home, and sigfox visits prints the visits that it has reported.',
  ],
  options: {
    config: { type: 'string', value: 'CONFIG', help: 'decode, type: the custom payload config' },
    data: { type: 'string', value: 'HEX', help: 'decode: the payload, up to 24 digits' },
    json: { type: 'boolean', help: 'decode, type, send, visits: prints JSON' },
    echo: { type: 'string', value: 'CONFIG', help: 'type: the payload config of what a device repeats' },
    none: { type: 'boolean', help: 'type assign: takes the assignment away' },
    table: {
      type: 'string',
      value: 'NAME',
      help: 'type: the table of kinds, for assign that of devices\n(default: that of the running cloud)',
    },
    aws: {
      type: 'boolean',
      help: 'type: works on AWS, with the default credentials, in place of the running cloud',
    },
    type: { type: 'string', value: 'ID', help: 'send: the kind that the callback tells (default: none)' },
    listen: { type: 'boolean', help: 'send: the device listens for a downlink' },
    time: { type: 'string', value: 'TIME', help: "send: the message's own time (default: now)" },
    sequence: { type: 'string', value: 'N', help: 'send: its number (default: the one after the last)' },
    id: { type: 'string', value: 'ID', help: 'downlink: its name; the same again is the same downlink' },
    devices: { type: 'string', value: 'N', help: 'simulate: how many (default: 10)' },
    interval: {
      type: 'string',
      value: 'SECONDS',
      help: 'simulate: how often each sends (default: 600)\ntype: how often a device sends at least; 0: its silence is no news',
    },
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
    door: {
      type: 'string',
      value: 'http|iot',
      help: 'send, simulate: which of the two doors (default: http)',
    },
    url: {
      type: 'string',
      value: 'URL',
      help: 'simulate: the HTTP door, up to the type: http://…/sigfox\n(default: that of the running cloud)',
    },
    seed: { type: 'string', value: 'N', help: 'simulate: the same numbers again (default: 1)' },
    person: { type: 'string', value: 'NAME', help: 'button: who lives there' },
    carer: {
      type: 'string',
      multiple: true,
      value: 'N=NAME',
      help: 'button: a carer by the number of the badge; may be repeated',
    },
    phone: {
      type: 'string',
      multiple: true,
      value: 'NUMBER',
      help: 'button: a phone that hears of this home; may be repeated',
    },
    language: { type: 'string', value: 'en|fr', help: 'button: the language of the messages (default: en)' },
    'time-zone': {
      type: 'string',
      value: 'ZONE',
      help: 'button: whose clock they show (default: Europe/Paris)',
    },
    longest: {
      type: 'string',
      value: 'MINUTES',
      help: 'button: a visit that takes longer has no departure (default: 480)',
    },
    limit: { type: 'string', short: 'n', value: 'N', help: 'visits: the last N (default: 100)' },
  },
  examples: [
    [`sigfox decode --config 'temperature::int:16:/100 battery::uint:8' --data 09c464`, 'two fields'],
    [`sigfox type set 5d8cdc8fb19ef6 --config 'temperature::int:16:/100' --interval 3600`, 'a kind'],
    ['sigfox send 1A2B3C 09c464 --type 5d8cdc8fb19ef6', 'one message'],
    ['sigfox downlink 1A2B3C 0011223344556677', 'eight bytes for a device'],
    ['sigfox simulate --devices 50 --speed 60', 'fifty devices, an hour a minute'],
    [`sigfox button B0770 durand --person 'Mme Durand' --carer 1=Anna --phone +33600000001`, 'a care button'],
  ],
  exitCodes: [
    [0, 'done'],
    [1, 'it could not be done, or a callback of simulate was not taken'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [name, ...words] = args.positionals;
    const load = name !== undefined && Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
    if (load === undefined) {
      const hint = name === undefined ? '' : `, not ${quoted(name)}${didYouMean(name, NAMES)}`;
      throw args.wrong(`sigfox is followed by ${NAMES.slice(0, -1).join(', ')} or ${NAMES.at(-1)}${hint}`);
    }
    const run = await load();
    return run(words, args, terminal);
  },
};
