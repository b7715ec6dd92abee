import type { AwsApiError } from '../../../errors.ts';
import { iotError } from '../errors.ts';

/** `InvalidQueryException`; `at` counts characters from 0. */
export function invalidQuery(at: number, reason: string): AwsApiError {
  return iotError('InvalidQueryException', `The query is not valid at character ${at + 1}: ${reason}`);
}
