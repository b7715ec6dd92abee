import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { formatDuration, parseDuration, parseInstant, type ClockAnswer } from '../../local/clock/index.ts';
import { errorText } from '../../shared/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { counted, quoted } from '../terminal.ts';

/** What the cloud is asked to do with its clock; undefined: only to say the time. */
type Change =
  | { readonly advanceMs: number }
  | { readonly advanceTo: string }
  | { readonly speed: number }
  | undefined;

export const command: Command = {
  usage: ['clock [--json]', 'clock advance DURATION', 'clock to TIME', 'clock speed FACTOR'],
  description: [
    'Says what time it is in the running cloud, or moves it on. The whole cloud lives by this clock: schedules,',
    'retries, queues, alarms, and what functions get of Date. On the way everything that falls due happens, in',
    'its order and at its own time; the command ends when all of it is done.',
    '',
    'Time does not go back: a new start of the cloud begins at the time of this machine again.',
  ],
  options: { json: { type: 'boolean', help: 'prints what the cloud answers as JSON' } },
  examples: [
    ['clock', 'the time of the cloud'],
    ['clock advance 15m', 'a quarter of an hour passes; also 90s, 1h30m, 1d'],
    ['clock to 2026-12-24T18:00Z', 'until Christmas Eve'],
    ['clock speed 60', 'from now on an hour takes a minute; 1 is real time, 0 stands still'],
  ],
  async run(args, terminal) {
    const change = readChange(args);
    const { endpointUrl } = requireRunningCloud(terminal);
    const answer = await ask(`${endpointUrl}/_glasshouse/clock`, change);
    if (args.flag('json')) await terminal.out.line(JSON.stringify(answer));
    else await terminal.out.line(describe(answer));
    return undefined;
  },
};

function readChange(args: Arguments): Change {
  const [word, value, ...more] = args.positionals;
  if (word === undefined) return undefined;
  if (more.length > 0) throw args.wrong(`clock ${quoted(word)} takes one value`);
  if (word === 'advance') {
    const advanceMs = value === undefined ? undefined : parseDuration(value);
    if (advanceMs !== undefined) return { advanceMs };
    throw args.wrong(`clock advance takes a length of time such as 90s, 15m, 1h30m or 1d${given(value)}`);
  }
  if (word === 'to') {
    if (value !== undefined && parseInstant(value) !== undefined) return { advanceTo: value };
    throw args.wrong(
      `clock to takes a time with its zone such as 2026-12-24T18:00Z, or a date${given(value)}`,
    );
  }
  if (word === 'speed') {
    if (value !== undefined && /^\d{1,5}(\.\d{1,6})?$/.test(value)) return { speed: Number(value) };
    throw args.wrong(`clock speed takes a number such as 60, 1 or 0.5${given(value)}`);
  }
  throw args.wrong(`clock takes advance, to or speed, not ${quoted(word)}`);
}

function given(value: string | undefined): string {
  return value === undefined ? '' : `, not ${quoted(value)}`;
}

const answerSchema = z.object({
  now: z.string(),
  nowMs: z.number(),
  offsetMs: z.number(),
  speed: z.number(),
  fired: z.number().exactOptional(),
});

const errorSchema = z.object({ message: z.string() });

/** An advance takes as long as it takes; `fetch` would give up after five minutes. */
async function ask(url: string, change: Change): Promise<ClockAnswer> {
  const body = change === undefined ? '' : JSON.stringify(change);
  const sent = request(url, {
    method: change === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  sent.end(body);
  let status = 0;
  let answered: unknown;
  try {
    const [response] = await once(sent, 'response');
    status = Number(response.statusCode);
    answered = JSON.parse(await text(response));
  } catch (cause) {
    throw new CommandError('CLOCK_UNREACHABLE', `the cloud does not answer: ${errorText(cause)}`, { cause });
  }
  if (status >= 400) {
    const parsed = errorSchema.safeParse(answered);
    throw new CommandError(
      'CLOCK_REFUSED',
      parsed.success ? parsed.data.message : `it answers with ${status}`,
    );
  }
  return answerSchema.parse(answered);
}

/** `2026-11-21T12:15:00.000Z, 15 min ahead of this machine, 60 times as fast; 3 timers fell due` */
function describe({ now, offsetMs, speed, fired }: ClockAnswer): string {
  const parts = [now];
  // An advance itself takes moments of the machine's time: the seconds are what was asked for.
  const aheadMs = Math.round(offsetMs / 1_000) * 1_000;
  if (aheadMs !== 0) {
    parts.push(`${formatDuration(aheadMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine`);
  }
  if (speed === 0) parts.push('standing still');
  else if (speed !== 1) parts.push(`${speed} times as fast`);
  const line = parts.join(', ');
  return fired === undefined ? line : `${line}; ${counted(fired, 'timer')} fell due`;
}
