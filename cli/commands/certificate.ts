import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Arguments } from '../arguments.ts';
import type { Desk, IssuedCertificate } from '../certificate/issue.ts';
import type { Command } from '../command.ts';
import {
  awsOption,
  describeAwsFailure,
  findAwsPlace,
  requireName,
  sdkConfig,
  type AwsPlace,
} from '../devices/place.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { didYouMean } from '../suggest.ts';
import { quoted, type Terminal } from '../terminal.ts';

const ACTIONS = ['issue', 'renew', 'revoke', 'delete'] as const;
type Action = (typeof ACTIONS)[number];

/** AWS IoT's names of things. */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** A day: whoever waits longer asks again. */
const MAX_WAIT_SECONDS = 86_400;

export const command: Command = {
  usage: [
    'certificate issue THING [options]',
    'certificate renew THING [--wait SECONDS] [options]',
    'certificate revoke|delete THING [--certificate ID] [options]',
  ],
  description: [
    'Certificates that AWS IoT issues hand out their key only once: they are kept, with the key, in a bucket',
    'before they are used. issue makes the first one of a thing, renew another one beside it.',
    '',
    'After a renewal both certificates are ACTIVE. With --wait the old one is deactivated and detached as soon',
    'as the new one has connected, and never before; this listens to the MQTT of the running cloud.',
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
    type: { type: 'string', value: 'NAME', help: 'thing type of a new device' },
    group: { type: 'string', value: 'NAME', help: 'thing group of a new device' },
    'billing-group': { type: 'string', value: 'NAME', help: 'billing group of a new device' },
    certificate: {
      type: 'string',
      value: 'ID',
      help: 'which one, where a thing has several; its beginning is enough',
    },
    wait: { type: 'string', value: 'SECONDS', help: 'waits so long for the new certificate to connect' },
    out: { type: 'string', value: 'FOLDER', help: 'also writes the certificate and its key into a folder' },
    ...awsOption,
  },
  examples: [
    ['certificate issue lamp-1 --out lamp-1', 'a new device, with its files'],
    [
      'certificate renew lamp-1 --wait 600',
      'a new certificate; the old one goes when the new one has connected',
    ],
    ['certificate revoke lamp-1', 'it never connects again'],
  ],
  exitCodes: [
    [0, 'done'],
    [1, 'refused, or the new certificate has not connected in time'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const { action, thingName } = readWords(args);
    const waitSeconds = args.count('wait');
    requireFitting(args, action, waitSeconds);
    const place = findAwsPlace(args, terminal);
    const bucket = requireName(args, place, 'bucket', 'CertificatesBucket');
    const { IoTClient } = await import('@aws-sdk/client-iot');
    const { S3Client } = await import('@aws-sdk/client-s3');
    const client = new IoTClient(sdkConfig(place));
    // Buckets of a local cloud have no host names of their own.
    const s3 = new S3Client({ ...sdkConfig(place), forcePathStyle: place.endpointUrl !== undefined });
    const desk: Desk = { client, vault: { client: s3, bucket }, nowMs: () => Date.now() };
    try {
      if (action === 'issue') await issue(desk, thingName, args, place, terminal);
      else if (action === 'renew') await renew(desk, thingName, args, waitSeconds, terminal);
      else await end(desk, action, thingName, args, terminal);
    } catch (error) {
      throw describeAwsFailure(error, place);
    } finally {
      client.destroy();
      s3.destroy();
    }
    return undefined;
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

async function issue(desk: Desk, thingName: string, args: Arguments, place: AwsPlace, terminal: Terminal) {
  const { issueCertificate } = await import('../certificate/issue.ts');
  const { resources } = place;
  const group = args.text('group') ?? resources['DevicesGroup'];
  const issued = await issueCertificate(desk, {
    thingName,
    policyName: requireName(args, place, 'policy', 'DevicePolicy'),
    thingTypeName: args.text('type') ?? resources['DeviceType'],
    thingGroupNames: group === undefined ? [] : [group],
    billingGroupName: args.text('billing-group') ?? resources['DevicesBillingGroup'],
  });
  await tell(desk, issued, args, terminal);
}

async function renew(
  desk: Desk,
  thingName: string,
  args: Arguments,
  waitSeconds: number | undefined,
  terminal: Terminal,
): Promise<void> {
  const { renewCertificate } = await import('../certificate/issue.ts');
  if (waitSeconds === undefined) {
    await tell(desk, await renewCertificate(desk, thingName), args, terminal);
    return;
  }
  const { connectMqtt, untilClosed } = await import('../mqtt.ts');
  const { listenForConnect } = await import('../certificate/wait-for-connect.ts');
  const { retireReplaced } = await import('../certificate/retire.ts');
  const mqtt = await connectMqtt(requireRunningCloud(terminal).mqttUrl);
  await untilClosed(mqtt, 'it refuses to tell of connections', async () => {
    const listener = await listenForConnect(mqtt);
    const issued = await renewCertificate(desk, thingName);
    await tell(desk, issued, args, terminal);
    await terminal.err.line(`waits up to ${waitSeconds} s for it to connect; the old one works until then`);
    await listener.connected(issued.metadata.certificateId, waitSeconds);
    await retireReplaced(desk.client, issued);
    for (const old of issued.metadata.replaces) await terminal.out.line(`retired ${old}`);
  });
}

async function end(
  { client, vault }: Desk,
  action: 'revoke' | 'delete',
  thingName: string,
  args: Arguments,
  { out }: Terminal,
): Promise<void> {
  const { certificateIdIn } = await import('../certificate/issue.ts');
  const retire = await import('../certificate/retire.ts');
  const arn = await retire.chooseCertificate(client, thingName, args.text('certificate'));
  if (action === 'revoke') await retire.revokeCertificate(client, arn);
  else await retire.deleteCertificate(client, vault, thingName, arn);
  await out.line(`${action}d ${certificateIdIn(arn)}`);
}

async function tell(
  { vault }: Desk,
  { metadata, certificatePem, privateKeyPem }: IssuedCertificate,
  args: Arguments,
  { out, cwd }: Terminal,
): Promise<void> {
  const { folderOf } = await import('../certificate/vault.ts');
  const { thingName, certificateId } = metadata;
  await out.line(`issued ${certificateId}`);
  await out.line(`kept at s3://${vault.bucket}/${folderOf(thingName, certificateId)}`);
  const given = args.text('out');
  if (given === undefined) return;
  const folder = path.resolve(cwd, given);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'certificate.pem'), certificatePem);
  // A key that is there is not written over: it may be the only one of a device.
  await writeFile(path.join(folder, `${certificateId.slice(0, 12)}-private-key.pem`), privateKeyPem, {
    mode: 0o600,
    flag: 'wx',
  });
  await out.line(`written to ${folder}`);
}
