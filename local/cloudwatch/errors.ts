import type { z } from 'zod';
import { AwsApiError } from '../errors.ts';

/** The errors of the CloudWatch API by the code that travels in its query protocol, with their status. */
const STATUS = {
  InvalidAction: 400,
  InvalidFormat: 400,
  InvalidNextToken: 400,
  InvalidParameterCombination: 400,
  InvalidParameterValue: 400,
  LimitExceeded: 400,
  MalformedInput: 400,
  MissingParameter: 400,
  ResourceNotFound: 404,
  ResourceNotFoundException: 404,
  ValidationError: 400,
} as const;

export type CloudWatchErrorCode = keyof typeof STATUS;

/** An error of the CloudWatch API. */
export function cloudWatchError(code: CloudWatchErrorCode, message: string): AwsApiError {
  return new AwsApiError(STATUS[code], code, message);
}

/** An error about one parameter. */
export function invalid(parameter: string, why: string, code: CloudWatchErrorCode): AwsApiError {
  return cloudWatchError(code, `The parameter ${parameter} cannot be used: ${why}.`);
}

/** With which codes an operation refuses its input: those of metrics and those of alarms differ. */
export interface InputErrors {
  readonly missing: CloudWatchErrorCode;
  readonly wrong: CloudWatchErrorCode;
}

export const METRIC_ERRORS: InputErrors = { missing: 'MissingParameter', wrong: 'InvalidParameterValue' };
export const ALARM_ERRORS: InputErrors = { missing: 'ValidationError', wrong: 'ValidationError' };

/** Reads an operation's input. @throws AwsApiError that names the first parameter that is missing or wrong */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  errors: InputErrors,
): z.output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const parameter = (issue?.path ?? []).map(nameOf).join('.');
  if (parameter === '') {
    throw cloudWatchError(errors.wrong, `The request cannot be read: ${issue?.message ?? 'it is empty'}.`);
  }
  if (issue?.code === 'invalid_type' && issue.input === undefined) {
    throw cloudWatchError(errors.missing, `The parameter ${parameter} is required.`);
  }
  throw invalid(parameter, issue?.message ?? 'it cannot be read', errors.wrong);
}

/** Lists are counted from 1, as the query protocol does. */
function nameOf(step: PropertyKey): string {
  return typeof step === 'number' ? `member.${step + 1}` : String(step);
}
