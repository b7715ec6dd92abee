import { createReadStream } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { readCsv, type CsvRow } from '../csv.ts';
import { awsOption, findAwsPlace, sdkConfig } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import type { OnboardResult } from '../onboard/onboard.ts';
import { readHeader, readRow, type Header, type WantedDevice } from '../onboard/read-plan.ts';
import { counted, quoted, visible, type Terminal } from '../terminal.ts';

/** More are onboarded in parts: all rows are in memory, and a day's worth of throttled calls. */
const MAX_ROWS = 100_000;

/** Each device takes six calls, and AWS takes 10 to 15 a second. */
const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 32;

/** Progress is told once for so many devices. */
const PROGRESS_ROWS = 50;

export const command: Command = {
  usage: ['onboard FILE.csv [options]'],
  description: [
    'Registers devices by their certificates, and brings each to where just-in-time registration would: a',
    'thing with the certificate attached, in its group, with the policy, and the certificate ACTIVE, last.',
    '',
    'The file has a column "certificate" (path of a PEM file, relative to the CSV file) and may have thing',
    '(else the common name), type, group (several with |), billing-group, policy and attribute:NAME.',
    'A run that was cut off is made again: what is done stays, what is missing is added. A certificate that',
    'somebody revoked or deactivated is left alone and reported.',
  ],
  options: {
    policy: {
      type: 'string',
      value: 'NAME',
      help: 'policy of devices (default: DevicePolicy of the running cloud)',
    },
    type: { type: 'string', value: 'NAME', help: 'thing type (default: DeviceType of the running cloud)' },
    group: {
      type: 'string',
      value: 'NAME',
      help: 'thing group (default: DevicesGroup of the running cloud)',
    },
    'billing-group': {
      type: 'string',
      value: 'NAME',
      help: 'billing group (default: DevicesBillingGroup of the running cloud)',
    },
    'without-ca': { type: 'boolean', help: 'takes certificates whoever has signed them' },
    concurrency: {
      type: 'string',
      value: 'N',
      help: `devices at the same time, at most ${MAX_CONCURRENCY} (default: ${DEFAULT_CONCURRENCY})`,
    },
    json: { type: 'boolean', help: 'prints what became of each row as one line of JSON' },
    ...awsOption,
  },
  examples: [
    ['onboard devices.csv', 'into the running cloud'],
    ['onboard devices.csv --aws --policy glasshouse-prod-device', 'on AWS'],
    [`onboard devices.csv --json | jq 'select(.outcome == "failed")'`, 'what failed, and why'],
  ],
  exitCodes: [
    [0, 'every device is in the registry'],
    [1, 'some failed, or the file cannot be read'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [file, ...more] = args.positionals;
    if (file === undefined) throw args.wrong('onboard needs a CSV file');
    if (more.length > 0) throw args.wrong(`onboard takes one file; ${quoted(more.join(' '))} is too many`);
    const concurrency = args.count('concurrency') ?? DEFAULT_CONCURRENCY;
    if (concurrency > MAX_CONCURRENCY) throw args.wrong(`--concurrency is at most ${MAX_CONCURRENCY}`);
    const place = findAwsPlace(args, terminal);
    const { resources } = place;
    const wholeFile = path.resolve(terminal.cwd, file);
    const { wanted, unusable } = await readFile(wholeFile);
    const { IoTClient } = await import('@aws-sdk/client-iot');
    const { onboard } = await import('../onboard/onboard.ts');
    const report = createReport(terminal, args.flag('json'), wanted.length + unusable.length);
    for (const result of unusable) await report(result);
    const client = new IoTClient(sdkConfig(place));
    try {
      const { done, kept, failed } = await onboard(wanted, {
        client,
        withoutCa: args.flag('without-ca'),
        folder: path.dirname(wholeFile),
        concurrency,
        report,
        defaults: {
          policyName: args.text('policy') ?? resources['DevicePolicy'],
          thingTypeName: args.text('type') ?? resources['DeviceType'],
          thingGroupName: args.text('group') ?? resources['DevicesGroup'],
          billingGroupName: args.text('billing-group') ?? resources['DevicesBillingGroup'],
        },
      });
      const failures = failed + unusable.length;
      await terminal.err.line(
        `${counted(done, 'device')} onboarded, ${kept} there already, ${failures} failed`,
      );
      return failures > 0 ? EXIT.failed : EXIT.done;
    } finally {
      client.destroy();
    }
  },
};

/** Reads the whole file before anything is done: a column that is not known must not come to light half way. */
async function readFile(file: string) {
  const wanted: WantedDevice[] = [];
  const unusable: OnboardResult[] = [];
  let header: Header | undefined;
  try {
    for await (const rows of readCsv(createReadStream(file, { encoding: 'utf8' }))) {
      for (const row of rows) {
        if (header === undefined) header = readHeader(row);
        else take(readRow(header, row), row);
      }
    }
  } catch (error) {
    if (error instanceof CommandError) {
      throw new CommandError(error.code, `${quoted(file, 200)}: ${error.message}`, { cause: error });
    }
    throw new CommandError('FILE_UNREADABLE', `${quoted(file, 200)} cannot be read: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (header === undefined) throw new CommandError('FILE_EMPTY', `${quoted(file, 200)} is empty`);
  return { wanted, unusable };

  function take(read: WantedDevice | string, { line }: CsvRow): void {
    if (typeof read === 'string')
      unusable.push({ line, outcome: 'failed', certificateFile: '', reason: read });
    else wanted.push(read);
    if (wanted.length + unusable.length > MAX_ROWS) {
      throw new CommandError('FILE_TOO_LONG', `it has more than ${MAX_ROWS} rows: divide it`);
    }
  }
}

function createReport({ out, err }: Terminal, isJson: boolean, total: number) {
  let count = 0;
  return async (result: OnboardResult): Promise<void> => {
    const { line, outcome, thingName = '', certificateId = '', certificateFile, reason } = result;
    count += 1;
    if (isJson) await out.line(JSON.stringify(result));
    else if (outcome === 'failed') {
      const what = [certificateFile, thingName].filter((part) => part !== '').map((part) => visible(part));
      const where = [`line ${line}`, ...what].join(' ');
      await out.line(`${out.paint('red', 'FAILED')}  ${where}: ${reason ?? 'no reason is known'}`);
    } else {
      const painted = out.paint(outcome === 'done' ? 'green' : 'dim', outcome.padEnd(6));
      await out.line(`${painted}  ${visible(thingName)} ${certificateId}`);
    }
    if (count % PROGRESS_ROWS === 0) await err.line(err.paint('dim', `${count} of ${total}`));
  };
}
