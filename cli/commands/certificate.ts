import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cloudTime } from '../devices/cloud-time.ts';
import { awsOption, describeAwsFailure, findAwsPlace, requireName, sdkConfig } from '../devices/place.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

const ACTIONS = ['issue', 'renew', 'revoke', 'delete'] as const;
type Action = (typeof ACTIONS)[number];

/** AWS IoT's names of things. */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** A day: whoever waits longer asks again. */
const MAX_WAIT_SECONDS = 86_400;

export const command: Command = {
  usage: [
    'certificate issue THING [options]',
    'certificate renew THING [--wait SECONDS | --finish] [options]',
    'certificate revoke|delete THING [--certificate ID] [options]',
  ],
  description: [
    'Certificates that AWS IoT issues hand out their key only once: they are kept, with the key, in a bucket',
    'before they are used. issue makes the first one of a thing, renew another one beside it.',
    '',
    'After a renewal both certificates are ACTIVE. With --wait the old one is deactivated and detached as soon',
    'as the new one has connected, and never before; this listens to the MQTT of the running cloud. When that',
    'takes longer, --wait again waits on, and --finish takes your word for it that the device has the new one.',
    'Every action may be run again after it was cut off, and goes on where it was. delete also deletes the key,',
    'with the older versions that the bucket keeps.',
  ],
  options: {
    bucket: {
      type: 'string',
      value: 'NAME',
      help: 'where they are kept (default: CertificatesBucket of the running cloud)',
    },
    policy: {
      type: 'string',
      value: 'NAME',
      help: 'policy of a new device (default: DevicePolicy of the running cloud)',
    },
    table: {
      type: 'string',
      value: 'NAME',
      help: 'where devices are on record (default: DevicesTable of the running cloud)',
    },
    type: { type: 'string', value: 'NAME', help: 'thing type of a new device' },
    group: { type: 'string', value: 'NAME', help: 'thing group of a new device' },
    'billing-group': { type: 'string', value: 'NAME', help: 'billing group of a new device' },
    certificate: {
      type: 'string',
      value: 'ID',
      help: 'which one, where a thing has several; its beginning is enough',
    },
    wait: { type: 'string', value: 'SECONDS', help: 'waits so long for the new certificate to connect' },
    finish: { type: 'boolean', help: 'takes the old certificate out of use: the device has the new one' },
    out: { type: 'string', value: 'FOLDER', help: 'also writes the certificate and its key into a folder' },
    ...awsOption,
  },
  examples: [
    ['certificate issue lamp-1 --out lamp-1', 'a new device, with its files'],
    [
      'certificate renew lamp-1 --wait 600',
      'a new certificate; the old one goes when the new one has connected',
    ],
    ['certificate renew lamp-1 --finish', 'the device has connected while nobody waited'],
    ['certificate revoke lamp-1', 'it never connects again'],
  ],
  exitCodes: [
    [0, 'done'],
    [1, 'refused'],
    [2, 'wrongly called'],
    [3, 'the new certificate has not connected in time: it and the old one are ACTIVE'],
  ],
  async run(args, terminal) {
    const { action, thingName } = readWords(args);
    const waitSeconds = args.count('wait');
    requireFitting(args, action, waitSeconds);
    const place = findAwsPlace(args, terminal);
    const bucket = requireName(args, place, 'bucket', 'CertificatesBucket');
    const tableName = requireName(args, place, 'table', 'DevicesTable');
    const { IoTClient } = await import('@aws-sdk/client-iot');
    const { S3Client } = await import('@aws-sdk/client-s3');
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const { end, issue, renew } = await import('../certificate/perform.ts');
    const client = new IoTClient(sdkConfig(place));
    // Buckets of a local cloud have no host names of their own.
    const s3 = new S3Client({ ...sdkConfig(place), forcePathStyle: place.endpointUrl !== undefined });
    const dynamodb = new DynamoDBClient(sdkConfig(place));
    const records = { table: { client: dynamodb, tableName }, nowMs: await cloudTime(place.endpointUrl) };
    const job = {
      desk: { client, vault: { client: s3, bucket }, records },
      thingName,
      args,
      place,
      terminal,
    };
    try {
      if (action === 'issue') return await issue(job);
      return action === 'renew' ? await renew(job, waitSeconds) : await end(job, action);
    } catch (error) {
      throw describeAwsFailure(error, place);
    } finally {
      client.destroy();
      s3.destroy();
      dynamodb.destroy();
    }
  },
};

function readWords(args: Arguments): { readonly action: Action; readonly thingName: string } {
  const [word, thingName, ...more] = args.positionals;
  if (word === undefined) throw args.wrong(`certificate needs what to do: ${ACTIONS.join(', ')}`);
  const action = ACTIONS.find((one) => one === word);
  if (action === undefined) {
    throw args.wrong(
      `certificate does ${ACTIONS.join(', ')}, not ${quoted(word)}${didYouMean(word, ACTIONS)}`,
    );
  }
  if (thingName === undefined) throw args.wrong(`certificate ${action} needs the name of a thing`);
  if (!THING_NAME.test(thingName)) throw args.wrong(`no thing can be called ${quoted(thingName)}`);
  if (more.length > 0) throw args.wrong(`certificate takes one thing; ${quoted(more.join(' '))} is too many`);
  return { action, thingName };
}

function requireFitting(args: Arguments, action: Action, waitSeconds: number | undefined): void {
  if (waitSeconds !== undefined) {
    if (action !== 'renew') throw args.wrong('--wait goes with renew');
    if (waitSeconds > MAX_WAIT_SECONDS) throw args.wrong(`--wait is at most ${MAX_WAIT_SECONDS} s`);
    if (args.flag('aws')) {
      throw args.wrong('--wait listens to the MQTT of the running cloud, and does not go with --aws');
    }
  }
  if (args.flag('finish')) {
    if (action !== 'renew') throw args.wrong('--finish goes with renew');
    if (waitSeconds !== undefined) throw args.wrong('--finish does not wait: leave out --wait');
  }
  const names = args.text('certificate');
  if (names !== undefined && (action === 'issue' || action === 'renew')) {
    throw args.wrong('--certificate goes with revoke and delete');
  }
  if (names !== undefined && !/^[0-9a-f]{4,64}$/.test(names)) {
    throw args.wrong(`--certificate takes 4 to 64 hexadecimal digits, not ${quoted(names)}`);
  }
  if (args.text('out') !== undefined && action !== 'issue' && action !== 'renew') {
    throw args.wrong('--out goes with issue and renew');
  }
}
