import { AwsApiError } from '../errors.ts';

/** The errors of the EventBridge API; all of them travel under 400. */
export type EventBridgeErrorCode =
  | 'InvalidEventPatternException'
  | 'LimitExceededException'
  | 'ResourceAlreadyExistsException'
  | 'ResourceNotFoundException'
  | 'UnknownOperationException'
  | 'ValidationException';

export function eventBridgeError(code: EventBridgeErrorCode, message: string): AwsApiError {
  return new AwsApiError(400, code, message);
}

export function invalid(message: string): AwsApiError {
  return eventBridgeError('ValidationException', message);
}
