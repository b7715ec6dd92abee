import { systemClock, type Clock, type Timer } from '../clock.ts';
import { checkAdvance, checkSpeed } from './limits.ts';
import { SharedTime } from './shared-time.ts';
import { TimerHeap } from './timer-heap.ts';

/** What the clock says of itself. */
export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** How far it is ahead of the machine. */
  readonly offsetMs: number;
  /** Seconds of the cloud in a second of the machine; 0: it stands still. */
  readonly speed: number;
}

/** A clock that follows the machine's until it is told otherwise. It never goes back. */
export interface AdjustableClock extends Clock {
  read(): ClockReading;
  /** @throws AwsApiError ValidationException for less than 0 and for more than 10,000. */
  setSpeed(speed: number): void;
  /**
   * Moves on by `ms`. On the way every timer that falls due fires, in the order of time and each at its own
   * instant; `settled` is waited for before the first, and after each. Time stands still meanwhile but for
   * these steps. Advances that are asked for at once happen one after the other.
   *
   * @returns how many timers have fired.
   * @throws AwsApiError ValidationException when it would go back, or further than 366 days.
   */
  advance(ms: number, settled?: () => Promise<void>): Promise<number>;
  /** The same to an instant, in milliseconds since the epoch. */
  advanceTo(targetMs: number, settled?: () => Promise<void>): Promise<number>;
  /** The time for other threads: see thread-clock.ts. */
  readonly shared: SharedArrayBuffer;
}

/**
 * The longest single wait on the machine's clock. After a sleep of the machine, which timers do not count, or a
 * change of its clock, what is overdue fires within this time.
 */
const MAX_WAIT_MS = 60_000;

const atOnce = async (): Promise<void> => undefined;

/** @param system the clock that is followed. */
export function createAdjustableClock(system: Clock = systemClock): AdjustableClock {
  const time = new SharedTime();
  const timers = new TimerHeap();
  let speed = 1;
  let isAdvancing = false;
  let advances: Promise<unknown> = Promise.resolve();
  let wake: { readonly timer: Timer; readonly systemMs: number } | undefined;

  const now = (): number => Math.floor(time.at(system.now()));

  /** From now on time goes on from `cloudMs` at a speed. */
  function follow(cloudMs: number, atSpeed: number): void {
    time.set({ systemMs: system.now(), cloudMs, speed: atSpeed });
  }

  /** Sees to it that the machine's clock calls when the first timer is due. */
  function arm(): void {
    const first = timers.first();
    if (first === undefined || speed === 0 || isAdvancing) return;
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil((first.dueMs - now()) / speed)));
    const systemMs = system.now() + waitMs;
    // One that comes too early costs a look; setting it anew with every timer would cost more.
    if (wake !== undefined && wake.systemMs <= systemMs) return;
    wake?.timer.cancel();
    wake = { systemMs, timer: system.schedule(waitMs, fireDue) };
  }

  function disarm(): void {
    wake?.timer.cancel();
    wake = undefined;
  }

  function fireDue(): void {
    wake = undefined;
    const untilMs = now();
    // What is set from here on waits for the next turn: a timer that sets itself again must not hold up the rest.
    const { lastOrder } = timers;
    try {
      for (;;) {
        const first = timers.first();
        if (first === undefined || first.dueMs > untilMs || first.order > lastOrder) return;
        timers.takeFirst()?.callback();
      }
    } finally {
      arm();
    }
  }

  async function advanceTo(targetMs: number, settled: () => Promise<void>): Promise<number> {
    let cloudMs = now();
    checkAdvance(cloudMs, targetMs);
    isAdvancing = true;
    disarm();
    let fired = 0;
    try {
      follow(cloudMs, 0);
      await settled();
      for (;;) {
        const first = timers.first();
        if (first === undefined || first.dueMs > targetMs) break;
        cloudMs = Math.max(cloudMs, Math.ceil(first.dueMs));
        follow(cloudMs, 0);
        timers.takeFirst()?.callback();
        fired += 1;
        await settled();
      }
      cloudMs = targetMs;
      return fired;
    } finally {
      isAdvancing = false;
      follow(cloudMs, speed);
      arm();
    }
  }

  function inTurn(work: () => Promise<number>): Promise<number> {
    const turn = advances.then(work);
    advances = turn.catch(() => undefined);
    return turn;
  }

  return {
    now,
    schedule(delayMs, callback) {
      const remove = timers.add(now() + Math.max(0, delayMs), callback);
      arm();
      return { cancel: remove };
    },
    read() {
      const nowMs = now();
      return { nowMs, offsetMs: nowMs - system.now(), speed };
    },
    setSpeed(wanted) {
      checkSpeed(wanted);
      const cloudMs = time.at(system.now());
      speed = wanted;
      if (isAdvancing) return;
      follow(cloudMs, speed);
      disarm();
      arm();
    },
    advance: (ms, settled = atOnce) => inTurn(() => advanceTo(now() + ms, settled)),
    advanceTo: (targetMs, settled = atOnce) => inTurn(() => advanceTo(targetMs, settled)),
    shared: time.memory,
  };
}
