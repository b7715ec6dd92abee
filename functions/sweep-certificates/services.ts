import type { HeldTable } from '../../shared/device-registry/held-certificates.ts';
import type { PresenceTable } from '../../shared/device-registry/presence.ts';
import type { DevicesTable } from '../../shared/device-registry/read-devices.ts';
import type { CaDirectory } from './ca-directory.ts';
import type { Connections } from './connections.ts';
import type { RevocationLists } from './lists.ts';
import type { Memory } from './memory.ts';
import type { Registry } from './registry.ts';
import type { Tell } from './report.ts';
import type { RunStore } from './run-store.ts';

/** As many as DynamoDB answers for in one call. */
export const PAGE_SIZE = 100;

export interface SweepSettings {
  /** Days before the end of a device's certificate at which people are warned. */
  readonly expiryWarningDays: readonly number[];
  /** The same for CAs. */
  readonly caExpiryWarningDays: readonly number[];
  /** After how many days without a sign a device is missed; 0: never. */
  readonly unseenDays: number;
  /** How many items and certificates are one page, up to the default. @default 100 */
  readonly pageSize?: number;
}

/** What the steps work with, for one invocation. Everything that is not a value comes in here. */
export interface SweepServices {
  readonly settings: SweepSettings;
  readonly runs: RunStore;
  readonly registry: Registry;
  readonly cas: CaDirectory;
  readonly lists: RevocationLists;
  readonly connections: Connections;
  readonly memory: Memory;
  readonly devices: DevicesTable;
  readonly presence: PresenceTable;
  readonly held: HeldTable;
  /** Has the activation of a certificate tried again, as soon as there is room for it. */
  readonly askAgain: (certificateId: string, caCertificateId: string) => Promise<void>;
  readonly tell: Tell;
  readonly tolerate: Tolerate;
  /** @throws SweepError TOO_MANY_SKIPPED where so many have failed in `tolerate` that it is about none of them */
  readonly requireFewSkipped: () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether nothing new is to be begun in this invocation. */
  readonly isTimeUp: () => boolean;
  readonly count: (metric: string, value?: number) => void;
}

/**
 * Does work about one certificate or device, and goes on without it where it fails for a reason of its own: it must
 * not keep all others from being looked at, night after night.
 *
 * @returns undefined where it failed
 * @throws what the work threw, where that may pass
 */
export type Tolerate = <Result>(subject: string, work: () => Promise<Result>) => Promise<Result | undefined>;
