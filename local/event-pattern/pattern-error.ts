import { GlasshouseError } from '../../shared/errors.ts';

/** A pattern that cannot be. Its reason is worded as the matcher of AWS words it, which its services share. */
export class PatternError extends GlasshouseError {
  override readonly name = 'PatternError' as const;
  /** `Unrecognized match type regex` */
  readonly reason: string;
  /** Where it stands, and what would be right there. */
  readonly help: string;

  /** @param path where it stands in the pattern. */
  constructor(reason: string, path: readonly string[], remedy?: string) {
    const help = `at ${place(path)}${remedy === undefined ? '' : `; ${remedy}`}`;
    super(`${reason} ${help}`, { code: 'PATTERN_INVALID', retryable: false, data: { path } });
    this.reason = reason;
    this.help = help;
  }
}

/** A place in a pattern, for messages: `"detail.state"`. */
function place(path: readonly string[]): string {
  return path.length === 0 ? 'the pattern' : `"${path.join('.').slice(0, 200)}"`;
}
