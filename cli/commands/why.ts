import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { awsOption, describeAwsFailure, findAwsPlace, requireName, sdkConfig } from '../devices/place.ts';
import { findRunning } from '../../local/running.ts';
import { CommandError, EXIT } from '../errors.ts';
import { cloudFolder, requireRunningCloud } from '../running-cloud.ts';
import { counted, quoted, type Terminal } from '../terminal.ts';
import { askForAttempts, type Attempt } from '../why/attempts.ts';
import { isCertificateId, tooFewDigits } from '../why/find-certificate.ts';
import type { WhyCertificate } from '../why/why-certificate.ts';

/** How many attempts are told of without --all. */
const SHOWN = 3;

export const command: Command = {
  usage: ['why CLIENT_ID|CERTIFICATE_ID [options]'],
  description: [
    'Tells what a client or a certificate tried last, and which statement of which policy allowed or',
    'denied it, with the values in place of the variables. Where no statement allows it, the ones that',
    'came nearest are shown.',
    '',
    'Of a certificate it first tells which of the fifteen steps of its activation it waits at or was stopped',
    'by, for which reason, and what to do. The beginning of an id is enough, from 8 digits on.',
  ],
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      help: `tells of every attempt that is known, not of the last ${SHOWN}`,
    },
    denied: { type: 'boolean', short: 'd', help: 'tells only of what was denied' },
    json: {
      type: 'boolean',
      help: 'prints JSON: of a client its attempts, of a certificate\n{"certificate", "diagnosis", "attempts"}',
    },
    table: {
      type: 'string',
      value: 'NAME',
      help: 'table of devices (default: DevicesTable of the running cloud)',
    },
    'held-table': {
      type: 'string',
      value: 'NAME',
      help: 'table of held certificates (default: HeldCertificatesTable of the running cloud)',
    },
    ...awsOption,
  },
  examples: [
    ['why sensor-1', 'what the client sensor-1 tried last'],
    ['why sensor-1 --denied --all', 'everything that was denied to it'],
    ['why 4f1c9a02', 'where the certificate stands whose id begins so'],
  ],
  exitCodes: [
    [0, 'told'],
    [1, 'nothing is known of that id, several ids begin so, or no cloud runs'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [id, ...more] = args.positionals;
    if (id === undefined) throw args.wrong('why needs the id of a client or of a certificate');
    if (more.length > 0) throw args.wrong(`why takes one id; ${quoted(more.join(' '))} is too many`);
    const isJson = args.flag('json');
    // Whoever asks for denials asks for policies.
    const told =
      isCertificateId(id) && !args.flag('denied') ? await askForCertificate(id, args, terminal) : undefined;
    const { attempts, message } = await attemptsOf(told, id, args, terminal);
    if (told === undefined && attempts === undefined)
      throw new CommandError('NOTHING_KNOWN', nothingKnown(id, message));
    const wanted = (attempts ?? []).filter(
      ({ explanation }) => !args.flag('denied') || explanation.outcome !== 'allowed',
    );
    const shown = args.flag('all') ? wanted : wanted.slice(0, SHOWN);
    if (isJson) {
      await terminal.out.line(JSON.stringify(jsonOf(told, shown), undefined, 2));
      return exitCode(told);
    }
    await print(told, shown, id, terminal);
    const left = wanted.length - shown.length;
    if (left > 0) await terminal.err.line(`${counted(left, 'earlier attempt')} not shown; --all shows them`);
    return exitCode(told);
  },
};

/** The cloud names in one line the ids that it knows: people read them one a line, and as short as they may be typed. */
function nothingKnown(id: string, message: string): string {
  const [said = '', known] = message.split(/ Known are (.+)\.$/);
  const ids = (known?.split(', ') ?? []).map((one) => `\n  ${isCertificateId(one) ? one.slice(0, 12) : one}`);
  const list = ids.length === 0 ? said : `${said} Known are:${ids.join('')}`;
  const few = tooFewDigits(id);
  return few === undefined ? list : `${few}. ${list}`;
}

/** Undefined where no certificate is known by that id, which a client may have all the same. */
async function askForCertificate(
  id: string,
  args: Arguments,
  terminal: Terminal,
): Promise<WhyCertificate | undefined> {
  const place = findAwsPlace(args, terminal);
  const { resources } = place;
  // A cloud without the activation has no such tables, and its clients have ids all the same.
  const isActivating =
    resources['HeldCertificatesTable'] !== undefined || args.text('held-table') !== undefined;
  if (!isActivating && !args.flag('aws')) return undefined;
  const devicesTable = requireName(args, place, 'table', 'DevicesTable');
  const heldTable = requireName(args, place, 'held-table', 'HeldCertificatesTable');
  const { IoTClient } = await import('@aws-sdk/client-iot');
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { whyCertificate } = await import('../why/why-certificate.ts');
  const client = new IoTClient(sdkConfig(place));
  const dynamodb = new DynamoDBClient(sdkConfig(place));
  const names = { allowListTable: resources['AllowListTable'] ?? 'AllowListTable' };
  try {
    return await whyCertificate({ client, dynamodb, devicesTable, heldTable, names }, id);
  } catch (error) {
    throw describeAwsFailure(error, place);
  } finally {
    client.destroy();
    dynamodb.destroy();
  }
}

async function attemptsOf(
  told: WhyCertificate | undefined,
  id: string,
  args: Arguments,
  terminal: Terminal,
): Promise<{ readonly attempts: readonly Attempt[] | undefined; readonly message: string }> {
  const nothing = { attempts: undefined, message: `no certificate begins with ${quoted(id)}` };
  // Only a cloud of this machine tells what was tried.
  if (told?.kind === 'ca' || args.flag('aws')) return nothing;
  if (told !== undefined && findRunning(cloudFolder(terminal)) === undefined) return nothing;
  const { endpointUrl } = requireRunningCloud(terminal);
  const whole = told === undefined ? id : told.facts.certificateId;
  const { attempts, ...others } = await askForAttempts(endpointUrl, whole);
  return { attempts, message: 'message' in others ? others.message : '' };
}

function jsonOf(told: WhyCertificate | undefined, attempts: readonly Attempt[]): unknown {
  if (told === undefined) return attempts;
  if (told.kind === 'ca') return { ca: told.ca };
  return { certificate: told.facts, diagnosis: told.diagnosis, attempts };
}

async function print(
  told: WhyCertificate | undefined,
  shown: readonly Attempt[],
  id: string,
  { out }: Terminal,
): Promise<void> {
  const { attemptLines, caLines, certificateLines } = await import('../why/describe.ts');
  if (told?.kind === 'ca') for (const line of caLines(told.ca, out)) await out.line(line);
  if (told?.kind === 'certificate') {
    for (const line of certificateLines(told.facts, told.diagnosis, out)) await out.line(line);
  }
  if (told === undefined && shown.length === 0) {
    await out.line(`nothing was denied to ${quoted(id)} lately`);
  }
  for (const attempt of shown) for (const line of attemptLines(attempt, out)) await out.line(line);
}

function exitCode(told: WhyCertificate | undefined): number {
  return told?.kind === 'certificate' && told.diagnosis.state === 'unknown' ? EXIT.failed : EXIT.done;
}
