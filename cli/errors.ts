import { GlasshouseError } from '../shared/errors.ts';

/** What the command ends with: done; could not be done; was not asked for properly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The command was understood and could not be done. The message says what to do about it. Exit code 1. */
export class CommandError extends GlasshouseError {
  override readonly name = 'CommandError' as const;

  constructor(code: string, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, { code, retryable: options.retryable ?? false, cause: options.cause });
  }
}

/** The command line asks for something that there is not. Exit code 2. */
export class UsageError extends GlasshouseError {
  override readonly name = 'UsageError' as const;
  /** The command whose help tells more; undefined where no command was found. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message, { code: 'USAGE', retryable: false });
    this.command = command;
  }
}

/** The exit code that a thrown value ends the command with. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof UsageError ? EXIT.usage : EXIT.failed;
}
