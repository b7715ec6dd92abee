import { PayloadConfigError, PayloadError } from '../../shared/sigfox/payload-errors.ts';
import { CommandError } from '../errors.ts';
import { visible } from '../terminal.ts';

/**
 * Does what reads a payload config, and shows where the config is wrong:
 *
 *     payload config, field "b", column 13: "long" is none of bool, char, float, uint, int
 *       a::uint:8 b::long:8
 *                   ^
 *
 * @throws CommandError with the code of the PayloadConfigError or PayloadError
 */
export function readingConfig<Result>(config: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof PayloadConfigError) {
      const mark = `${' '.repeat(Math.max(error.column - 1, 0))}^`;
      const shown = `${error.message}\n  ${visible(config)}\n  ${mark}`;
      throw new CommandError(error.code, shown, { cause: error });
    }
    if (error instanceof PayloadError) throw new CommandError(error.code, error.message, { cause: error });
    throw error;
  }
}
