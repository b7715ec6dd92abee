import { errorText } from '../../shared/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandError, EXIT } from '../errors.ts';
import type { Place } from '../redrive/aws.ts';
import type { RedriveCount } from '../redrive/redrive.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { didYouMean } from '../suggest.ts';
import { counted, quoted, type Terminal } from '../terminal.ts';

/** The queues by what they are called here, with their names in the template. */
const QUEUES: Readonly<Record<string, string>> = {
  rejections: 'RejectionsQueue',
  failures: 'FailuresQueue',
};

export const command: Command = {
  usage: ['redrive rejections|failures [options]', 'redrive --aws --queue-url URL [options]'],
  description: [
    'Takes messages out of a queue and sends each back to where it failed: a rejection and a failed',
    'invocation to the function again, a message that a rule could not deliver to its topic again.',
    'The event of a certificate that a rule could not deliver goes to the function; any other event of',
    'AWS IoT itself stays in the queue, with what to do.',
    '',
    'A message leaves the queue only after it was sent. What has no known shape stays there and is named.',
    'Only what was in the queue at the start is sent: what fails again is not sent twice.',
  ],
  options: {
    limit: { type: 'string', short: 'n', value: 'N', help: 'sends at most N messages' },
    'dry-run': { type: 'boolean', help: 'says what would be sent, and leaves everything in the queue' },
    aws: {
      type: 'boolean',
      help: 'works on AWS, with the default credentials, in place of the running cloud',
    },
    'queue-url': { type: 'string', value: 'URL', help: 'the queue on AWS; goes with --aws' },
  },
  examples: [
    ['redrive rejections --dry-run', 'what would be sent'],
    ['redrive failures', 'everything that failed for good, once more'],
    [
      'redrive --aws --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/failures --limit 10',
      'on AWS, ten to begin with',
    ],
  ],
  exitCodes: [
    [0, 'done; what has no known shape may be left'],
    [1, 'sending was refused for some, or the queue could not be asked'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const limit = args.count('limit') ?? Infinity;
    const dryRun = args.flag('dry-run');
    const place = findPlace(args, terminal);
    const { createRedriveClients, describeAwsFailure } = await import('../redrive/aws.ts');
    const { redrive } = await import('../redrive/redrive.ts');
    const clients = createRedriveClients(place);
    const { queue, send } = clients;
    const report = (line: string) => terminal.out.line(line);
    try {
      const count = await redrive({ queue, send, startedAtMs: Date.now(), limit, dryRun, report });
      await terminal.out.line(summary(count, dryRun));
      return count.refused > 0 ? EXIT.failed : EXIT.done;
    } catch (error) {
      throw describeAwsFailure(error, place);
    } finally {
      clients.close();
    }
  },
};

function findPlace(args: Arguments, terminal: Terminal): Place {
  const [name, ...more] = args.positionals;
  if (more.length > 0) throw args.wrong(`redrive takes one queue; ${quoted(more.join(' '))} is too many`);
  const queueUrl = args.text('queue-url');
  const logicalId = name === undefined ? undefined : QUEUES[name];
  if (name !== undefined && logicalId === undefined) {
    throw args.wrong(
      `redrive takes rejections or failures, not ${quoted(name)}${didYouMean(name, Object.keys(QUEUES))}`,
    );
  }
  if (args.flag('aws')) {
    if (queueUrl === undefined) throw args.wrong('--aws needs --queue-url: the URL of the queue');
    return { queueUrl: checkUrl(queueUrl, args), region: regionOf(queueUrl), endpointUrl: undefined };
  }
  if (queueUrl !== undefined) throw args.wrong('--queue-url goes with --aws');
  if (logicalId === undefined) throw args.wrong('redrive needs a queue: rejections or failures');
  const { resources, region, endpointUrl } = requireRunningCloud(terminal);
  const found = resources[logicalId];
  if (found === undefined) {
    throw new CommandError('NO_QUEUE', `the running cloud has no queue ${logicalId}: is it in its template?`);
  }
  return { queueUrl: found, region, endpointUrl };
}

/** The region that a queue's URL names; undefined leaves it to AWS_REGION and the profile. */
export function regionOf(queueUrl: string): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\//.exec(queueUrl)?.[1];
}

function checkUrl(text: string, args: Arguments): string {
  try {
    return new URL(text).href;
  } catch (error) {
    throw args.wrong(`--queue-url takes a URL, not ${quoted(text)}: ${errorText(error)}`);
  }
}

function summary({ sent, unknown, refused, newer }: RedriveCount, dryRun: boolean): string {
  const parts = [`${counted(sent, 'message')} ${dryRun ? 'would be sent back' : 'sent back'}`];
  if (refused > 0) parts.push(`${refused} refused and left`);
  if (unknown > 0) parts.push(`${unknown} of no known shape left`);
  if (newer > 0) parts.push(`${newer} newer than the start left`);
  return parts.join(', ');
}
