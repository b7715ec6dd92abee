import { SqlEvaluationError } from './errors.ts';

/**
 * What an evaluation threw: when JavaScript itself refused to go on, because of a text past its limit or an exhausted
 * stack, an error of the rule (VALUE_TOO_LARGE), and otherwise what it was.
 */
export function boundedError(thrown: unknown): unknown {
  if (!(thrown instanceof RangeError)) return thrown;
  return new SqlEvaluationError('VALUE_TOO_LARGE', `a value is too large: ${thrown.message}`, thrown);
}
