/** What is known of a device's silence: an attribute of its item, which nothing else writes. */
export interface Silence {
  readonly state: 'silent' | 'back';
  /** The last message before the silence, or the one that ended it. */
  readonly lastTimeMs: number;
  /** The last message before the silence, kept while the end of it is told. */
  readonly silentSinceMs: number;
  /** When this was found out. */
  readonly raisedAtMs: number;
  /** Whether it was published. What was not, because something failed in between, is published by the next run. */
  readonly isTold: boolean;
}

/** A device as it is watched. */
export interface WatchedDevice {
  readonly device: string;
  /** Its newest message's own time. */
  readonly lastTimeMs: number;
  readonly deviceTypeId?: string;
  /** Its own interval, where it has one: it goes before that of its kind. */
  readonly intervalSeconds?: number;
  readonly silence?: Silence;
}

/** Sigfox tries a callback again for seven minutes: a message that takes so long is no silence. */
export const GRACE_SECONDS = 480;

/**
 * What is to be told of a device now, if anything. A silence is told once, and its end once:
 *
 *     heard ──(no message for interval + grace)──▶ silent ──(a newer message)──▶ back ──▶ as heard
 *
 * @param intervalSeconds how often it sends at least; 0: it is not watched, and an end is still told.
 * @returns the silence as it stands from now on, to be stored and then told; undefined: nothing is new.
 */
export function watchSilence(
  { lastTimeMs, silence }: Pick<WatchedDevice, 'lastTimeMs' | 'silence'>,
  intervalSeconds: number,
  nowMs: number,
): Silence | undefined {
  if (silence !== undefined && !silence.isTold) return silence;
  if (silence?.state === 'silent') {
    if (lastTimeMs <= silence.lastTimeMs) return undefined;
    const { silentSinceMs } = silence;
    return { state: 'back', lastTimeMs, silentSinceMs, raisedAtMs: nowMs, isTold: false };
  }
  const isLate = nowMs > lastTimeMs + (intervalSeconds + GRACE_SECONDS) * 1000;
  if (intervalSeconds <= 0 || !isLate) return undefined;
  return { state: 'silent', lastTimeMs, silentSinceMs: lastTimeMs, raisedAtMs: nowMs, isTold: false };
}

/** The alert as it is published on `sigfox/<device>/alert`. */
export function alertOf(
  { device, deviceTypeId }: Pick<WatchedDevice, 'device' | 'deviceTypeId'>,
  { state, lastTimeMs, silentSinceMs, raisedAtMs }: Silence,
): Readonly<Record<string, unknown>> {
  return {
    alert: state === 'silent' ? 'device silent' : 'device back',
    device,
    ...(deviceTypeId === undefined ? {} : { deviceTypeId }),
    silentSince: new Date(silentSinceMs).toISOString(),
    ...(state === 'silent' ? {} : { backAt: new Date(lastTimeMs).toISOString() }),
    raisedAt: new Date(raisedAtMs).toISOString(),
  };
}
