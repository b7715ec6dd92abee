import { GlasshouseError } from '../../shared/errors.ts';
import { AwsApiError } from '../errors.ts';

/** The errors of the SNS API by the code that travels in its query protocol, with their status. */
const STATUS = {
  AuthorizationError: 403,
  BatchEntryIdsNotDistinct: 400,
  BatchRequestTooLong: 400,
  EmptyBatchRequest: 400,
  FilterPolicyLimitExceeded: 403,
  InvalidAction: 400,
  InvalidBatchEntryId: 400,
  InvalidParameter: 400,
  NotFound: 404,
  ParameterValueInvalid: 400,
  ResourceNotFound: 404,
  SubscriptionLimitExceeded: 403,
  TagLimitExceeded: 400,
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

/** A try to deliver that failed: SNS tries again what the receiver may get over, and nothing else. */
export class DeliveryError extends GlasshouseError {
  override readonly name = 'DeliveryError' as const;

  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { code: 'DELIVERY_FAILED', ...options });
  }
}
