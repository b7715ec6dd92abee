import path from 'node:path';
import { createOutboxReader, OUTBOX_KINDS, type OutboxKind } from '../../local/outbox/index.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { describeRecord } from '../outbox/describe.ts';
import { readMessage } from '../outbox/read.ts';
import { cloudFolder } from '../running-cloud.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

/** How often --follow looks for more. */
const POLL_MS = 200;

export const command: Command = {
  usage: ['outbox [options]'],
  description: [
    'Prints what would have left for services that are not part of the cloud, the oldest first: records',
    'for Kinesis and Timestream, executions of Step Functions, documents for OpenSearch, text messages and',
    'mail. Nothing of it is sent anywhere.',
    '',
    `Kinds: ${OUTBOX_KINDS.join(', ')}.`,
    '',
    'No cloud has to run: the outbox is files of JSON lines in .glasshouse/outbox. Each is set aside at',
    '16 MiB, and what was set aside before is deleted then.',
  ],
  options: {
    kind: {
      type: 'string',
      multiple: true,
      short: 'k',
      value: 'KIND',
      help: 'prints only this kind; may be repeated',
    },
    read: {
      type: 'boolean',
      short: 'r',
      help: 'prints mail and text messages as their readers would see them',
    },
    json: { type: 'boolean', help: 'prints every record whole, as one line of JSON' },
    follow: { type: 'boolean', short: 'f', help: 'goes on with what is yet to come; Ctrl-C ends' },
  },
  examples: [
    ['outbox', 'everything that was kept'],
    ['outbox --kind sms --follow', 'text messages, as they come'],
    ['outbox --kind email --read', 'mail, with everything that stands in it'],
    ["outbox --kind timestream --json | jq '.records[]'", 'every measure'],
  ],
  async run(args, { env, cwd, out, err }) {
    if (args.positionals.length > 0) {
      throw args.wrong(`outbox takes no ${quoted(args.positionals.join(' '))}: choose with --kind`);
    }
    const kinds = readKinds(args);
    const folder = path.join(cloudFolder({ env, cwd }), 'outbox');
    const reader = createOutboxReader(folder, kinds);
    const asJson = args.flag('json');
    const isRead = args.flag('read');
    if (asJson && isRead) throw args.wrong('--read and --json cannot both be had: choose one');
    const show = isRead ? readMessage : describeRecord;
    const printNew = async (): Promise<number> => {
      const lines = reader.read();
      for (const line of lines) await out.line(asJson ? line.text : show(line));
      return lines.length;
    };
    const printed = await printNew();
    if (!args.flag('follow')) {
      if (printed === 0) await err.line(err.paint('dim', `there is nothing in ${folder}`));
      return undefined;
    }
    const ended = Promise.withResolvers<'ended'>();
    const end = (): void => ended.resolve('ended');
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    try {
      while ((await Promise.race([ended.promise, pause(POLL_MS)])) !== 'ended') await printNew();
    } finally {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
    }
    return undefined;
  },
};

function readKinds(args: Arguments): readonly OutboxKind[] {
  const wanted = args.texts('kind');
  if (wanted.length === 0) return OUTBOX_KINDS;
  return wanted.map((text) => {
    const kind = OUTBOX_KINDS.find((one) => one === text);
    if (kind !== undefined) return kind;
    throw args.wrong(
      `--kind takes ${OUTBOX_KINDS.join(', ')}, not ${quoted(text)}${didYouMean(text, OUTBOX_KINDS)}`,
    );
  });
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
