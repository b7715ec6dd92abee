import { topicFilterProblem } from '../../local/iot/topics/topic-filter.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { entryLine } from '../logs/entry-line.ts';
import { type Entry, followLogs, readLogs } from '../logs/read-logs.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { counted, type Output, quoted } from '../terminal.ts';

/** Lines that are shown of what was before, unless told otherwise. */
const SHOWN = { before: 50, beforeFollowing: 10 } as const;

const MAX_LINES = 1_000;

export const command: Command = {
  usage: ['logs [options]'],
  description: [
    'Tells what the running cloud did with messages, and why: which rules a message matched, what WHERE',
    'and SELECT made of it, which actions ran, and how they failed. The newest 10,000 events are kept.',
    '',
    'A line begins with the time (UTC) and the beginning of the trace id, which one message keeps through',
    'rules and actions. With --json a line is an entry in the fields of AWS IoT’s log group AWSIotLogsV2;',
    'what AWS does not tell is under "glasshouse".',
  ],
  options: {
    follow: { type: 'boolean', short: 'f', help: 'goes on as things happen, until Ctrl-C' },
    topic: { type: 'string', short: 't', value: 'FILTER', help: 'only messages on topics of this filter' },
    rule: { type: 'string', short: 'r', value: 'NAME', help: 'only this rule' },
    trace: { type: 'string', value: 'ID', help: 'only the message with this trace id' },
    errors: { type: 'boolean', help: 'only what failed' },
    debug: { type: 'boolean', help: 'also what AWS logs at the level DEBUG' },
    lines: {
      type: 'string',
      short: 'n',
      value: 'N',
      help: `at most N lines of what was before (default: ${SHOWN.before}, or ${SHOWN.beforeFollowing} with --follow)`,
    },
    count: { type: 'string', value: 'N', help: 'with --follow: ends after N lines' },
    json: { type: 'boolean', help: 'prints every entry as one line of JSON' },
  },
  examples: [
    ['logs --follow', 'everything, as it happens'],
    ["logs --topic 'anom/#' --errors", 'what failed for readings'],
    [`logs --json | jq -r 'select(.status == "Failure") | .details'`, 'the reasons alone'],
  ],
  async run(args, terminal) {
    const { out, err } = terminal;
    const query = queryOf(args);
    const wanted = args.count('count') ?? Infinity;
    const { endpointUrl } = requireRunningCloud(terminal);
    const asJson = args.flag('json');
    const print = (entry: Entry) => out.line(asJson ? JSON.stringify(entry) : entryLine(entry, out));
    if (!args.flag('follow')) {
      const entries = await readLogs(endpointUrl, query);
      for (const entry of entries) await print(entry);
      if (entries.length === 0) await err.line(err.paint('dim', nothingOf(args)));
      return undefined;
    }
    await follow(endpointUrl, query, wanted, { err, print });
    return undefined;
  },
};

async function follow(
  endpointUrl: string,
  query: URLSearchParams,
  wanted: number,
  { err, print }: { err: Output; print: (entry: Entry) => Promise<void> },
): Promise<void> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let seen = 0;
  try {
    for await (const line of followLogs(endpointUrl, query, stopped.signal)) {
      if (line.kind === 'missed') {
        await err.line(err.paint('yellow', `${counted(line.count, 'event')} came too fast to be shown`));
        continue;
      }
      await print(line.entry);
      seen += 1;
      if (seen >= wanted) return;
    }
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  if (!stopped.signal.aborted)
    throw new CommandError('CLOUD_ENDED', 'the cloud has ended, and its log with it');
}

/** That nothing is there, and what was asked for: a name that is misspelt looks like silence. */
function nothingOf(args: Arguments): string {
  const asked = ['topic', 'rule', 'trace'].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [`--${name} ${quoted(value)}`];
  });
  if (args.flag('errors')) asked.push('--errors');
  return asked.length === 0 ? 'nothing has happened yet' : `nothing recorded matches ${asked.join(', ')}`;
}

function queryOf(args: Arguments): URLSearchParams {
  const query = new URLSearchParams();
  const topic = args.text('topic');
  const problem = topic === undefined ? undefined : topicFilterProblem(topic);
  if (topic !== undefined && problem !== undefined) {
    throw args.wrong(`the topic filter ${quoted(topic)} ${problem}`);
  }
  const lines = args.count('lines') ?? (args.flag('follow') ? SHOWN.beforeFollowing : SHOWN.before);
  if (lines > MAX_LINES) throw args.wrong(`--lines takes at most ${MAX_LINES}`);
  query.set('limit', String(lines));
  query.set('level', args.flag('errors') ? 'ERROR' : args.flag('debug') ? 'DEBUG' : 'INFO');
  if (topic !== undefined) query.set('topic', topic);
  for (const [option, parameter] of [
    ['rule', 'rule'],
    ['trace', 'traceId'],
  ] as const) {
    const value = args.text(option);
    if (value !== undefined) query.set(parameter, value);
  }
  return query;
}
