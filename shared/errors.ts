/**
 * The one family of errors in the house.
 *
 * Branch on `name` or `code`, never on the message. `data` holds the datum that was refused, `cause` what
 * went wrong below, and `retryable` says whether the same call may succeed later: bad input is not
 * retryable, bad luck is.
 */
export abstract class GlasshouseError extends Error {
  abstract override readonly name: string;
  /** Stable, machine-readable reason, in UPPER_SNAKE_CASE. */
  readonly code: string;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable: boolean;
  /** What the error is about: the value, name or place that was refused. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, options: GlasshouseErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
    this.data = options.data ?? {};
  }
}

export interface GlasshouseErrorOptions {
  code: string;
  retryable: boolean;
  data?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** The text of anything that was thrown: for messages that quote a cause. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
