import { AwsApiError } from '../errors.ts';

/** The errors of the SNS API by the code that travels in its query protocol, with their status. */
const STATUS = {
  AuthorizationError: 403,
  BatchEntryIdsNotDistinct: 400,
  BatchRequestTooLong: 400,
  EmptyBatchRequest: 400,
  InvalidAction: 400,
  InvalidBatchEntryId: 400,
  InvalidParameter: 400,
  NotFound: 404,
  SubscriptionLimitExceeded: 403,
  TooManyEntriesInBatchRequest: 400,
  TopicLimitExceeded: 403,
} as const;

/** An error of the SNS API. */
export function snsError(code: keyof typeof STATUS, message: string): AwsApiError {
  return new AwsApiError(STATUS[code], code, message);
}

/** An error about one parameter, in the words of SNS. */
export function invalidParameter(parameter: string, reason: string): AwsApiError {
  return snsError('InvalidParameter', `Invalid parameter: ${parameter} Reason: ${reason}`);
}
