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
import { prepareFolder, writeIssued } from './write-out.ts';

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
  const folder = await outFolder(args, terminal);
  const group = args.text('group') ?? resources['DevicesGroup'];
  const issued = await issueCertificate(desk, {
    thingName,
    policyName: requireName(args, place, 'policy', 'DevicePolicy'),
    thingTypeName: args.text('type') ?? resources['DeviceType'],
    thingGroupNames: group === undefined ? [] : [group],
    billingGroupName: args.text('billing-group') ?? resources['DevicesBillingGroup'],
  });
  await tell('issued', desk, issued, folder, terminal);
  return EXIT.done;
}

/** `certificate renew`, with `--wait` to its end, or with `--finish` only its end. */
export async function renew(job: Job, waitSeconds: number | undefined): Promise<number> {
  const { desk, thingName, args, terminal } = job;
  if (args.flag('finish')) return finish(desk, await requireRenewal(desk, thingName), terminal);
  if (waitSeconds !== undefined) return renewAndWait(job, waitSeconds);
  const folder = await outFolder(args, terminal);
  const { issued, isResumed, oldStatus } = await renewCertificate(desk, thingName);
  await tell(isResumed ? 'waits ' : 'issued', desk, issued, folder, terminal);
  await terminal.err.line(
    `${bothText(oldStatus)}; when the device has it: npx glasshouse certificate renew ${thingName} --finish`,
  );
  return EXIT.done;
}

/** What the two are after a renewal has begun. */
function bothText(oldStatus: string): string {
  return oldStatus === 'ACTIVE'
    ? 'both it and the old one are ACTIVE'
    : `it is ACTIVE, and the old one is ${oldStatus}`;
}

async function renewAndWait({ desk, thingName, args, terminal }: Job, waitSeconds: number): Promise<number> {
  const folder = await outFolder(args, terminal);
  const { connectMqtt, untilClosed } = await import('../mqtt.ts');
  const { hasConnected, listenForConnect } = await import('./wait-for-connect.ts');
  const { mqttUrl, endpointUrl } = requireRunningCloud(terminal);
  const mqtt = await connectMqtt(mqttUrl);
  let begun: string | undefined;
  const work = async (): Promise<number> => {
    // Before it is issued: the device may be faster than we are.
    const listener = await listenForConnect(mqtt);
    const { issued, isResumed, oldStatus } = await renewCertificate(desk, thingName);
    const { certificateId } = issued.metadata;
    begun = certificateId;
    await tell(isResumed ? 'waits ' : 'issued', desk, issued, folder, terminal);
    if (isResumed && (await hasConnected(endpointUrl, certificateId))) {
      return finish(desk, issued, terminal);
    }
    await terminal.err.line(`waits up to ${waitSeconds} s for it to connect; the old one works until then`);
    if (await listener.connected(certificateId, waitSeconds)) return finish(desk, issued, terminal);
    // The end of the connection is told once, below: the time has not run out.
    if (!mqtt.connected) return EXIT_WAITS;
    const lines = notConnected(thingName, certificateId, waitSeconds, oldStatus);
    for (const line of lines) await terminal.err.line(line);
    return EXIT_WAITS;
  };
  try {
    return await untilClosed(mqtt, 'it refuses to tell of connections', work);
  } catch (error) {
    if (begun === undefined || !(error instanceof CommandError) || error.code !== 'MQTT_CLOSED') throw error;
    throw new CommandError(
      'CLOUD_ENDED',
      `the cloud ended while the renewal waited for ${begun} to connect; nothing was taken out of use. ` +
        `When it runs again: npx glasshouse certificate renew ${thingName} --wait ${waitSeconds}`,
      { cause: error, retryable: true },
    );
  }
}

function notConnected(
  thingName: string,
  certificateId: string,
  waitSeconds: number,
  oldStatus: string,
): readonly string[] {
  const words = 'npx glasshouse certificate';
  return [
    `the certificate ${certificateId} has not connected within ${waitSeconds} s: ${bothText(oldStatus)}`,
    `  to wait on:               ${words} renew ${thingName} --wait ${waitSeconds}`,
    `  when the device has it:   ${words} renew ${thingName} --finish`,
    `  to give it up:            ${words} delete ${thingName} --certificate ${certificateId.slice(0, 8)}`,
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
  issued: IssuedCertificate,
  folder: string | undefined,
  { out }: Terminal,
): Promise<void> {
  const { thingName, certificateId } = issued.metadata;
  await out.line(`${what} ${certificateId}`);
  await out.line(`kept at s3://${vault.bucket}/${folderOf(thingName, certificateId)}`);
  if (folder === undefined) return;
  const names = await writeIssued(folder, issued, vault);
  await out.line(`written to ${folder}: ${names.join(', ')}`);
}

/** Before anything is issued: a key that cannot be written would be missed only then. */
async function outFolder(args: Arguments, { cwd }: Terminal): Promise<string | undefined> {
  const given = args.text('out');
  if (given === undefined) return undefined;
  const folder = path.resolve(cwd, given);
  await prepareFolder(folder);
  return folder;
}
