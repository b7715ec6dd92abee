/** What is known of one danger from one device. */
export interface Hazard {
  /** Of its last reading. */
  readonly timeMs: number;
  /** m/s, °C, or 1 for fire and 0 for none. */
  readonly value: number;
  /** Since when it has been dangerous without a break. */
  readonly dangerSinceMs?: number;
  /** Since when it has been harmless without a break, while it is locked. */
  readonly calmSinceMs?: number;
  readonly lockedAtMs?: number;
}

/** When a danger locks and when it releases. */
export interface HazardRule {
  readonly isDangerous: (value: number) => boolean;
  readonly isHarmless: (value: number) => boolean;
  readonly lockAfterMs: number;
  readonly releaseAfterMs: number;
  /** A reading older than this says nothing of now: it can lock, but it cannot release. */
  readonly freshForMs: number;
}

/** Takes a reading in. One that is not newer than the last changes nothing. */
export function readHazard(
  hazard: Hazard | undefined,
  reading: { readonly timeMs: number; readonly value: number },
  rule: HazardRule,
): Hazard {
  if (hazard !== undefined && reading.timeMs <= hazard.timeMs) return hazard;
  const { timeMs, value } = reading;
  const { dangerSinceMs, calmSinceMs, lockedAtMs } = hazard ?? {};
  return {
    timeMs,
    value,
    ...(rule.isDangerous(value) ? { dangerSinceMs: dangerSinceMs ?? timeMs } : {}),
    ...(lockedAtMs !== undefined && rule.isHarmless(value) ? { calmSinceMs: calmSinceMs ?? timeMs } : {}),
    ...(lockedAtMs === undefined ? {} : { lockedAtMs }),
  };
}

/**
 * Locks and releases as time goes on. It errs on the side of locking: a danger that was reported once and not
 * taken back locks when its time is up, and a device that falls silent never releases.
 */
export function passTime(hazard: Hazard, rule: HazardRule, atMs: number): Hazard {
  const { dangerSinceMs, calmSinceMs, lockedAtMs } = hazard;
  if (lockedAtMs === undefined) {
    const locks = dangerSinceMs !== undefined && atMs - dangerSinceMs >= rule.lockAfterMs;
    return locks ? { ...hazard, lockedAtMs: atMs } : hazard;
  }
  const isFresh = atMs - hazard.timeMs <= rule.freshForMs;
  const releases = isFresh && calmSinceMs !== undefined && atMs - calmSinceMs >= rule.releaseAfterMs;
  if (!releases) return hazard;
  return { timeMs: hazard.timeMs, value: hazard.value };
}
