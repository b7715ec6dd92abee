import { errorText, GlasshouseError } from '../../shared/errors.ts';

export interface ZoneFailuresOptions {
  readonly requestId: string;
  readonly count: (name: string) => void;
  /** Takes one line of the error log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** What kept zones from a tick. Each is logged with its zone and counted, so that none hides another. */
export class ZoneFailures {
  readonly #options: ZoneFailuresOptions;
  readonly #toRetry: unknown[] = [];
  #size = 0;

  constructor(options: ZoneFailuresOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Counts `ZoneFailed`, and `ZoneToMend` besides for one that only a person can end. */
  add(zone: string, error: unknown): void {
    const { requestId, count, log } = this.#options;
    const isRetryable = mayPass(error);
    this.#size += 1;
    count('ZoneFailed');
    if (isRetryable) this.#toRetry.push(error);
    else count('ZoneToMend');
    log({
      message: 'a zone missed its tick',
      zone,
      reason: errorText(error),
      ...(error instanceof Error ? { error: error.name, stack: error.stack } : {}),
      ...(error instanceof GlasshouseError ? { code: error.code } : {}),
      retryable: isRetryable,
      requestId,
    });
  }

  /**
   * Throws the first failure that another try may end, so that Lambda makes it. What no try can end would come back
   * with every retry and every minute: it is in the log and in the metrics, and the tick ends well.
   */
  throwOneToRetry(): void {
    if (this.#toRetry.length > 0) throw this.#toRetry[0];
  }
}

/** What is not of the house, such as a throttled call, may be bad luck. */
function mayPass(error: unknown): boolean {
  return !(error instanceof GlasshouseError) || error.retryable;
}
