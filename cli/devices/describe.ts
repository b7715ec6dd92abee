import type { Device, DeviceState } from '../../shared/device-registry/device.ts';
import { latestSeenMs, type Presence } from '../../shared/device-registry/presence.ts';
import { visible, type Output, type Style } from '../terminal.ts';
import { differs, type RegistryStatus } from './registry-status.ts';

const STYLES: Readonly<Record<DeviceState, Style>> = {
  ACTIVE: 'green',
  ACTIVATING: 'yellow',
  INACTIVE: 'yellow',
  REVOKED: 'red',
};

/** Enough of a certificate id to tell it from others. */
const ID_LENGTH = 12;

const HEADINGS = ['NAME', 'STATE', 'SINCE', 'CERTIFICATE', 'ENDS', 'LAST SEEN'] as const;

/** `2026-11-21 10:00:00` in UTC. */
export function timeText(atMs: number): string {
  return Number.isNaN(new Date(atMs).getTime())
    ? String(atMs)
    : new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Devices as the lines of a table, by name, with a line of headings. */
export function deviceTable(devices: readonly Device[], out: Output): string[] {
  const rows = devices
    .toSorted((a, b) => (a.thingName < b.thingName ? -1 : 1))
    .map(({ thingName, state, history, certificateId, notAfterMs, lastSeenMs }) => ({
      state,
      cells: [
        visible(thingName),
        state,
        sinceText(history, state),
        visible(certificateId.slice(0, ID_LENGTH)),
        timeText(notAfterMs).slice(0, 10),
        lastSeenMs === undefined ? '-' : timeText(lastSeenMs),
      ],
    }));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], paint = (text: string, _column: number): string => text): string =>
    cells
      .map((cell, column) => paint(cell.padEnd(widths[column] ?? 0), column))
      .join('  ')
      .trimEnd();
  return [
    out.paint('dim', line(HEADINGS)),
    ...rows.map(({ state, cells }) =>
      line(cells, (text, column) => (column === 1 ? out.paint(STYLES[state], text) : text)),
    ),
  ];
}

/** When a device came into the state that it is in. */
function sinceText(history: Device['history'], state: DeviceState): string {
  // What is told of a state that it is in already does not begin it anew.
  const before = history.findLastIndex((change) => change.state !== state);
  const change = history[before + 1];
  return change === undefined ? '-' : timeText(change.atMs);
}

/**
 * One device with its history, the latest change last.
 *
 * @param known.presence the newest that AWS IoT has told of its connections, where that is kept
 * @param known.registry what AWS IoT says of its certificate now
 */
export function deviceLines(
  device: Device,
  out: Output,
  { presence, registry }: { readonly presence?: Presence; readonly registry?: RegistryStatus } = {},
): string[] {
  const { thingName, state, certificateId, caCertificateId, serialNumber, notAfterMs } = device;
  const { announcedAtMs, unseenSinceMs, history } = device;
  const lastSeenMs = latestSeenMs(device.lastSeenMs, presence?.atMs);
  const field = (name: string, value: string): string => `${out.paint('dim', name.padEnd(13))}${value}`;
  return [
    field('name', visible(thingName)),
    field('state', out.paint(STYLES[state], state)),
    ...registryText(device, registry).map((text) => field('in AWS IoT', text)),
    field('certificate', visible(certificateId)),
    field('CA', caCertificateId === undefined ? 'none of this account' : visible(caCertificateId)),
    field('serial', visible(serialNumber)),
    field('ends', timeText(notAfterMs)),
    field('announced', announcedAtMs === undefined ? 'not yet' : timeText(announcedAtMs)),
    field('last seen', lastSeenMs === undefined ? 'never' : timeText(lastSeenMs) + presenceText(presence)),
    ...(unseenSinceMs === undefined ? [] : [field('unseen since', timeText(unseenSinceMs))]),
    out.paint('dim', 'history'),
    ...history.map(
      (change) =>
        `  ${timeText(change.atMs)}  ${out.paint(STYLES[change.state], change.state.padEnd(10))}  ` +
        `${visible(change.certificateId.slice(0, ID_LENGTH))}  ${visible(change.reason)}`,
    ),
  ];
}

/** Nothing where both say the same: the state stands above. */
function registryText(device: Device, registry: RegistryStatus | undefined): readonly string[] {
  if (registry === undefined) return [];
  if ('unknownBecause' in registry) return [`not known (${visible(registry.unknownBecause)})`];
  const { status } = registry;
  if (!differs(device, status)) return [];
  return [`${visible(status)}, which counts: it was changed there, and nobody has told the record`];
}

/** A device that is connected was last seen when it came, and is there still. */
function presenceText(presence: Presence | undefined): string {
  if (presence === undefined) return '';
  return presence.eventType === 'connected' ? ', connected since then' : ', disconnected';
}
