import { RejectedInputError } from '../rejections.ts';

/**
 * A downlink's way, which it goes in one direction only:
 *
 *     QUEUED ──(a device asks)──▶ OFFERED ──(ACKNOWLEDGE 0)──▶ SENT ──(the device's own echo)──▶ CONFIRMED
 *        │                          ├──(ACKNOWLEDGE 1, 2, …)──▶ FAILED ──(its echo all the same)──▶ CONFIRMED
 *        │                          └──(its echo comes first)──────────────────────────────────▶ CONFIRMED
 *        └──(another is queued)──▶ FAILED, as REPLACED
 *
 * SENT is no proof that the device heard: a base station has sent, and that is all. What the device itself
 * says outweighs what the network said.
 */
export const DOWNLINK_STATES = ['QUEUED', 'OFFERED', 'SENT', 'FAILED', 'CONFIRMED'] as const;
export type DownlinkState = (typeof DOWNLINK_STATES)[number];

export interface Downlink {
  readonly id: string;
  /** Sixteen hexadecimal digits: eight bytes, no more and no fewer. */
  readonly data: string;
  readonly state: DownlinkState;
  readonly queuedAtMs: number;
  /** The uplink that it was the answer to. */
  readonly offeredTo?: UplinkKey;
  /** Why it FAILED, or was said to have: Sigfox's word, or REPLACED. */
  readonly reason?: string;
  /** Time of the uplink that repeated it. */
  readonly confirmedAtMs?: number;
}

/** An uplink as its retries know it again. */
export interface UplinkKey {
  readonly timeMs: number;
  readonly seqNumber?: number;
}

/** What is known of one device's downlinks. */
export interface DownlinkSlot {
  /** From the oldest on; at most one is QUEUED, and it is the last. */
  readonly downlinks: readonly Downlink[];
  /** Time of the newest uplink that was answered, with a downlink or with none. */
  readonly askedAtMs?: number;
}

export const EMPTY_SLOT: DownlinkSlot = { downlinks: [] };

/** What an event does to a slot. `next` is the same object where nothing changes. */
export interface SlotChange {
  readonly next: DownlinkSlot;
  /** The downlinks that the event is about, as they are now: also where it only repeats what is known. */
  readonly told: readonly Downlink[];
}

/** Downlinks that a slot remembers: at four a day, more than a week. */
const MAX_REMEMBERED = 32;

/** Sigfox's promise to a device under ETSI's duty cycle, a day by UTC. */
export const DOWNLINKS_A_DAY = 4;

/** A device listens from 20 s after its uplink on, for 25 to 30 s: what is decided later reaches nobody. */
const WINDOW_MS = 50_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Sigfox's reasons for an acknowledgement, by `infoCode`. */
export const INFO_CODES = [
  'ACKED',
  'NO_ANSWER',
  'INVALID_PAYLOAD',
  'OVERRUN_ERROR',
  'NETWORK_ERROR',
  'PENDING',
  'NO_DOWNLINK_CONTRACT',
  'TOO_MANY_REQUESTS',
  'INVALID_CONFIGURATION',
] as const;

const ACKED = 0;
const PENDING = 5;

/** @throws RejectedInputError DOWNLINK_NOT_8_BYTES */
export function readDownlinkData(data: unknown): string {
  if (typeof data === 'string' && /^[0-9A-Fa-f]{16}$/.test(data)) return data.toLowerCase();
  const given = typeof data === 'string' ? `"${data.slice(0, 40)}"` : String(data);
  const message = `a downlink is eight bytes, sixteen hexadecimal digits; this is ${given}`;
  throw new RejectedInputError('DOWNLINK_NOT_8_BYTES', message, 'data');
}

/** Puts a downlink into the slot. One that still waits there gives way; one with the same id is this one. */
export function queueDownlink(
  slot: DownlinkSlot,
  { id, data, queuedAtMs }: { readonly id: string; readonly data: string; readonly queuedAtMs: number },
): SlotChange {
  const known = slot.downlinks.find((downlink) => downlink.id === id);
  if (known !== undefined) return { next: slot, told: [known] };
  const waiting = slot.downlinks.find(({ state }) => state === 'QUEUED');
  const replaced: Downlink[] =
    waiting === undefined ? [] : [{ ...waiting, state: 'FAILED', reason: 'REPLACED' }];
  const queued: Downlink = { id, data, state: 'QUEUED', queuedAtMs };
  const others = slot.downlinks.filter((downlink) => downlink !== waiting);
  return {
    next: { ...slot, downlinks: forget([...others, ...replaced, queued]) },
    told: [...replaced, queued],
  };
}

/**
 * Answers an uplink whose device listens. The same uplink gets the same answer however often it is asked:
 *
 * - one that a downlink was offered to gets that downlink;
 * - one not newer than the newest that was answered gets none, be it a retry or late: nobody listens any more;
 * - one whose window has closed gets none;
 * - any other gets what is QUEUED, unless four were offered that day.
 */
export function answerUplink(slot: DownlinkSlot, uplink: UplinkKey, nowMs: number): SlotChange {
  const offered = slot.downlinks.find(
    ({ offeredTo }) => offeredTo?.timeMs === uplink.timeMs && offeredTo.seqNumber === uplink.seqNumber,
  );
  if (offered !== undefined) return { next: slot, told: [offered] };
  const isLate = slot.askedAtMs !== undefined && uplink.timeMs <= slot.askedAtMs;
  if (isLate || nowMs > uplink.timeMs + WINDOW_MS) return { next: slot, told: [] };
  const waiting = slot.downlinks.find(({ state }) => state === 'QUEUED');
  const spent = slot.downlinks.filter(
    ({ offeredTo }) => offeredTo !== undefined && dayOf(offeredTo.timeMs) === dayOf(uplink.timeMs),
  ).length;
  const asked = { ...slot, askedAtMs: uplink.timeMs };
  if (waiting === undefined || spent >= DOWNLINKS_A_DAY) return { next: asked, told: [] };
  const offer: Downlink = { ...waiting, state: 'OFFERED', offeredTo: uplink };
  return { next: { ...asked, downlinks: replace(slot, waiting, offer) }, told: [offer] };
}

/** Takes Sigfox's word on the last downlink that was offered at or before `timeMs`. */
export function acknowledgeDownlink(
  slot: DownlinkSlot,
  { timeMs, infoCode, infoMessage }: { timeMs: number; infoCode: number; infoMessage?: string },
): SlotChange {
  const meant = slot.downlinks.findLast(
    ({ offeredTo }) => offeredTo !== undefined && offeredTo.timeMs <= timeMs,
  );
  if (meant === undefined) return { next: slot, told: [] };
  if (meant.state !== 'OFFERED' || infoCode === PENDING) return { next: slot, told: [meant] };
  const reason = INFO_CODES[infoCode] ?? infoMessage ?? `infoCode ${infoCode}`;
  const settled: Downlink =
    infoCode === ACKED ? { ...meant, state: 'SENT' } : { ...meant, state: 'FAILED', reason };
  return { next: { ...slot, downlinks: replace(slot, meant, settled) }, told: [settled] };
}

/**
 * Takes the device's own word: an uplink after the last downlink that was offered, which repeats it.
 *
 * @param isEchoOf whether the uplink repeats a downlink of these data.
 */
export function confirmDownlink(
  slot: DownlinkSlot,
  timeMs: number,
  isEchoOf: (data: string) => boolean,
): SlotChange {
  const meant = slot.downlinks.findLast(
    ({ offeredTo }) => offeredTo !== undefined && offeredTo.timeMs < timeMs,
  );
  if (meant === undefined || !isEchoOf(meant.data)) return { next: slot, told: [] };
  if (meant.state === 'CONFIRMED') {
    // A device may go on repeating the last downlink it heard: only the first time is news.
    return { next: slot, told: meant.confirmedAtMs === timeMs ? [meant] : [] };
  }
  const confirmed: Downlink = { ...meant, state: 'CONFIRMED', confirmedAtMs: timeMs };
  return { next: { ...slot, downlinks: replace(slot, meant, confirmed) }, told: [confirmed] };
}

/** The digits of the downlink that an answer carries; undefined: none. */
export function offeredData({ told }: SlotChange): string | undefined {
  return told.find(({ offeredTo }) => offeredTo !== undefined)?.data;
}

function replace({ downlinks }: DownlinkSlot, old: Downlink, by: Downlink): Downlink[] {
  return downlinks.map((downlink) => (downlink === old ? by : downlink));
}

/** What was never offered is forgotten first: what was counts against its day, and its retries ask again. */
function forget(downlinks: readonly Downlink[]): readonly Downlink[] {
  if (downlinks.length <= MAX_REMEMBERED) return downlinks;
  const index = downlinks.findIndex(({ state, offeredTo }) => state === 'FAILED' && offeredTo === undefined);
  return downlinks.toSpliced(Math.max(index, 0), 1);
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}
