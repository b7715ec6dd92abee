import type { Clock } from '../../clock.ts';
import type { Arns } from './arns.ts';
import { createArns } from './arns.ts';
import { openRegistryDatabase, type RegistryDatabase, type TableSet } from './database.ts';
import { createEvents, eventTables, type PublishEvent, type RegistryEvents } from './events.ts';
import { DEFAULT_LIMITS, type RegistryLimits } from './limits.ts';

export interface RegistryContextOptions {
  /** Where everything is kept, in a folder that exists; `:memory:` keeps it nowhere. */
  readonly file: string;
  /** The tables of every part that keeps something in the file. */
  readonly tableSets: readonly TableSet[];
  readonly clock: Clock;
  /** Makes UUIDs. */
  readonly newId: () => string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Takes the registry's events. */
  readonly publish: PublishEvent;
  readonly limits?: Partial<RegistryLimits>;
}

/** What every part of the registry works with. */
export interface RegistryContext {
  readonly database: RegistryDatabase;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly arns: Arns;
  readonly accountId: string;
  readonly events: RegistryEvents;
  readonly limits: RegistryLimits;
}

/**
 * Opens the registry's file for all of its parts.
 *
 * @throws ConfigurationError REGISTRY_FILE_UNUSABLE or REGISTRY_FILE_VERSION
 */
export function openRegistryContext(options: RegistryContextOptions): RegistryContext {
  const { file, tableSets, clock, newId, region, accountId, publish } = options;
  const database = openRegistryDatabase(file, [eventTables, ...tableSets]);
  return {
    database,
    clock,
    newId,
    arns: createArns(region, accountId),
    accountId,
    events: createEvents({ database, publish, now: () => clock.now(), newId }),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  };
}
