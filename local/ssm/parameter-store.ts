import type { Clock } from '../clock.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import { createHandler } from './handler.ts';
import { openStore } from './store.ts';

export interface ParameterStoreOptions {
  /** Where parameters are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

export interface ParameterStore {
  /** Serves the signing name `ssm`. */
  readonly handler: ServiceHandler;
  /** Forgets every parameter. */
  reset(): void;
  close(): void;
}

/**
 * The SSM Parameter Store: PutParameter, GetParameter, GetParameters, DeleteParameter. A SecureString is kept as
 * it is, in a file of this machine: there is no key here that could hide it from whoever may read that file.
 *
 * @throws ConfigurationError PARAMETER_FILE_UNUSABLE
 */
export function createParameterStore({
  file,
  clock,
  accountId,
  region,
}: ParameterStoreOptions): ParameterStore {
  const store = openStore(file);
  return {
    handler: createHandler(store, {
      now: () => clock.now(),
      arnPrefix: `arn:aws:ssm:${region}:${accountId}:parameter`,
    }),
    reset: () => store.reset(),
    close: () => store.close(),
  };
}
