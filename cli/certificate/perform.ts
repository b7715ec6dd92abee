import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Arguments } from '../arguments.ts';
import { requireName, type AwsPlace } from '../devices/place.ts';
import { CommandError, EXIT } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import type { Terminal } from '../terminal.ts';
import { issueCertificate, type Desk, type IssuedCertificate } from './issue.ts';
import { certificateIdIn } from './principals.ts';
import { finishRenewal, renewCertificate, requireRenewal } from './renew.ts';
import { chooseCertificate, deleteCertificate, revokeCertificate } from './retire.ts';
import { folderOf } from './vault.ts';

/** What the command ends with when the device has not connected in time: nothing is lost, and nothing done yet. */
export const EXIT_WAITS = 3;

/** What an action works with. */
export interface Job {
  readonly desk: Desk;
  readonly thingName: string;
  readonly args: Arguments;
  readonly place: AwsPlace;
  readonly terminal: Terminal;
}

/** `certificate issue` */
export async function issue({ desk, thingName, args, place, terminal }: Job): Promise<number> {
  const { resources } = place;
  const group = args.text('group') ?? resources['DevicesGroup'];
  const issued = await issueCertificate(desk, {
    thingName,
    policyName: requireName(args, place, 'policy', 'DevicePolicy'),
    thingTypeName: args.text('type') ?? resources['DeviceType'],
    thingGroupNames: group === undefined ? [] : [group],
    billingGroupName: args.text('billing-group') ?? resources['DevicesBillingGroup'],
  });
  await tell('issued', desk, issued, args, terminal);
  return EXIT.done;
}

/** `certificate renew`, with `--wait` to its end, or with `--finish` only its end. */
export async function renew(job: Job, waitSeconds: number | undefined): Promise<number> {
  const { desk, thingName, args, terminal } = job;
  if (args.flag('finish')) return finish(desk, await requireRenewal(desk, thingName), terminal);
  if (waitSeconds !== undefined) return renewAndWait(job, waitSeconds);
  const { issued, isResumed } = await renewCertificate(desk, thingName);
  await tell(isResumed ? 'waits ' : 'issued', desk, issued, args, terminal);
  await terminal.err.line(
    `both it and the old one are ACTIVE; when the device has it: certificate renew ${thingName} --finish`,
  );
  return EXIT.done;
}

async function renewAndWait({ desk, thingName, args, terminal }: Job, waitSeconds: number): Promise<number> {
  const { connectMqtt, untilClosed } = await import('../mqtt.ts');
  const { hasConnected, listenForConnect } = await import('./wait-for-connect.ts');
  const { mqttUrl, endpointUrl } = requireRunningCloud(terminal);
  const mqtt = await connectMqtt(mqttUrl);
  return untilClosed(mqtt, 'it refuses to tell of connections', async () => {
    // Before it is issued: the device may be faster than we are.
    const listener = await listenForConnect(mqtt);
    const { issued, isResumed } = await renewCertificate(desk, thingName);
    const { certificateId } = issued.metadata;
    await tell(isResumed ? 'waits ' : 'issued', desk, issued, args, terminal);
    if (isResumed && (await hasConnected(endpointUrl, certificateId))) {
      return finish(desk, issued, terminal);
    }
    await terminal.err.line(`waits up to ${waitSeconds} s for it to connect; the old one works until then`);
    if (await listener.connected(certificateId, waitSeconds)) return finish(desk, issued, terminal);
    for (const line of notConnected(thingName, certificateId, waitSeconds)) await terminal.err.line(line);
    return EXIT_WAITS;
  });
}

function notConnected(thingName: string, certificateId: string, waitSeconds: number): readonly string[] {
  return [
    `the certificate ${certificateId} has not connected within ${waitSeconds} s: both it and the old one are ACTIVE`,
    `  to wait on:           certificate renew ${thingName} --wait ${waitSeconds}`,
    `  when the device is there, unheard:  certificate renew ${thingName} --finish`,
    `  to give it up:        certificate delete ${thingName} --certificate ${certificateId.slice(0, 8)}`,
  ];
}

async function finish(desk: Desk, issued: IssuedCertificate, { out }: Terminal): Promise<number> {
  await finishRenewal(desk, issued);
  for (const old of issued.metadata.replaces) await out.line(`retired ${old}`);
  return EXIT.done;
}

/** `certificate revoke` and `certificate delete` */
export async function end({ desk, thingName, args, terminal }: Job, action: 'revoke' | 'delete') {
  const arn = await chooseCertificate(desk, thingName, args.text('certificate'));
  if (action === 'revoke') await revokeCertificate(desk, thingName, arn);
  else await deleteCertificate(desk, thingName, arn);
  await terminal.out.line(`${action}d ${certificateIdIn(arn)}`);
  return EXIT.done;
}

async function tell(
  what: 'issued' | 'waits ',
  { vault }: Desk,
  { metadata, certificatePem, privateKeyPem }: IssuedCertificate,
  args: Arguments,
  { out, cwd }: Terminal,
): Promise<void> {
  const { thingName, certificateId } = metadata;
  await out.line(`${what} ${certificateId}`);
  await out.line(`kept at s3://${vault.bucket}/${folderOf(thingName, certificateId)}`);
  const given = args.text('out');
  if (given === undefined) return;
  const folder = path.resolve(cwd, given);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'certificate.pem'), certificatePem);
  await writeKey(path.join(folder, `${certificateId.slice(0, 12)}-private-key.pem`), privateKeyPem);
  await out.line(`written to ${folder}`);
}

/** A key that is there is not written over: it may be the only one of a device. */
async function writeKey(file: string, privateKeyPem: string): Promise<void> {
  try {
    await writeFile(file, privateKeyPem, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    // A run that was cut off has written it.
    if (await isThere(file, privateKeyPem)) return;
    throw new CommandError('KEY_NOT_WRITTEN', `${file} cannot be written, or holds another key`, { cause });
  }
}

async function isThere(file: string, text: string): Promise<boolean> {
  try {
    return (await readFile(file, 'utf8')) === text;
  } catch {
    return false;
  }
}
