import type { Clock } from '../../clock.ts';
import { callDynamoDb } from '../call.ts';
import type { OperationAnswerer } from '../proxy.ts';
import { OPERATIONS } from './operations.ts';
import { openSettingStore, type Setting } from './store.ts';
import { createSweeper, type Deletion } from './sweeper.ts';

export interface TimeToLiveOptions {
  /** Where the settings are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  readonly engineUrl: string;
  readonly region: string;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** DynamoDB's time to live, on the clock of the cloud. */
export interface TimeToLive extends OperationAnswerer {
  /** The tables of the template, each with the attribute by which its items expire, if they do. */
  takeTemplate(tables: readonly { readonly name: string; readonly timeToLive?: string }[]): void;
  /** Something was written that did not go through the proxy. */
  changed(): void;
  /** Is told of what has been deleted, from now on. */
  onDeleted(listener: (deletion: Deletion) => void): void;
  /** Resolves when no item is being deleted. */
  drained(): Promise<void>;
  /** No table has a time to live any more. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const WRITES: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'BatchWriteItem',
  'TransactWriteItems',
  'ExecuteStatement',
  'BatchExecuteStatement',
  'ExecuteTransaction',
]);

/**
 * Deletes items when they have expired: as on AWS at some time after that, here within an hour of the cloud's time,
 * or when the clock is advanced over it. What expired more than five years ago, and what has no number there, stays.
 *
 * @throws ConfigurationError TIME_TO_LIVE_FILE_UNUSABLE
 */
export function createTimeToLive({ file, clock, engineUrl, region, log }: TimeToLiveOptions): TimeToLive {
  const settings = openSettingStore(file);
  const listeners: ((deletion: Deletion) => void)[] = [];
  const call = (operation: string, request: unknown) => callDynamoDb(engineUrl, region, operation, request);
  const sweeper = createSweeper({
    clock,
    call,
    settings,
    log,
    deleted: (deletion) => listeners.forEach((listener) => listener(deletion)),
  });

  function enable(setting: Setting): void {
    settings.save(setting);
    sweeper.begin();
  }

  function disable(tableName: string): void {
    settings.remove(tableName);
    sweeper.forget(tableName);
  }

  if (settings.all().length > 0) sweeper.begin();
  return {
    answer(operation, input) {
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      return known?.(input(), { call, settings, enable, disable });
    },
    succeeded(operation, tableName) {
      if (WRITES.has(operation)) sweeper.changed();
      else if (operation === 'DeleteTable' && tableName !== undefined) disable(tableName);
    },
    takeTemplate(tables) {
      for (const { name: tableName, timeToLive: attributeName } of tables) {
        if (attributeName === undefined) disable(tableName);
        else enable({ tableName, attributeName });
      }
    },
    changed: () => sweeper.changed(),
    onDeleted: (listener) => void listeners.push(listener),
    drained: () => sweeper.drained(),
    async reset() {
      await sweeper.drained();
      for (const { tableName } of settings.all()) disable(tableName);
    },
    async close() {
      await sweeper.stop();
      settings.close();
    },
  };
}
