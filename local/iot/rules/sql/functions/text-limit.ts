import { SqlEvaluationError } from '../errors.ts';
import { MAX_TEXT_LENGTH } from '../operators.ts';

/** @throws SqlEvaluationError VALUE_TOO_LARGE for a String that is too long to be built */
export function textLimit(length: number): void {
  if (length <= MAX_TEXT_LENGTH) return;
  throw new SqlEvaluationError(
    'VALUE_TOO_LARGE',
    `a function gives a String of ${length} characters: ${MAX_TEXT_LENGTH} are served`,
  );
}
