import { describeExplanation } from '../../local/iot/policies/describe.ts';
import { WHY_PATH, whyAnswerSchema, type WhyAnswer } from '../../local/iot/policies/why-route.ts';
import { errorText } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { CommandError, EXIT } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { counted, quoted, visible, type Output } from '../terminal.ts';

/** How many attempts are told of without --all. */
const SHOWN = 3;

const REQUEST_TIMEOUT_MS = 10_000;

export const command: Command = {
  usage: ['why CLIENT_ID|CERTIFICATE_ID [options]'],
  description: [
    'Tells what a client or a certificate tried last, and which statement of which policy allowed or',
    'denied it, with the values in place of the variables. Where no statement allows it, the ones that',
    'came nearest are shown.',
  ],
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      help: `tells of every attempt that is known, not of the last ${SHOWN}`,
    },
    denied: { type: 'boolean', short: 'd', help: 'tells only of what was denied' },
    json: { type: 'boolean', help: 'prints the attempts as JSON' },
  },
  examples: [
    ['why sensor-1', 'what the client sensor-1 tried last'],
    ['why sensor-1 --denied --all', 'everything that was denied to it'],
  ],
  exitCodes: [
    [0, 'told'],
    [1, 'nothing is known of that id, or no cloud runs'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [id, ...more] = args.positionals;
    if (id === undefined) throw args.wrong('why needs the id of a client or of a certificate');
    if (more.length > 0) throw args.wrong(`why takes one id; ${quoted(more.join(' '))} is too many`);
    const { endpointUrl } = requireRunningCloud(terminal);
    const { attempts } = await ask(endpointUrl, id);
    const wanted = attempts.filter(
      ({ explanation }) => !args.flag('denied') || explanation.outcome !== 'allowed',
    );
    const shown = args.flag('all') ? wanted : wanted.slice(0, SHOWN);
    if (args.flag('json')) {
      await terminal.out.line(JSON.stringify(shown, undefined, 2));
      return EXIT.done;
    }
    if (shown.length === 0) await terminal.out.line(`nothing was denied to ${quoted(id)} lately`);
    for (const attempt of shown) await print(attempt, terminal.out);
    const left = wanted.length - shown.length;
    if (left > 0) await terminal.err.line(`${counted(left, 'earlier attempt')} not shown; --all shows them`);
    return EXIT.done;
  },
};

async function ask(endpointUrl: string, id: string): Promise<WhyAnswer> {
  const url = new URL(WHY_PATH + encodeURIComponent(id), endpointUrl);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    body = await response.json();
  } catch (cause) {
    throw new CommandError(
      'CLOUD_UNREACHABLE',
      `the cloud at ${endpointUrl} does not answer: ${errorText(cause)}`,
      {
        cause,
        retryable: true,
      },
    );
  }
  if (response.status === 404) throw new CommandError('NOTHING_KNOWN', visible(messageOf(body)));
  const answer = whyAnswerSchema.safeParse(body);
  if (response.ok && answer.success) return answer.data;
  throw new CommandError(
    'ANSWER_UNREADABLE',
    `the cloud at ${endpointUrl} answers ${response.status} with something that this version cannot read: ` +
      'are both of the same version?',
    { cause: answer.error },
  );
}

function messageOf(body: unknown): string {
  const known = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof known === 'string' ? known : 'nothing is known of that id';
}

async function print(
  { at, count, clientId, certificateId, explanation }: WhyAnswer['attempts'][number],
  out: Output,
) {
  const who = [
    ...(clientId === undefined ? [] : [`client ${clientId}`]),
    ...(certificateId === undefined ? [] : [`certificate ${certificateId}`]),
  ].join(', ');
  const often = count === 1 ? '' : `, ${counted(count, 'time')}`;
  await out.line(out.paint('dim', visible(`${at} ${who}${often}`)));
  const [verdict = '', ...reasons] = describeExplanation(explanation);
  await out.line(out.paint(explanation.outcome === 'allowed' ? 'green' : 'red', visible(verdict)));
  for (const line of reasons) await out.line(visible(line));
}
