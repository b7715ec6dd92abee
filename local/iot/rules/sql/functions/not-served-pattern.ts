import { SqlEvaluationError } from '../errors.ts';

/** The refusal of a part of a pattern that AWS has or may have, and this cloud has not; `part` names it. */
export function notServed(part: string, pattern: string): SqlEvaluationError {
  return new SqlEvaluationError('PATTERN_NOT_SERVED', `${part} in the pattern "${pattern}" is not served`);
}
