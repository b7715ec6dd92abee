import path from 'node:path';
import type { Command } from '../command.ts';
import { cloudTime } from '../devices/cloud-time.ts';
import { awsOption, findAwsPlace, requireName, sdkConfig } from '../devices/place.ts';
import { EXIT } from '../errors.ts';
import { readPlanFile } from '../onboard/read-file.ts';
import { createReport } from '../onboard/report.ts';
import { counted, quoted } from '../terminal.ts';

/** Each device takes six calls, and AWS takes 10 to 15 a second. */
const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 32;

export const command: Command = {
  usage: ['onboard FILE.csv [options]'],
  description: [
    'Registers devices by their certificates, and brings each to where just-in-time registration would: a',
    'thing with the certificate attached, in its group, with the policy, on record in the table of devices, and',
    'the certificate ACTIVE, last.',
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
    table: {
      type: 'string',
      value: 'NAME',
      help: 'where devices are on record (default: DevicesTable of the running cloud)',
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
    [
      'onboard devices.csv --aws --policy glasshouse-prod-device --table glasshouse-prod-DevicesTable',
      'on AWS',
    ],
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
    const tableName = requireName(args, place, 'table', 'DevicesTable');
    const wholeFile = path.resolve(terminal.cwd, file);
    const { wanted, unusable } = await readPlanFile(wholeFile);
    const { IoTClient } = await import('@aws-sdk/client-iot');
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const { onboard } = await import('../onboard/onboard.ts');
    const report = createReport(terminal, args.flag('json'), wanted.length + unusable.length);
    for (const result of unusable) await report(result);
    const client = new IoTClient(sdkConfig(place));
    const dynamodb = new DynamoDBClient(sdkConfig(place));
    try {
      const { done, kept, failed } = await onboard(wanted, {
        client,
        records: { table: { client: dynamodb, tableName }, nowMs: await cloudTime(place.endpointUrl) },
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
      dynamodb.destroy();
    }
  },
};
