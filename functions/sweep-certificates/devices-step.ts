import type { Device } from '../../shared/device-registry/device.ts';
import { markBack, markSeen, markUnseen } from '../../shared/device-registry/mark-device.ts';
import { readPresence } from '../../shared/device-registry/presence.ts';
import { listReadableDevices } from '../../shared/device-registry/read-devices.ts';
import { judgePresence, type PresenceVerdict } from './judge-presence.ts';
import { timeText } from './report.ts';
import { PAGE_SIZE, type SweepServices } from './services.ts';
import type { PageResult } from './steps.ts';

/** Queries of the table under way: a fleet of 100,000 is read in a minute, and DynamoDB hardly notices. */
const AT_ONCE = 10;

interface Judged<Kind extends PresenceVerdict['kind']> {
  readonly device: Device;
  readonly verdict: Extract<PresenceVerdict, { kind: Kind }>;
}

/**
 * One page of the devices, and when each was last seen. Devices that may not connect are missed by nobody.
 *
 * @param page the name after which it begins
 */
export async function lookAtDevices(services: SweepServices, page: string): Promise<PageResult> {
  const { devices: table, isTimeUp, tolerate, count } = services;
  const { devices, unreadable, next } = await listReadableDevices(table, {
    limit: services.settings.pageSize ?? PAGE_SIZE,
    ...(page === '' ? {} : { after: page }),
  });
  if (unreadable.length > 0) count('DeviceUnreadable', unreadable.length);
  const watched = devices.filter(({ state }) => state === 'ACTIVE');
  const unseen: Judged<'unseen'>[] = [];
  const back: Judged<'back'>[] = [];
  let isCut = false;
  for (let at = 0; at < watched.length && !isCut; at += AT_ONCE) {
    isCut = isTimeUp();
    const batch = isCut ? [] : watched.slice(at, at + AT_ONCE);
    const judged = await Promise.all(
      batch.map(async (device) => ({
        device,
        verdict: await tolerate(`device ${device.thingName}`, () => judge(device, services)),
      })),
    );
    for (const { device, verdict } of judged) {
      if (verdict?.kind === 'seen') await markSeen(table, device.thingName, verdict.atMs);
      if (verdict?.kind === 'unseen') unseen.push({ device, verdict });
      if (verdict?.kind === 'back') back.push({ device, verdict });
    }
  }
  await tellUnseen(unseen, services);
  await tellBack(back, services);
  return isCut ? { isCut } : next === undefined ? {} : { next };
}

async function judge(device: Device, services: SweepServices): Promise<PresenceVerdict> {
  const { settings, presence, connections, now } = services;
  const { thingName, lastSeenMs, unseenSinceMs, history } = device;
  const activeSinceMs =
    (history.findLast(({ state }) => state === 'ACTIVE') ?? history.at(-1))?.atMs ?? now();
  const judgeBy = (presenceMs: number | undefined): PresenceVerdict =>
    judgePresence({ lastSeenMs, unseenSinceMs, presenceMs, activeSinceMs }, settings.unseenDays, now());
  const newest = await readPresence(presence, thingName);
  const verdict = judgeBy(newest?.atMs);
  if (verdict.kind !== 'unseen') return verdict;
  // A device that never loses its connection has no events for months. Who is asked about is about to be reported.
  return judgeBy((await connections.lastConnectedMs(thingName)) ?? newest?.atMs);
}

async function tellUnseen(unseen: readonly Judged<'unseen'>[], services: SweepServices): Promise<void> {
  const { settings, devices: table, tell, count } = services;
  if (unseen.length === 0) return;
  const devices = unseen.map(({ device: { thingName }, verdict }) => ({
    thingName,
    unseenSince: timeText(verdict.sinceMs),
  }));
  await tell({ reason: 'DEVICES_UNSEEN', days: settings.unseenDays, devices });
  for (const { device, verdict } of unseen) await markUnseen(table, device.thingName, verdict.sinceMs);
  count('DeviceUnseen', unseen.length);
}

async function tellBack(back: readonly Judged<'back'>[], services: SweepServices): Promise<void> {
  const { devices: table, tell, count } = services;
  if (back.length === 0) return;
  const devices = back.map(({ device: { thingName, unseenSinceMs = 0 }, verdict }) => ({
    thingName,
    unseenSince: timeText(unseenSinceMs),
    seenAt: timeText(verdict.atMs),
  }));
  await tell({ reason: 'DEVICES_BACK', devices });
  for (const { device, verdict } of back) await markBack(table, device.thingName, verdict.atMs);
  count('DeviceBack', back.length);
}
