import { shortZoneName } from './zone-names.ts';

/** A fixed offset, or a region with its daylight saving times. */
export interface TimeZone {
  readonly id: string;
  /** Milliseconds to add to UTC at an instant, which is in milliseconds since the epoch. */
  offsetMsAt(instantMs: number): number;
  /** The English name at an instant, such as Central Standard Time or CST; undefined when there is none. */
  nameAt(instantMs: number, length: 'long' | 'short'): string | undefined;
}

const MS_PER_DAY = 86_400_000;

/** Regions that are kept ready; there are fewer than 700 in all. */
const MAX_KEPT = 1_000;

/** Old names that ICU knows and the tz database does not: some mean another zone there than in a text. */
const legacyNames = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

const regions = new Map<string, TimeZone>();

/** The zone that is always `offsetMs` ahead of UTC. */
export function fixedZone(offsetMs: number): TimeZone {
  const id = offsetMs === 0 ? 'UTC' : offsetText(offsetMs, { separator: ':', seconds: 'ifAny' });
  return {
    id,
    offsetMsAt: () => offsetMs,
    nameAt: (_instantMs, length) =>
      offsetMs !== 0 || length === 'short' ? id : 'Coordinated Universal Time',
  };
}

/** A zone of the tz database by its id, such as `America/Belize`; undefined when there is none. */
export function regionZone(id: string): TimeZone | undefined {
  const known = regions.get(id);
  if (known !== undefined) return known;
  if (legacyNames.has(id) || !/^[A-Z][A-Za-z0-9_+\-/]{0,99}$/.test(id)) return undefined;
  const zone = createRegion(id);
  if (zone !== undefined && regions.size < MAX_KEPT) regions.set(id, zone);
  return zone;
}

/**
 * The instant of a local time. Where clocks go back it is the first of the two, where they go forward the time is
 * moved on by the gap, both as in java.time.
 */
export function instantOfLocal(zone: TimeZone, localMs: number): number {
  const before = zone.offsetMsAt(localMs - MS_PER_DAY);
  const after = zone.offsetMsAt(localMs + MS_PER_DAY);
  const fitting = [before, after].filter((offset) => zone.offsetMsAt(localMs - offset) === offset);
  return localMs - (fitting.length === 0 ? before : Math.max(...fitting));
}

/** Writes an offset as `+05:30`; the separator may be empty. */
export function offsetText(
  offsetMs: number,
  { separator, seconds }: { readonly separator: string; readonly seconds: 'never' | 'ifAny' },
): string {
  const total = Math.abs(offsetMs) / 1000;
  const fields = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  if (seconds === 'ifAny' && total % 60 !== 0) fields.push(total % 60);
  return (offsetMs < 0 ? '-' : '+') + fields.map((field) => String(field).padStart(2, '0')).join(separator);
}

function createRegion(id: string): TimeZone | undefined {
  try {
    const offsets = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' });
    const names = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'long' });
    return {
      id,
      offsetMsAt: (instantMs) => offsetMsOf(zoneText(offsets, instantMs)),
      nameAt(instantMs, length) {
        const name = /^(Etc\/)?GMT$/.test(id) ? 'Greenwich Mean Time' : zoneText(names, instantMs);
        if (length === 'short') return shortZoneName(name);
        return name.startsWith('GMT') ? undefined : name;
      },
    };
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function zoneText(format: Intl.DateTimeFormat, instantMs: number): string {
  return format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** The milliseconds of `GMT-05:52:48`, as Intl writes offsets; `GMT` is 0. */
function offsetMsOf(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const total = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return total * (sign === '-' ? -1000 : 1000);
}
