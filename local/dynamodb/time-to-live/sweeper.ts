import type { Clock, Timer } from '../../clock.ts';
import { lookThrough, type CallEngine, type Look } from './look.ts';
import type { Setting, SettingStore } from './store.ts';

/** What was deleted of one table in one look. */
export interface Deletion extends Setting {
  readonly count: number;
}

export interface SweeperOptions {
  readonly clock: Clock;
  readonly call: CallEngine;
  readonly settings: Pick<SettingStore, 'all' | 'find' | 'remove'>;
  readonly deleted: (deletion: Deletion) => void;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** Looks through the tables that have a time to live, as the cloud's time passes. */
export interface Sweeper {
  /** Something may have been written into any table. */
  changed(): void;
  /** There is a table to look through, or one more. */
  begin(): void;
  /** Forgets what it knows of a table. */
  forget(tableName: string): void;
  /** Resolves when no table is being looked through. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** What expired while the cloud was not running goes soon after it has started. */
const FIRST_MS = 60_000;
/** AWS names no moment, only that it takes a few days at most. */
const INTERVAL_MS = 3_600_000;
/** What others write into an engine of theirs is seen a day later at the latest. */
const MAX_UNSEEN_MS = 86_400_000;

interface Seen {
  readonly atMs: number;
  /** How many changes there had been before the look. */
  readonly changes: number;
  readonly look: Look;
  readonly attributeName: string;
}

/**
 * Every hour of the cloud's time it looks through each table, unless nothing was written since the last look and
 * nothing of what that saw is due: so a month passes in as many looks as something expires, and not in 720.
 */
export function createSweeper({ clock, call, settings, deleted, log }: SweeperOptions): Sweeper {
  const seen = new Map<string, Seen>();
  let changes = 0;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;

  function arm(delayMs: number): void {
    if (isStopped) return;
    timer = clock.schedule(delayMs, () => {
      timer = undefined;
      if (settings.all().length === 0) return;
      arm(INTERVAL_MS);
      running ??= sweep().finally(() => {
        running = undefined;
      });
    });
  }

  async function sweep(): Promise<void> {
    for (const setting of settings.all()) {
      if (isStopped) return;
      if (!isDue(setting)) continue;
      try {
        await look(setting);
      } catch (error) {
        // The next look begins anew: the table may be another one of that name.
        seen.delete(setting.tableName);
        log('expired items could not be deleted', { table: setting.tableName, error });
      }
    }
  }

  function isDue({ tableName, attributeName }: Setting): boolean {
    const last = seen.get(tableName);
    if (last === undefined || last.attributeName !== attributeName || last.changes !== changes) return true;
    const nowMs = clock.now();
    const { after, nextExpirySeconds = Infinity } = last.look;
    return after !== undefined || nextExpirySeconds * 1000 < nowMs || nowMs - last.atMs >= MAX_UNSEEN_MS;
  }

  async function look(setting: Setting): Promise<void> {
    const { tableName, attributeName } = setting;
    const before = { atMs: clock.now(), changes, attributeName };
    const after = seen.get(tableName)?.look.after;
    const nowSeconds = Math.floor(before.atMs / 1000);
    const found = await lookThrough({
      call,
      tableName,
      attributeName,
      nowSeconds,
      ...(after === undefined ? {} : { after }),
    });
    // It may have been set anew meanwhile: then it is the next look's.
    if (settings.find(tableName)?.attributeName !== attributeName) return;
    if (found === undefined) {
      seen.delete(tableName);
      settings.remove(tableName);
      return;
    }
    seen.set(tableName, { ...before, look: found });
    if (found.deleted > 0) deleted({ tableName, attributeName, count: found.deleted });
  }

  return {
    changed() {
      changes += 1;
    },
    begin() {
      if (timer === undefined) arm(FIRST_MS);
    },
    forget: (tableName) => void seen.delete(tableName),
    async drained() {
      await running;
    },
    async stop() {
      isStopped = true;
      timer?.cancel();
      await running;
    },
  };
}
